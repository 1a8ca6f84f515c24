package cli

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"realmconf/schema"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// diffLine is one line of a difference. The layout is that of diff -u, with a
// line per key instead of a line per line of a file.
type diffLine struct {
	sign byte   // '-', '+', or ' ' for an entry that moved
	path string // of the key
	text string
}

// printDifference prints the changes of a reply, with two headlines.
func (s *Session) printDifference(before, after string, reply tree.Object) {
	s.printWrapped(bold, "--- "+before, continued)
	s.printWrapped(bold, "+++ "+after, continued)
	changes, listed := reply["changes"].([]any)
	if !listed {
		s.print("%s\n", addRealmFlags(fmt.Sprintf("there are too many changes to show: realmconf diff %v lists them", reply["previous_generation"]), s.realmFlags()))
	} else if len(changes) == 0 && !replacesBroken(reply) {
		s.print("only comments or the layout have changed\n")
	}
	s.printChanges(changes)
	if omitted, some := reply["changes_omitted"].(int64); listed && some {
		s.print("and %d more changes\n", omitted)
	}
}

// printChanges prints the lines of changes.
func (s *Session) printChanges(changes []any) {
	colours := map[byte]string{'-': red, '+': green, ' ': cyan}
	for _, l := range diffLines(changes) {
		s.printWrapped(colours[l.sign], policy.EscapeHidden(string(l.sign)+l.text), continued)
	}
}

// replacesBroken reports whether a write has replaced a text that is not TOML, of
// which no changes are known. Its warning says so.
func replacesBroken(reply tree.Object) bool {
	warnings, _ := reply["warnings"].([]any)
	return slices.ContainsFunc(warnings, func(w any) bool {
		issue, _ := w.(tree.Object)
		return issue["kind"] == string(schema.NotTOML)
	})
}

// diffLines returns the lines of a reply's changes. A side that stores nothing is
// shown with the default, if the change has one.
func diffLines(changes []any) []diffLine {
	var list []diffLine
	for _, c := range changes {
		c, ok := c.(tree.Object)
		if !ok {
			continue
		}
		path, _ := c["path"].(string)
		if lines := textLines(path, c); lines != nil {
			list = append(list, lines...)
			continue
		}
		before, after := sideLines('-', "old", path, c), sideLines('+', "new", path, c)
		switch c["op"] {
		case "move":
			list = append(list, diffLine{sign: ' ', path: path, text: fmt.Sprintf("%s (was %v)", entryName(path, c), c["from"])})
			continue
		case "add":
			before = defaultLines('-', c)
		case "remove":
			after = defaultLines('+', c)
		}
		list = append(append(list, before...), after...)
	}
	return list
}

// sideLines returns the lines of one side of a change: member is "old" or "new".
func sideLines(sign byte, member, path string, c tree.Object) []diffLine {
	if size, omitted := c[member+"_bytes"]; omitted {
		return []diffLine{{sign: sign, path: path, text: fmt.Sprintf("%s: %v bytes", path, size)}}
	}
	value, ok := c[member]
	if !ok {
		return nil
	}
	return appendLeaves(nil, sign, path, value, "")
}

// defaultLines returns the lines of the side that stores nothing: the default.
func defaultLines(sign byte, c tree.Object) []diffLine {
	value, has := c["default"]
	if !has {
		return nil
	}
	path, _ := c["path"].(string)
	return appendLeaves(nil, sign, path, value, " (default)")
}

// appendLeaves appends a line for each value below path that has no members of its
// own. A list of plain values is one value.
func appendLeaves(list []diffLine, sign byte, path string, value any, note string) []diffLine {
	switch v := value.(type) {
	case tree.Object:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			list = appendLeaves(list, sign, path+(tree.Pointer{name}).String(), v[name], note)
		}
		if len(v) > 0 {
			return list
		}
	case []any:
		if slices.ContainsFunc(v, func(entry any) bool { _, isObject := entry.(tree.Object); return isObject }) {
			for i, entry := range v {
				list = appendLeaves(list, sign, path+"/"+strconv.Itoa(i), entry, note)
			}
			return list
		}
	}
	return append(list, diffLine{sign, path, fmt.Sprintf("%s = %s%s", path, tree.Append(nil, value), note)})
}

// entryName returns a list entry's path with the entry's identity.
func entryName(path string, c tree.Object) string {
	if key, ok := c["key"].(string); ok {
		return fmt.Sprintf("%s %q", path, key)
	}
	return path
}

// continued is the indent of a line that continues one of a difference.
const continued = "    "

// hintTruncated explains how to see the complete lines.
func (s *Session) hintTruncated() {
	s.hint("lines that end with … are longer than the terminal is wide: --json shows them whole")
}
