package schema_test

import (
	"testing"

	"realmconf/schema"
	"realmconf/schema/tree"
)

const uuidA = "dc256086-0d2f-4f61-a307-320d4148107f"

// within returns the object at a path, nil if there is none.
func within(o tree.Object, path ...string) tree.Object {
	for _, name := range path {
		o, _ = o[name].(map[string]any)
	}
	return o
}

// load returns the model of a JSON Schema.
func load(t testing.TB, text string, r schema.Rules) *schema.Model {
	t.Helper()
	root, err := schema.Parse([]byte(text), r)
	if err != nil {
		t.Fatal(err)
	}
	return schema.New([]byte(text), root, r)
}

// findIssues returns the first issues and warnings of a check.
func findIssues(m *schema.Model, next, prev tree.Object) (issues, warnings []schema.Issue) {
	r := m.Check(next, prev)
	return r.Issues.First, r.Warnings.First
}

// refindIssues is findIssues for Recheck.
func refindIssues(m *schema.Model, next, valid tree.Object) (issues, warnings []schema.Issue) {
	r := m.Recheck(next, valid)
	return r.Issues.First, r.Warnings.First
}
