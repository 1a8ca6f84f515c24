package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

// tallied is a store that counts its calls, and the records that it returns.
type tallied struct {
	store.Store
	calls map[string]int
}

func (s tallied) Load(ctx context.Context) (store.State, error) {
	s.calls["load"]++
	return s.Store.Load(ctx)
}

func (s tallied) Record(ctx context.Context, generation uint64) (store.Record, error) {
	s.calls["record"]++
	return s.Store.Record(ctx, generation)
}

func (s tallied) List(ctx context.Context, before uint64, limit int) ([]store.Record, error) {
	records, err := s.Store.List(ctx, before, limit)
	s.calls["list"]++
	s.calls["texts listed"] += len(records)
	return records, err
}

func (s tallied) ListHeads(ctx context.Context, before uint64, limit int) ([]store.Record, error) {
	records, err := s.Store.ListHeads(ctx, before, limit)
	s.calls["list heads"]++
	s.calls["heads listed"] += len(records)
	return records, err
}

// TestConflict_storeCalls holds what the explanation of a conflict asks of the store: one
// list, however many generations it is about, and long texts one at a time, no more of
// them than are needed.
func TestConflict_storeCalls(t *testing.T) {
	short := func(port int) string { return fmt.Sprintf("rest.port = %d\n", port) }
	long := func(port int) string { return short(port) + "# " + strings.Repeat("x", 100_000) }
	mixed := func(n int) string { return short(n%2) + fmt.Sprintf("agent.max_tokens_per_turn = %d\n", n/8) }
	hooks := func(n int) string {
		return fmt.Sprintf("[[hooks.entries]]\nid = \"a\"\npoint = \"pre_tool_execution\"\npriority = %d\n", n)
	}
	for _, tt := range []struct {
		name string
		text func(n int) string
		want map[string]int
	}{
		{"short texts", short, map[string]int{"load": 1, "list": 1, "texts listed": 8}},
		{"an entry of a list", hooks, map[string]int{"load": 1, "list": 1, "texts listed": 8}},
		{"long texts, changed by the last commit", long, map[string]int{"load": 1, "list heads": 1, "heads listed": 8, "record": 2}},
		{"short texts, changed by the first and the last commit", mixed, map[string]int{"load": 1, "list": 1, "texts listed": 8}},
	} {
		s := tallied{newStore(), make(map[string]int)}
		for n := range 8 {
			appendText(t, s.Store, tt.text(n))
		}
		rt := runtimeOver(t, s)
		_, err := rt.Patch(t.Context(), agentPatch(7), runtime.Write{Expected: expect(1)})
		var c *runtime.Conflict
		if !errors.As(err, &c) || len(c.Commits) != 7 || c.By[len(c.By)-1] != 8 {
			t.Errorf("%s: got %v, want an explained conflict", tt.name, err)
			continue
		}
		for _, commit := range c.Commits {
			if commit.Text != nil {
				t.Errorf("%s: the commit of generation %d has a text", tt.name, commit.Generation)
			}
		}
		if !maps.Equal(s.calls, tt.want) {
			t.Errorf("%s: got  %v\nwant %v", tt.name, s.calls, tt.want)
		}
	}
}

// TestConflict_storeCallsOfWrites: what a write with if_overlap and a revert say about
// others costs one list, too.
func TestConflict_storeCallsOfWrites(t *testing.T) {
	for name, write := range map[string]func(rt *runtime.Runtime) error{
		"rebase": func(rt *runtime.Runtime) error {
			o, err := rt.Patch(t.Context(), tree.Object{"rest": tree.Object{"port": int64(9)}}, runtime.Write{Expected: expect(1), Rebase: true})
			if err == nil && len(o.Since.Commits) != 7 {
				t.Errorf("got %d commits, want 7", len(o.Since.Commits))
			}
			return err
		},
		"revert": func(rt *runtime.Runtime) error {
			_, err := rt.Revert(t.Context(), 2, nil, runtime.Write{})
			var c *runtime.Conflict
			if !errors.As(err, &c) || len(c.Commits) != 6 {
				return fmt.Errorf("got %v, want an explained conflict", err)
			}
			return nil
		},
	} {
		s := tallied{newStore(), make(map[string]int)}
		for n := range 8 {
			appendText(t, s.Store, fmt.Sprintf("agent.max_tokens_per_turn = %d\n", n))
		}
		if err := write(runtimeOver(t, s)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if s.calls["list"] != 1 || s.calls["list heads"] != 0 || s.calls["record"] > 2 {
			t.Errorf("%s: got %v, want one list and the generations that the write is about", name, s.calls)
		}
	}
}
