package tools_test

import (
	"context"
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/tools"
	"realmconf/tools/policy"
)

// TestGet_allocations bounds the cost of a read of an unchanged configuration,
// which is parsed, filled in, masked and encoded only once.
func TestGet_allocations(t *testing.T) {
	get := fixtureOperations(t)["get"]
	rpc, tool := tools.Caller{Surface: store.RPC}, tools.Caller{Surface: store.Tool}
	for _, tt := range []struct {
		what string
		most float64
		do   func() error
	}{
		{"method, part", 22, func() error { _, err := get.Call(t.Context(), rpc, tree.Object{"path": "/agent"}); return err }},
		{"method, whole", 8, func() error { _, err := get.Call(t.Context(), rpc, tree.Object{}); return err }},
		{"tool, part", 24, func() error { _, err := get.CallTool(t.Context(), tool, tree.Object{"path": "/agent"}); return err }},
		{"tool, whole", 9, func() error { _, err := get.CallTool(t.Context(), tool, tree.Object{}); return err }},
	} {
		got := testing.AllocsPerRun(100, func() {
			if err := tt.do(); err != nil {
				t.Error(err)
			}
		})
		if got > tt.most {
			t.Errorf("%s: %v allocations, want at most %v", tt.what, got, tt.most)
		}
	}
}

// TestGet_cachedReplies reads the whole configuration in every way, twice: the
// reply of one way must not be served for another.
func TestGet_cachedReplies(t *testing.T) {
	get := fixtureOperations(t)["get"]
	for range 2 {
		for _, surface := range []store.Surface{store.RPC, store.Tool} {
			for _, view := range []string{"", "resolved", "stored"} {
				params := tree.Object{}
				if view != "" {
					params["view"] = view
				}
				call := get.Call
				if surface == store.Tool {
					call = get.CallTool
				}
				raw, err := call(t.Context(), tools.Caller{Surface: surface}, params)
				if err != nil {
					t.Fatal(err)
				}
				reply, err := tree.DecodeObject(raw)
				if err != nil {
					t.Fatal(err)
				}
				_, hinted := reply["hint"]
				_, _, filled := tree.Pointer{"agent", "max_turns"}.Get(reply["config"])
				if hinted != (surface == store.Tool) || filled != (view != "stored") {
					t.Errorf("%s, view %q: hinted %v, defaults %v", surface, view, hinted, filled)
				}
			}
		}
	}
}

// pendingStore is a store whose newest edit has no number yet.
type pendingStore struct{ *memory.Store }

func (s pendingStore) Load(ctx context.Context) (store.State, error) {
	state, err := s.Store.Load(ctx)
	state.Pending = true
	return state, err
}

// TestGet_warnings: every reply has the mistakes in the file, and says while an
// edit has no number yet.
func TestGet_warnings(t *testing.T) {
	c := clientOf(t, policy.Policy{}, "[rest]\nprt = 1\nport = 2\n")
	rt := runtime.New(func(context.Context) (store.Store, error) { return pendingStore{c.store}, nil }, meerkat.New())
	defer rt.Close()
	pending := map[string]*tools.Operation{}
	for _, o := range tools.New(rt, meerkat.New(), policy.Policy{}).All() {
		pending[string(o.Name)] = o
	}
	for name, args := range map[string]string{"whole": `{}`, "stored": `{"view":"stored"}`, "part": `{"path":"/agent"}`} {
		reply, err := c.tool("get", args)
		if err != nil {
			t.Fatal(err)
		}
		warnings, _ := reply["warnings"].([]any)
		if len(warnings) != 1 || warnings[0].(tree.Object)["path"] != "/rest/prt" || reply["reconcile_pending"] != nil {
			t.Errorf("%s: got warnings %v, pending %v", name, warnings, reply["reconcile_pending"])
		}
		raw, err := pending["get"].CallTool(t.Context(), tools.Caller{Surface: store.Tool}, params(t, args))
		if err != nil || params(t, string(raw))["reconcile_pending"] != true {
			t.Errorf("%s, pending: got %s, %v", name, raw, err)
		}
	}
}
