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
// is unknown. The next load calls meanwhile, unless that is nil, when it has its result.
type loadCounter struct {
	store.Store
	loads     int
	lose      bool
	meanwhile func()
}

func (s *loadCounter) Load(ctx context.Context) (store.State, error) {
	s.loads++
	state, err := s.Store.Load(ctx)
	if do := s.meanwhile; do != nil {
		s.meanwhile = nil
		do()
	}
	return state, err
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

// TestGetArrived_writeMeanwhile makes a write whose outcome is unknown while a read is
// under way, which a client does that has cancelled the read. The next read looks again.
func TestGetArrived_writeMeanwhile(t *testing.T) {
	s := &loadCounter{Store: storeHolding(t, "[agent]\nmax_tokens_per_turn = 1\n"), lose: true}
	rt := runtimeOver(t, s)
	if _, err := rt.Get(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.meanwhile = func() {
		if _, err := rt.Patch(t.Context(), agentPatch(2), runtime.Write{}); !fault.Is(err, fault.OutcomeUnknown) {
			t.Errorf("got %v, want an unknown outcome", err)
		}
	}
	arrival := new(int)
	for _, want := range []int64{1, 2} {
		if snapshot, err := rt.GetArrived(t.Context(), arrival); err != nil || turnTokens(snapshot) != want {
			t.Fatalf("got %v, %v, want %d", turnTokens(snapshot), err, want)
		}
	}
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

// TestEffectiveArrived counts the looks at the realm itself and at its parent. Reads of
// one arrival share one, whichever way they read, until there is a write.
func TestEffectiveArrived(t *testing.T) {
	f := newFamily(t, "[realm.team]\nparent = 'org'\n[agent]\nmax_tokens_per_turn = 1\n", map[string]string{"org": orgText})
	s := &familyLoads{family: f}
	rt := runtimeOver(t, s)
	org := f.relatives["org"]
	check := func(name string, wantLooks [2]int, read func() (*runtime.Snapshot, error), wantTokens int64) {
		t.Helper()
		loads, observed := s.loads, org.observed
		snapshot, err := read()
		if err != nil {
			t.Fatal(err)
		}
		if looks := [2]int{s.loads - loads, org.observed - observed}; looks != wantLooks {
			t.Errorf("%s: got %v looks at the realm and its parent, want %v", name, looks, wantLooks)
		}
		if got := turnTokens(snapshot); got != wantTokens {
			t.Errorf("%s: got %v, want %d", name, got, wantTokens)
		}
	}
	compose := func(arrival any) func() (*runtime.Snapshot, error) {
		return func() (*runtime.Snapshot, error) {
			e, err := rt.EffectiveArrived(t.Context(), arrival)
			if err != nil {
				return nil, err
			}
			return e.Own, nil
		}
	}
	own := func(arrival any) func() (*runtime.Snapshot, error) {
		return func() (*runtime.Snapshot, error) { return rt.GetArrived(t.Context(), arrival) }
	}
	compose(new(int))() // composed once: what follows only looks whether that is current
	first, second, third := new(int), new(int), new(int)
	check("the first of an arrival", [2]int{1, 1}, compose(first), 1)
	check("the same again", [2]int{}, compose(first), 1)
	check("the realm itself after it", [2]int{}, own(first), 1)
	check("without an arrival", [2]int{1, 1}, compose(nil), 1)

	org.set(orgText + "[tools]\n")
	check("a change of the parent that came later", [2]int{}, compose(first), 1)
	if e, err := rt.EffectiveArrived(t.Context(), second); err != nil || e.Chain[1].Generation != 2 {
		t.Fatalf("got %v, %v, want generation 2 of the parent", e, err)
	}

	appendText(t, f.Store, "[realm.team]\nparent = 'org'\n[agent]\nmax_tokens_per_turn = 2\n")
	check("a change of the realm that came later", [2]int{}, compose(second), 1)
	check("the realm itself at another arrival", [2]int{1, 0}, own(third), 2)
	if e, err := rt.EffectiveArrived(t.Context(), second); err != nil || turnTokens(e.Own) != int64(2) {
		t.Fatalf("got %v, %v, want no older state than that of the read before", e, err)
	}

	if _, err := rt.Patch(t.Context(), agentPatch(3), runtime.Write{}); err != nil {
		t.Fatal(err)
	}
	if e, err := rt.EffectiveArrived(t.Context(), second); err != nil || turnTokens(e.Own) != int64(3) {
		t.Fatalf("got %v, %v, want what the write has written", e, err)
	}
	check("the same again after a write", [2]int{}, compose(second), 3)
}

// TestEffectiveArrived_refused shares the look of a composition that is refused, too.
func TestEffectiveArrived_refused(t *testing.T) {
	f := newFamily(t, "[realm.team]\nparent = 'org'\n", map[string]string{"org": "[realm.org]\nparent = 'team'\n"})
	rt := runtimeOver(t, f)
	arrival := new(int)
	for range 3 {
		if _, err := rt.EffectiveArrived(t.Context(), arrival); !fault.Is(err, fault.InvalidConfig) {
			t.Fatalf("got %v, want invalid_config", err)
		}
	}
	before := f.relatives["org"].observed
	if _, err := rt.EffectiveArrived(t.Context(), arrival); err == nil || f.relatives["org"].observed != before {
		t.Errorf("got %v and %d looks at the parent, want a refusal without one", err, f.relatives["org"].observed-before)
	}
}

// familyLoads is a family that counts the loads of the realm itself.
type familyLoads struct {
	*family
	loads int
}

func (f *familyLoads) Load(ctx context.Context) (store.State, error) {
	f.loads++
	return f.family.Load(ctx)
}
