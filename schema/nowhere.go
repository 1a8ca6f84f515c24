package schema

import (
	"slices"
	"strconv"

	"realmconf/schema/tree"
)

// IsNowhere reports whether neither a configuration has a value at a place nor the schema
// names it. A token "*" or "-" stands for any key and any entry of a list.
func (m *Model) IsNowhere(p tree.Pointer, config tree.Object) bool {
	return !hasPlace(config, p) && !m.Declares(p) && !m.Declares(anyEntries(p))
}

// anyEntries returns a place with "-" for each "*".
func anyEntries(p tree.Pointer) tree.Pointer {
	entries := slices.Clone(p)
	for i, token := range entries {
		if token == "*" {
			entries[i] = "-"
		}
	}
	return entries
}

// hasPlace reports whether a value has a place in it.
func hasPlace(v any, p tree.Pointer) bool {
	if len(p) == 0 {
		return true
	}
	switch v := v.(type) {
	case map[string]any:
		for name, e := range v {
			if (name == p[0] || p[0] == "*") && hasPlace(e, p[1:]) {
				return true
			}
		}
	case []any:
		_, isIndex := tree.ArrayIndex(p[0])
		for i, e := range v {
			if (strconv.Itoa(i) == p[0] || p[0] == "*" || p[0] == "-" || isIndex) && hasPlace(e, p[1:]) {
				return true
			}
		}
	}
	return false
}
