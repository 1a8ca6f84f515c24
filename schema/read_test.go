package schema_test

import (
	"testing"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// TestKeysMayBeNamedLikeKeywords: parts that are decoded late are found by
// their names, and a key of a configuration may have such a name.
func TestKeysMayBeNamedLikeKeywords(t *testing.T) {
	m := schema.New([]byte(`{"type":"object","additionalProperties":false,"properties":{
		"items":{"type":"object","additionalProperties":false,"properties":{"then":{"type":"integer","default":1}}},
		"default":{"type":"object","additionalProperties":false,"properties":{"items":{"type":"integer","default":2}}},
		"a":{"type":"object","additionalProperties":{"type":"integer"},"default":{"items":{"if":3}}}
	}}`), schema.Rules{})
	want := object(t, `{"items":{"then":1},"default":{"items":2},"a":{"items":{"if":3}}}`)
	if got := m.Fill(nil); !tree.Equal(got, want) {
		t.Errorf("got %s, want %s", tree.Append(nil, got), tree.Append(nil, want))
	}
	if issues, _ := m.Check(object(t, `{"items":{"then":5},"default":{"items":6}}`), nil); len(issues) > 0 {
		t.Errorf("got %v, want none", issues)
	}
	issues, _ := m.Check(object(t, `{"items":{"then":"a"},"default":{"items":"b"}}`), nil)
	if len(issues) != 2 || issues[0].Path != "/default/items" || issues[1].Path != "/items/then" {
		t.Errorf("got %v, want that two are no integers", issues)
	}
}
