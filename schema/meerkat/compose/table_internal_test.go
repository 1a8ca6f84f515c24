package compose

import (
	"os"
	"slices"
	"strings"
	"testing"

	"realmconf/schema/tree"
)

// TestTable_coversEveryKey wants one row for each key of each section of the schema.
func TestTable_coversEveryKey(t *testing.T) {
	text, err := os.ReadFile("../config.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	root, err := tree.DecodeObject(text)
	if err != nil {
		t.Fatal(err)
	}
	rows := func(section, key string) int {
		n := 0
		for _, r := range table {
			if r.section == section && (r.keys == "" || r.keys == "*" || slices.Contains(strings.Fields(r.keys), key)) {
				n++
			}
		}
		return n
	}
	count := 0
	for section, schema := range root["properties"].(tree.Object) {
		properties, isSection := schema.(tree.Object)["properties"].(tree.Object)
		if !isSection {
			properties = tree.Object{"": nil} // a map, or one value
		}
		for key := range properties {
			count++
			if n := rows(section, key); n == 0 && rows("", section) != 1 || n > 1 && section != "models" {
				t.Errorf("%s.%s has %d rows, want 1", section, key, n)
			}
		}
	}
	if count < 70 {
		t.Errorf("the schema has %d keys, want more", count)
	}
}
