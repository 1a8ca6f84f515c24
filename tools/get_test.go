package tools_test

import (
	"context"
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
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
		{"method, part", 3, func() error { _, err := get.Call(t.Context(), rpc, tree.Object{"path": "/agent"}); return err }},
		{"method, whole", 1, func() error { _, err := get.Call(t.Context(), rpc, tree.Object{}); return err }},
		{"tool, part", 3, func() error { _, err := get.CallTool(t.Context(), tool, tree.Object{"path": "/agent"}); return err }},
		{"tool, whole", 1, func() error { _, err := get.CallTool(t.Context(), tool, tree.Object{}); return err }},
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
type pendingStore struct{ store.Store }

func (s pendingStore) Load(ctx context.Context) (store.State, error) {
	state, err := s.Store.Load(ctx)
	state.Pending = true
	return state, err
}

// TestGet_warnings: a reply has the mistakes of its part of the file and the number of
// the others, and says while an edit has no number yet.
func TestGet_warnings(t *testing.T) {
	c := clientOf(t, policy.Policy{}, "[rest]\nprt = 1\nport = 2\n")
	rt := runtime.New(func(context.Context) (store.Store, error) { return pendingStore{c.store}, nil }, meerkat.New())
	defer rt.Close()
	pending := map[string]*tools.Operation{}
	for _, o := range tools.New(rt, meerkat.New(), policy.Policy{}).All() {
		pending[string(o.Name)] = o
	}
	for name, args := range map[string]string{"whole": `{}`, "stored": `{"view":"stored"}`, "part": `{"path":"/rest"}`, "elsewhere": `{"path":"/agent"}`} {
		reply, err := c.tool("get", args)
		if err != nil {
			t.Fatal(err)
		}
		warnings, _ := reply["warnings"].([]any)
		if name == "elsewhere" {
			if len(warnings) != 0 || reply["warnings_elsewhere"] != int64(1) {
				t.Errorf("%s: got %v", name, reply)
			}
		} else if len(warnings) != 1 || warnings[0].(tree.Object)["path"] != "/rest/prt" || reply["warnings_elsewhere"] != nil || reply["reconcile_pending"] != nil {
			t.Errorf("%s: got warnings %v, pending %v", name, warnings, reply["reconcile_pending"])
		}
		raw, err := pending["get"].CallTool(t.Context(), tools.Caller{Surface: store.Tool}, params(t, args))
		if err != nil || params(t, string(raw))["reconcile_pending"] != true {
			t.Errorf("%s, pending: got %s, %v", name, raw, err)
		}
	}
}

// noticeStore is a store with something that a person should know of.
type noticeStore struct{ store.Store }

func (s noticeStore) Load(ctx context.Context) (store.State, error) {
	state, err := s.Store.Load(ctx)
	state.Notices = []store.Notice{{Kind: store.Displaced, Message: "a text is kept", Hint: "look at it"}}
	return state, err
}

// TestCallTool_notices: a write's reply, a dry run's, and the error of a file that is
// not TOML have the store's notices, as a read has them.
func TestCallTool_notices(t *testing.T) {
	c := clientOf(t, policy.Policy{}, "[rest]\nport = 2\n")
	rt := runtime.New(func(context.Context) (store.Store, error) { return noticeStore{c.store}, nil }, meerkat.New())
	defer rt.Close()
	for _, o := range tools.New(rt, meerkat.New(), policy.Policy{}).All() {
		c.operations[string(o.Name)] = o
	}
	const want = `{"hint":"look at it","kind":"displaced","message":"a text is kept","path":""}`
	for _, call := range [][2]string{
		{"get", `{}`},
		{"patch", `{"expected_generation":1,"patch":{"agent":{"model":"n"}},"dry_run":true}`},
		{"patch", `{"expected_generation":1,"patch":{"rest":{"port":2}}}`}, // no change
		{"patch", `{"expected_generation":1,"patch":{"agent":{"model":"n"}}}`},
		{"rollback", `{"expected_generation":2,"to":1}`},
	} {
		reply, err := c.tool(call[0], call[1])
		if got := string(tree.Append(nil, reply["warnings"])); err != nil || got != "["+want+"]" {
			t.Errorf("%s %s: got %s, %v, want %s", call[0], call[1], got, err, want)
		}
	}
	c.appendText("[agent\n")
	for _, name := range []string{"get", "patch"} {
		args := `{}`
		if name == "patch" {
			args = `{"expected_generation":4,"patch":{"agent":{"model":"n"}}}`
		}
		_, err := c.tool(name, args)
		f := fault.Of(err)
		if f == nil || f.Kind != fault.CorruptConfig || string(tree.Append(nil, f.Data["warnings"])) != "["+want+"]" {
			t.Errorf("%s of a file that is not TOML: got %v %v", name, err, f.Data)
		}
	}
}

// protectedStore is a store that may not be written.
type protectedStore struct{ store.Store }

func (protectedStore) CheckWritable(context.Context) error {
	return fault.New(fault.Storage, "protected: make it writable").With("reason", fault.Denied)
}

// TestCallTool_dryRunOfProtected: a dry run is refused for what the write would be
// refused for.
func TestCallTool_dryRunOfProtected(t *testing.T) {
	c := clientOf(t, policy.Policy{}, "[rest]\nport = 2\n")
	rt := runtime.New(func(context.Context) (store.Store, error) { return protectedStore{c.store}, nil }, meerkat.New())
	defer rt.Close()
	for _, o := range tools.New(rt, meerkat.New(), policy.Policy{}).All() {
		c.operations[string(o.Name)] = o
	}
	_, err := c.tool("patch", `{"expected_generation":1,"patch":{"agent":{"model":"n"}},"dry_run":true}`)
	if f := fault.Of(err); f == nil || f.Kind != fault.Storage || f.Data["reason"] != fault.Denied {
		t.Errorf("got %v, want storage", err)
	}
	if reply, err := c.tool("patch", `{"expected_generation":1,"patch":{"rest":{"port":2}},"dry_run":true}`); err != nil || reply["changed"] != false {
		t.Errorf("no change: got %v, %v", reply, err)
	}
}
