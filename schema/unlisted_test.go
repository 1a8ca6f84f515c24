package schema_test

import (
	"strings"
	"testing"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// A name that takes the expressions of a schema too long is not compared with all of
// them. What is under it may be a secret by the others, and is hidden.
func TestMask_nameTakesExpressionsTooLong(t *testing.T) {
	m, err := schema.Load([]byte(`{"patternProperties":{"(k|[0-9]|kk){0,1000}c$":{"type":"string"},"^kk":{"x-secret":true}}}`), schema.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("k", 200)
	masked := m.Mask(tree.Object{"k": "shown", long: "hidden"}, func(tree.Pointer, any) string { return "token" })
	if masked["k"] != "shown" || masked[long] != "token" {
		t.Errorf("got %v, want only the short name's text shown", masked)
	}
}

// A name is compared with the expressions of a schema once.
func TestFill_comparesANameOnce(t *testing.T) {
	m, err := schema.Load([]byte(`{"patternProperties":{"x$":{"type":"integer"},"y$":{"type":"integer"}}}`), schema.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	config := keyed(100, "k%dx", integers)
	m.Fill(config)
	if got := testing.AllocsPerRun(10, func() { m.Fill(config) }); got > 250 {
		t.Errorf("a second view took %v allocations, want at most 250: about two for each key", got)
	}
}
