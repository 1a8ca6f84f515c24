package tools_test

import (
	"context"
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

// fileClient returns a client of an empty file under a JSON Schema.
func fileClient(t testing.TB, jsonSchema tree.Object) *client {
	t.Helper()
	model, err := schema.Load(tree.Append(nil, jsonSchema), schema.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	c := &client{t: t, operations: map[string]*tools.Operation{}, store: anyFile{memory.New()}}
	c.rt = runtime.New(func(context.Context) (store.Store, error) { return c.store, nil }, model)
	t.Cleanup(c.rt.Close)
	for _, o := range tools.NewFor(tools.Subject{File: "any.toml"}, c.rt, model, policy.Policy{}).All() {
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
