package tools_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/tools"
	"realmconf/tools/policy"
)

// fixtureOperations returns the operations by their names, on the configuration
// of testdata/realm in memory.
func fixtureOperations(tb testing.TB) map[string]*tools.Operation {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("..", "testdata", "realm", "config.toml"))
	if err != nil {
		tb.Fatal(err)
	}
	s := memory.New()
	first := store.Record{Version: store.Version{Generation: 1, Digest: store.DigestOf(text)}, Operation: store.External, Text: text}
	state, err := s.Load(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	first.Parent = state.Version
	if err := s.CompareAndSwap(tb.Context(), state.Version, []store.Record{first}); err != nil {
		tb.Fatal(err)
	}
	rt := runtime.New(func(context.Context) (store.Store, error) { return s, nil }, meerkat.New())
	tb.Cleanup(rt.Close)
	operations := make(map[string]*tools.Operation)
	for _, o := range tools.New(rt, meerkat.New(), policy.Policy{}).All() {
		operations[string(o.Name)] = o
	}
	return operations
}

// BenchmarkCall measures a request without the transport and the disk.
func BenchmarkCall(b *testing.B) {
	operations := fixtureOperations(b)
	rpc, tool := tools.Caller{Surface: store.RPC}, tools.Caller{Surface: store.Tool}
	whole, err := operations["get"].Call(b.Context(), rpc, nil)
	if err != nil {
		b.Fatal(err)
	}
	reply, err := tree.DecodeObject(whole)
	if err != nil {
		b.Fatal(err)
	}
	config := reply["config"].(tree.Object)
	n := int64(0)
	for name, call := range map[string]func() (json.RawMessage, error){
		"get part": func() (json.RawMessage, error) {
			return operations["get"].Call(b.Context(), rpc, tree.Object{"path": "/agent"})
		},
		"get whole": func() (json.RawMessage, error) { return operations["get"].Call(b.Context(), rpc, tree.Object{}) },
		"tool part": func() (json.RawMessage, error) {
			return operations["get"].CallTool(b.Context(), tool, tree.Object{"path": "/agent"})
		},
		"tool whole": func() (json.RawMessage, error) { return operations["get"].CallTool(b.Context(), tool, tree.Object{}) },
		"patch": func() (json.RawMessage, error) {
			n++
			return operations["patch"].Call(b.Context(), rpc, tree.Object{"patch": tree.Object{"agent": tree.Object{"max_tokens_per_turn": n}}})
		},
		"set": func() (json.RawMessage, error) {
			n++
			config["agent"].(tree.Object)["max_tokens_per_turn"] = n
			return operations["set"].Call(b.Context(), rpc, tree.Object{"config": config})
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := call(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
