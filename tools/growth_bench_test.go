package tools_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
	"realmconf/tools"
	"realmconf/tools/policy"
)

// sized is a call whose cost depends on a number.
type sized struct {
	name    string
	sizes   []int
	prepare func(b *testing.B, n int) func() error
}

// BenchmarkGrowth makes each call with inputs of growing size.
func BenchmarkGrowth(b *testing.B) {
	for _, s := range growing() {
		b.Run(s.name, func(b *testing.B) {
			treetest.MeasureGrowth(b, s.sizes, func(n int) func() {
				call := s.prepare(b, n)
				return func() {
					if err := call(); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

// growing returns the calls of BenchmarkGrowth: everything that a request or a file can
// have many of, 100, 1,000 and 10,000 or as many as the limits allow.
func growing() []sized {
	most := []int{100, 1_000, 10_000}
	inRequest := []int{100, 1_000, 9_000} // tree.MaxKeys
	operations := []int{10, 100, 1_000}   // tree.MaxOperations
	object := []int{30, 300, 3_000}       // tree.MaxKeys, three values each
	hooks := func(n int, step int) string {
		var text strings.Builder
		for i := range n {
			fmt.Fprintf(&text, "[[hooks.entries]]\nid = \"h%d\"\npoint = \"run_failed\"\n", i*step%n)
		}
		return text.String()
	}
	servers := func(n int, url string) string {
		var text strings.Builder
		for i := range n {
			fmt.Fprintf(&text, "[self_hosted.servers.s%d]\nbase_url = \"%s%d\"\n", i, url, i)
		}
		return text.String()
	}
	names := func(n, step int) []any {
		list := make([]any, n)
		for i := range list {
			list[i] = fmt.Sprint("p", i*step%n)
		}
		return list
	}
	shell := func(n int) string {
		return fmt.Sprintf("[shell]\nsecurity_patterns = %s\n", tree.Append(nil, names(n, 1)))
	}

	return []sized{
		{"operations on a map", operations, dry(tools.Patch, func(n int) string { return servers(n, "http://h") }, func(n int) tree.Object {
			list := make([]any, n)
			for i := range list {
				list[i] = tree.Object{"op": "replace", "path": fmt.Sprintf("/self_hosted/servers/s%d/base_url", i), "value": "http://new"}
			}
			return tree.Object{"operations": list}
		})},
		{"operations on a list", operations, dry(tools.Patch, shell, func(n int) tree.Object {
			list := make([]any, n)
			for i := range list {
				list[i] = tree.Object{"op": "add", "path": "/shell/security_patterns/0", "value": fmt.Sprint("new", i)}
			}
			return tree.Object{"operations": list}
		})},
		{"moves in a list of hooks", operations, dry(tools.Patch, func(n int) string { return hooks(n, 1) }, func(n int) tree.Object {
			list := make([]any, n)
			for i := range list {
				list[i] = tree.Object{"op": "move", "from": "/hooks/entries/0", "path": fmt.Sprintf("/hooks/entries/%d", n-1-i)}
			}
			return tree.Object{"operations": list}
		})},
		{"shuffle of a list", inRequest, dry(tools.Patch, shell, func(n int) tree.Object {
			return tree.Object{"patch": tree.Object{"shell": tree.Object{"security_patterns": names(n, 617)}}}
		})},
		{"shuffle of hooks", object, dry(tools.Patch, func(n int) string { return hooks(n, 1) }, func(n int) tree.Object {
			list := make([]any, n)
			for i := range list {
				list[i] = tree.Object{"id": fmt.Sprint("h", i*617%n), "point": "run_failed"}
			}
			return tree.Object{"patch": tree.Object{"hooks": tree.Object{"entries": list}}}
		})},
		{"first read of hooks", most, func(b *testing.B, n int) func() error {
			text := hooks(n, 1)
			return func() error { // each with a runtime that has read nothing
				_, err := clientOf(b, policy.Policy{}, text).get(tree.Object{})
				return err
			}
		}},
		{"read of one hook", most, func(b *testing.B, n int) func() error {
			c := clientOf(b, policy.Policy{}, hooks(n, 1))
			return func() error {
				_, err := c.get(tree.Object{"path": fmt.Sprintf("/hooks/entries/h%d", n-1)})
				return err
			}
		}},
		{"held fields", object, func(b *testing.B, n int) func() error {
			c := clientOf(b, policy.Policy{}, servers(n, "http://h"))
			changed := make(tree.Object)
			for i := range n {
				changed[fmt.Sprint("s", i)] = tree.Object{"base_url": "http://new"}
			}
			params := tree.Object{"patch": tree.Object{"self_hosted": tree.Object{"servers": changed}}, "expected_generation": int64(1)}
			return func() error {
				_, err := c.operations[string(tools.Patch)].CallTool(b.Context(), tools.Caller{Surface: store.Tool}, params)
				if !fault.Is(err, fault.ApprovalRequired) {
					return fmt.Errorf("got %w, want a change that is held", err)
				}
				return nil
			}
		}},
		{"difference of hooks", most, func(b *testing.B, n int) func() error {
			c := clientOf(b, policy.Policy{}, hooks(n, 1), hooks(n, 617))
			return func() error { return c.ask(tools.Diff, tree.Object{"from": int64(1)}) }
		}},
		{"revert of hooks", most, func(b *testing.B, n int) func() error {
			c := clientOf(b, policy.Policy{}, hooks(n, 1), strings.ReplaceAll(hooks(n, 1), "run_failed", "run_started"), strings.ReplaceAll(hooks(n, 1), "run_failed", "run_started")+"[rest]\nport = 1\n")
			return func() error {
				return c.ask(tools.Revert, tree.Object{"generation": int64(2), "dry_run": true})
			}
		}},
		{"explained conflict", object, func(b *testing.B, n int) func() error {
			c := clientOf(b, policy.Policy{}, servers(n, "http://h"), servers(n, "http://other"))
			changed := make(tree.Object)
			for i := range n {
				changed[fmt.Sprint("s", i)] = tree.Object{"api_style": "responses"}
			}
			return func() error {
				err := c.ask(tools.Patch, tree.Object{"patch": tree.Object{"self_hosted": tree.Object{"servers": changed}}, "expected_generation": int64(1)})
				if !fault.Is(err, fault.GenerationConflict) {
					return fmt.Errorf("got %w, want a conflict", err)
				}
				return nil
			}
		}},
		{"history", most, func(b *testing.B, n int) func() error {
			c := longHistory(b, n)
			return func() error { return c.ask(tools.History, tree.Object{"limit": int64(20)}) }
		}},
		{"history of one key", most, func(b *testing.B, n int) func() error {
			c := longHistory(b, n)
			return func() error { return c.ask(tools.History, tree.Object{"path": "/rest/host"}) }
		}},
		{"rollback over a history", most, func(b *testing.B, n int) func() error {
			c := longHistory(b, n)
			return func() error { return c.ask(tools.Rollback, tree.Object{"to": int64(1), "dry_run": true}) }
		}},
	}
}

// dry prepares a dry run of a write on a text.
func dry(name tools.Name, text func(n int) string, params func(n int) tree.Object) func(*testing.B, int) func() error {
	return func(b *testing.B, n int) func() error {
		c := clientOf(b, policy.Policy{}, text(n))
		p := params(n)
		p["dry_run"] = true
		return func() error { return c.ask(name, p) }
	}
}

// longHistory returns a client of a configuration with n generations.
func longHistory(b *testing.B, n int) *client {
	b.Helper()
	c := clientWith(b, policy.Policy{})
	var records []store.Record
	before := store.Empty()
	for i := range n {
		text := fmt.Appendf(nil, "[rest]\nhost = \"h%d\"\nport = %d\n", i/100, i%65_000+1)
		r := store.Record{Version: store.Version{Generation: uint64(i + 1), Digest: store.DigestOf(text)}, Parent: before, Operation: store.External, CommitID: "another program's", Time: time.Unix(0, 0), Text: text}
		before, records = r.Version, append(records, r)
	}
	for batch := range slices.Chunk(records, 100) {
		if err := c.store.CompareAndSwap(b.Context(), batch[0].Parent, batch); err != nil {
			b.Fatal(err)
		}
	}
	return c
}

// get calls config/get.
func (c *client) get(params tree.Object) (json.RawMessage, error) {
	return c.operations[string(tools.Get)].Call(context.Background(), tools.Caller{Surface: store.RPC}, params)
}

// ask calls a method for its error alone.
func (c *client) ask(name tools.Name, params tree.Object) error {
	_, err := c.operations[string(name)].Call(context.Background(), tools.Caller{Surface: store.RPC}, params)
	return err
}
