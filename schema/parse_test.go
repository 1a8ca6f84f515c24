package schema_test

import (
	"testing"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// TestParse_unknownKeyword makes sure that no keyword is ignored that Check would
// not check.
func TestParse_unknownKeyword(t *testing.T) {
	for _, text := range []string{
		`{"multipleOf":2}`, `{"properties":{"a":{"pattern":"x"}}}`, `{"format":"date"}`, `{"$ref":"#/$defs/a"}`, `{"items":false}`,
		`{"minLength":1}`, `{"allOf":[{"if":{"required":["a"]},"then":{"pattern":"x"}}],"anyOf":[{"required":["a"]}]}`,
	} {
		if _, err := schema.Parse([]byte(text), schema.Rules{}); err == nil {
			t.Errorf("%s was accepted", text)
		}
	}
}

func TestParse_notASchema(t *testing.T) {
	for name, text := range map[string]string{
		"not JSON": `{`, "not an object": `[]`, "a type that is a number": `{"type":5}`, "a required key that is not listed": `{"required":["a"]}`,
		"a condition of another kind":  `{"x-tag":"a","allOf":[{"if":{"required":["a"]},"then":{}}]}`,
		"a branch that no key selects": `{"allOf":[{"if":{"required":["a"]},"then":{}}]}`,
		"an open branch":               `{"x-tag":"a","allOf":[{"if":{"properties":{"a":{"const":"b"}},"required":["a"]},"then":{"additionalProperties":true}}]}`,
		"a full form of another kind":  `{"if":{"required":["a"]},"then":{"properties":{"a":{}}}}`,
	} {
		if _, err := schema.Parse([]byte(text), schema.Rules{}); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
}

// TestParse_keysNamedLikeKeywords has keys of a configuration with the names of
// keywords.
func TestParse_keysNamedLikeKeywords(t *testing.T) {
	m := load(t, `{"type":"object","additionalProperties":false,"properties":{
		"items":{"type":"object","additionalProperties":false,"properties":{"then":{"type":"integer","default":1}}},
		"default":{"type":"object","additionalProperties":false,"properties":{"items":{"type":"integer","default":2}}},
		"a":{"type":"object","additionalProperties":{"type":"integer"},"default":{"items":{"if":3}}}
	}}`, schema.Rules{})
	want := object(t, `{"items":{"then":1},"default":{"items":2},"a":{"items":{"if":3}}}`)
	if got := m.Fill(nil); !tree.Equal(got, want) {
		t.Errorf("got %s, want %s", tree.Append(nil, got), tree.Append(nil, want))
	}
	if issues, _ := findIssues(m, object(t, `{"items":{"then":5},"default":{"items":6}}`), nil); len(issues) > 0 {
		t.Errorf("got %v, want none", issues)
	}
	issues, _ := findIssues(m, object(t, `{"items":{"then":"a"},"default":{"items":"b"}}`), nil)
	if len(issues) != 2 || issues[0].Path != "/default/items" || issues[1].Path != "/items/then" {
		t.Errorf("got %v, want that two are no integers", issues)
	}
}
