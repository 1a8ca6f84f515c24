package cli

import (
	"fmt"
	"maps"
	"slices"

	"realmconf/schema/tree"
)

// printOrigins prints the values of an effective read with where they come from:
// on a terminal as a table, else as a list of JSON objects.
func (s *Session) printOrigins(reply tree.Object, asJSON bool) error {
	base, err := tree.ParsePointer(fmt.Sprint(reply["path"]))
	if err != nil {
		return err
	}
	origins, _ := reply["origins"].(tree.Object)
	paths := make([]tree.Pointer, 0, len(origins))
	for text := range maps.Keys(origins) {
		p, err := tree.ParsePointer(text)
		if err != nil {
			return err
		}
		paths = append(paths, p)
	}
	slices.SortFunc(paths, tree.ComparePointers)
	valueAndOrigin := func(p tree.Pointer) (value any, origin tree.Object) {
		value, _, _ = p[len(base):].Get(reply["value"])
		origin, _ = origins[p.String()].(tree.Object)
		return value, origin
	}
	if asJSON || !s.Terminal.Interactive {
		list, entry := []byte{'['}, tree.Object{} // of a hundred thousand values one at a time
		for i, p := range paths {
			if i > 0 {
				list = append(list, ',')
			}
			clear(entry)
			value, origin := valueAndOrigin(p)
			maps.Copy(entry, origin)
			entry["path"], entry["value"] = p.String(), value
			list = tree.Append(list, entry)
		}
		s.printJSON(append(list, ']'))
		return nil
	}
	rows := [][]string{{"KEY", "VALUE", "FROM"}}
	for _, p := range paths {
		value, origin := valueAndOrigin(p)
		rows = append(rows, []string{p.String(), string(tree.Append(nil, value)), originText(origin)})
	}
	truncated := false
	for i, row := range formatTable(rows, []int{s.Terminal.Width / 2, s.Terminal.Width / 5, 0}) {
		colour := ""
		if i == 0 {
			colour = bold
		}
		truncated = s.printLine(colour, row) || truncated
	}
	if truncated {
		s.hintTruncated()
	}
	return nil
}

// originText says where a value comes from.
func originText(origin tree.Object) string {
	if realm, isOfRealm := origin["realm"].(string); isOfRealm {
		return realm
	}
	if why, ok := origin["because"].(string); ok {
		return "default: " + why
	}
	return "default"
}
