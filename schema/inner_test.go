package schema

import (
	"testing"

	"realmconf/schema/tree"
)

// TestAnEmptyConfigurationReadsLittle keeps the first read of a process short:
// what stands in lists, maps and unions is read by the first value that comes
// to it.
func TestAnEmptyConfigurationReadsLittle(t *testing.T) {
	m := New()
	m.Mask(m.Fill(nil), tokenAt)
	items, members := m.root().lookup(pointer(t, "/hooks/entries"))[0], m.root().lookup(pointer(t, "/realm"))[0]
	if items.within.items != nil || members.within.additional != nil {
		t.Error("the entries of lists or maps were read, and there are none")
	}
	hook := tree.Object{"hooks": tree.Object{"entries": []any{tree.Object{"id": "a"}}}}
	m.Mask(m.Fill(hook), tokenAt)
	if items.within.items == nil {
		t.Error("the entries of a list were not read, and there is one")
	}
	if members.within.additional != nil {
		t.Error("the entries of a map were read, and there are none")
	}
}

// TestKeysMayBeNamedLikeKeywords: parts that are decoded late are found by
// their names, and a key of a configuration may have such a name.
func TestKeysMayBeNamedLikeKeywords(t *testing.T) {
	m := newModel([]byte(`{"type":"object","additionalProperties":false,"properties":{
		"items":{"type":"object","additionalProperties":false,"properties":{"then":{"type":"integer","default":1}}},
		"default":{"type":"object","additionalProperties":false,"properties":{"items":{"type":"integer","default":2}}},
		"a":{"type":"object","additionalProperties":{"type":"integer"},"default":{"items":{"if":3}}}
	}}`), rules{})
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
