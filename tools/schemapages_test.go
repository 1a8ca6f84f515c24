package tools_test

import (
	"fmt"
	"strings"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
	"realmconf/tools"
)

// TestSchema_pages reads the description of a section with thousands of keys by following
// next_offset, and one of the keys whose text is cut there by its path.
func TestSchema_pages(t *testing.T) {
	count := treetest.Cases(5000, 1000)
	properties := tree.Object{}
	for i := range count {
		properties[fmt.Sprintf("key-%d", i)] = tree.Object{"type": "string", "description": strings.Repeat(`a "word" \ `, 10)}
	}
	c := fileClient(t, tree.Object{"properties": tree.Object{"section": tree.Object{"type": "object", "properties": properties}}})
	names := make(map[string]bool)
	for offset := any(int64(0)); offset != nil; {
		raw, err := c.operations["schema"].CallTool(t.Context(), tools.Caller{Surface: store.Tool}, tree.Object{"path": "/section", "offset": offset})
		if err != nil {
			t.Fatal(err)
		}
		if sent := len(raw) + len(tree.Append(nil, string(raw))); sent > tools.MaxResult {
			t.Fatalf("from %v on: %d bytes", offset, sent)
		}
		reply := c.decoded(raw)
		described := reply["schema"].(tree.Object)
		for name := range described["properties"].(tree.Object) {
			names[name] = true
		}
		if described["x-cut"] == nil || reply["length"].(int64) < int64(count) {
			t.Fatalf("x-cut: %v, length: %v", described["x-cut"], reply["length"])
		}
		offset = reply["next_offset"]
	}
	if len(names) != count {
		t.Errorf("%d keys, want %d", len(names), count)
	}
	whole := c.must(c.tool("schema", `{"path":"/section/key-7"}`))
	if d := whole["schema"].(tree.Object); d["description"] != strings.TrimSpace(strings.Repeat(`a "word" \ `, 10)) || whole["length"] != nil {
		t.Errorf("the key itself: %v", whole)
	}
	for text, message := range map[string]string{`{"path":"/section","offset":99999}`: "give a lower one", `{"query":"key","offset":1}`: "offset is for"} {
		if _, err := c.tool("schema", text); !fault.Is(err, fault.InvalidParams) || !strings.Contains(err.Error(), message) {
			t.Errorf("%s: got %v, want %q", text, err, message)
		}
	}
	if _, err := c.tool("schema", fmt.Sprintf(`{"path":"/section/key-7","offset":%d}`, 3)); err != nil {
		t.Errorf("a short description in parts: %v", err)
	}
}
