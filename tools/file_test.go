package tools_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
	"realmconf/schema"
	"realmconf/schema/tree"
	"realmconf/tools"
	"realmconf/tools/policy"
)

// anyFile is a store with the metadata of a file that is no realm's.
type anyFile struct{ *memory.Store }

func (anyFile) Metadata() store.Metadata { return store.Metadata{File: "any.toml"} }

// fileClient returns a client of an empty file under a JSON Schema. A list of changes, as
// --allow has it, needs no approval.
func fileClient(t testing.TB, jsonSchema tree.Object, allow ...string) *client {
	t.Helper()
	model, err := schema.Load(tree.Append(nil, jsonSchema), schema.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var p policy.Policy
	for _, list := range allow {
		if err := p.Allow.UnmarshalText([]byte(list)); err != nil {
			t.Fatal(err)
		}
	}
	c := &client{t: t, operations: map[string]*tools.Operation{}, store: anyFile{memory.New()}}
	c.rt = runtime.New(func(context.Context) (store.Store, error) { return c.store, nil }, model)
	t.Cleanup(c.rt.Close)
	for _, o := range tools.NewFor(tools.Subject{File: "any.toml"}, c.rt, model, p).All() {
		c.operations[string(o.Name)] = o
	}
	return c
}

// TestFile_heldMisspelling sends a key that may be misspelt: the refusal that sends the
// client to a person says so.
func TestFile_heldMisspelling(t *testing.T) {
	c := fileClient(t, params(t, `{"properties":{"run":{"properties":{"commands":{},"level":{}},"additionalProperties":true}}}`))
	_, err := c.tool("patch", `{"patch":{"run":{"comands":["x"],"level":1}},"expected_generation":0}`)
	f := fault.Of(err)
	if !fault.Is(err, fault.ApprovalRequired) || !strings.Contains(f.Message, "/run/comands: the schema does not name this key; did you mean /run/commands? nothing was written") {
		t.Fatalf("got %v", err)
	}
	if got, want := string(tree.Append(nil, f.Data["warnings"])), `[{"hint":"did you mean /run/commands?","kind":"unknown_key","message":"the schema does not name this key","path":"/run/comands"}]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if _, err = c.tool("patch", `{"patch":{"run":{"commands":["x"]}},"expected_generation":0}`); fault.Of(err).Data["warnings"] != nil || strings.Contains(err.Error(), "did you mean") {
		t.Errorf("the right key: %v", err)
	}
}

// TestFile_secretRoutes changes an address beside a stored secret: the class of all other
// places of the file does not lift that.
func TestFile_secretRoutes(t *testing.T) {
	c := fileClient(t, params(t, `{}`), "unclassed")
	c.must(c.method("patch", `{"patch":{"srv":[{"token":"hunter2","url":"http://good.example","name":"a"},{"url":"http://other.example"}],"db":{"host":"a","pw":"${PW}"}}}`))
	generation := 1
	for _, tt := range []struct {
		operation string
		isHeld    bool
	}{
		{`{"op":"replace","path":"/srv/0/url","value":"http://evil.example"}`, true},
		{`{"op":"add","path":"/srv/0/proxy","value":"evil.example"}`, true},
		{`{"op":"replace","path":"/db/host","value":"evil.example"}`, true},
		{`{"op":"replace","path":"/srv/0/name","value":"b"}`, false},
		{`{"op":"replace","path":"/srv/1/url","value":"http://b.example"}`, false},
	} {
		_, err := c.tool("patch", fmt.Sprintf(`{"operations":[%s],"expected_generation":%d}`, tt.operation, generation))
		if err != nil != tt.isHeld || tt.isHeld && !fault.Is(err, fault.ApprovalRequired) {
			t.Errorf("%s: got %v, want held: %t", tt.operation, err, tt.isHeld)
		}
		if err == nil {
			generation++
		}
	}
}
