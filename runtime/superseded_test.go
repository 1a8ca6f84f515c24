package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

// overwritten is a store in which another program has written over the generations
// from 3 on with the newest one, which it made from generation 2.
type overwritten struct {
	store.Store
	second store.Version
	newest uint64
}

func (s overwritten) List(ctx context.Context, before uint64, limit int) ([]store.Record, error) {
	list, err := s.Store.List(ctx, before, limit)
	for i := range list {
		list[i].Superseded = list[i].Generation > 2 && list[i].Generation < s.newest
		if list[i].Generation == s.newest {
			list[i].Parent = s.second
		}
	}
	return list, err
}

func (s overwritten) ListHeads(ctx context.Context, before uint64, limit int) ([]store.Record, error) {
	return s.List(ctx, before, limit)
}

// newOverwritten returns a store whose newest text is given.
func newOverwritten(t *testing.T, newest string) overwritten {
	t.Helper()
	s := overwritten{Store: newStore(), newest: 22}
	appendText(t, s.Store, "[agent]\nmax_tokens_per_turn = 1\n")
	s.second = appendText(t, s.Store, "[agent]\nmax_tokens_per_turn = 2\n")
	for n := uint64(3); n < s.newest; n++ {
		appendText(t, s.Store, fmt.Sprintf("[agent]\nmax_tokens_per_turn = %d\n", n))
	}
	appendText(t, s.Store, newest)
	return s
}

// shortLists is a store whose lists are shorter than they may be, as those of very
// long texts are.
type shortLists struct{ store.Store }

func (s shortLists) List(ctx context.Context, before uint64, limit int) ([]store.Record, error) {
	return s.Store.List(ctx, before, min(limit, 2))
}

// A short list is not the end of the history.
func TestRuntime_HistoryOfShortLists(t *testing.T) {
	s := shortLists{newStore()}
	for n := range 5 {
		appendText(t, s, fmt.Sprintf("[agent]\nmax_tokens_per_turn = %d\n", n+1))
	}
	rt := runtimeOver(t, s)
	var all []uint64
	for before, more := uint64(0), true; more; {
		var entries []runtime.Entry
		var err error
		if entries, more, err = rt.History(t.Context(), before, 10); err != nil || len(entries) == 0 || len(all) > 5 {
			t.Fatalf("after %v: got %d entries, %v", all, len(entries), err)
		}
		for _, e := range entries {
			all = append(all, e.Record.Generation)
		}
		before = all[len(all)-1]
	}
	if !slices.Equal(all, []uint64{5, 4, 3, 2, 1}) {
		t.Errorf("got generations %v, want 5 to 1", all)
	}
}

// A conflict names the commits on the way to the current generation, and not those
// that another program has written over; a broken text is compared with the last
// one on the way.
func TestRuntime_supersededGenerations(t *testing.T) {
	rt := runtimeOver(t, newOverwritten(t, "[agent]\nmax_tokens_per_turn = 100\n"))
	_, err := rt.Patch(t.Context(), agentPatch(7), runtime.Write{Expected: expect(1)})
	var conflict *runtime.Conflict
	if !errors.As(err, &conflict) || len(conflict.Commits) != 2 || conflict.Commits[0].Generation != 2 || conflict.Commits[1].Generation != 22 {
		t.Errorf("got %v, %+v; want a conflict with the commits of generations 2 and 22", err, conflict)
	}
	entries, _, err := rt.History(t.Context(), 0, 3)
	if err != nil || len(entries) != 3 || entries[0].Record.Superseded || !entries[1].Record.Superseded || entries[1].Opaque {
		t.Errorf("the history is %+v, %v; want generation 22, and 21 as superseded", entries, err)
	}

	rt = runtimeOver(t, newOverwritten(t, "not TOML"))
	if _, err := rt.Get(t.Context()); fault.Of(err).Data["last_good_generation"] != uint64(2) {
		t.Errorf("got %v, want generation 2 as the last good one", fault.Of(err).Data)
	}
}
