package meerkat

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"realmconf/schema"
)

// TestRoot_isTheSchema compares the generated nodes with those that the parser
// makes of the JSON Schema.
func TestRoot_isTheSchema(t *testing.T) {
	parsed, err := schema.Parse(schemaText, Rules())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(parsed, &root, cmpopts.IgnoreUnexported(schema.Node{}, schema.Union{})); diff != "" {
		t.Errorf("run go generate ./schema/meerkat (-parsed +generated)\n%s", diff)
	}
}
