package runtime_test

import (
	"context"
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

// loadCounter counts the loads. While lose is true, a commit is done and its outcome
// is unknown.
type loadCounter struct {
	store.Store
	loads int
	lose  bool
}

func (s *loadCounter) Load(ctx context.Context) (store.State, error) {
	s.loads++
	return s.Store.Load(ctx)
}

func (s *loadCounter) CompareAndSwap(ctx context.Context, expected store.Version, next []store.Record) error {
	err := s.Store.CompareAndSwap(ctx, expected, next)
	if err == nil && s.lose {
		return fault.New(fault.OutcomeUnknown, "the answer is lost")
	}
	return err
}

// TestGetArrived counts the loads of reads. Requests of one arrival share one, until
// there is a write.
func TestGetArrived(t *testing.T) {
	s := &loadCounter{Store: storeHolding(t, "[agent]\nmax_tokens_per_turn = 1\n")}
	rt := runtimeOver(t, s)
	read := func(arrival any, wantLoads int, wantTokens int64) {
		t.Helper()
		before := s.loads
		snapshot, err := rt.GetArrived(t.Context(), arrival)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.loads - before; got != wantLoads {
			t.Errorf("got %d loads, want %d", got, wantLoads)
		}
		if got := turnTokens(snapshot); got != wantTokens {
			t.Errorf("got %v, want %d", got, wantTokens)
		}
	}
	patch := func(tokens int64) error {
		_, err := rt.Patch(t.Context(), agentPatch(tokens), runtime.Write{})
		return err
	}
	first, second := new(int), new(int)
	read(first, 1, 1)
	read(first, 0, 1)
	read(nil, 1, 1)
	read(first, 0, 1)
	appendText(t, s.Store, "[agent]\nmax_tokens_per_turn = 2\n")
	read(first, 0, 1) // it was there before the other program's change
	read(second, 1, 2)
	read(first, 1, 2)
	if err := patch(3); err != nil {
		t.Fatal(err)
	}
	read(first, 1, 3)
	read(first, 0, 3)
	s.lose = true
	if err := patch(4); !fault.Is(err, fault.OutcomeUnknown) {
		t.Fatalf("got %v, want an unknown outcome", err)
	}
	read(first, 1, 4)
}

// TestGetArrived_refused expects a text that is not TOML to be refused at each read.
func TestGetArrived_refused(t *testing.T) {
	rt := runtimeOver(t, storeHolding(t, "]"))
	arrival := new(int)
	for range 2 {
		if _, err := rt.GetArrived(t.Context(), arrival); !fault.Is(err, fault.CorruptConfig) {
			t.Errorf("got %v, want corrupt_config", err)
		}
	}
	if _, err := rt.Patch(t.Context(), tree.Object{}, runtime.Write{}); err == nil {
		t.Error("a patch of a text that is not TOML succeeded")
	}
}
