package cli

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"realmconf/schema/tree"
)

// A difference is shown as diff -u shows one, a line for each key instead of
// one for each line of a file.

// diffLine is one line of a difference.
type diffLine struct {
	sign byte   // '-', '+', or ' ' for what only moved
	path string // the key that it is about
	text string
}

// showWrite tells a person what a write did, out of its reply.
func (s *Session) showWrite(reply tree.Object) {
	if reply["changed"] == false {
		s.print("nothing to change: generation %v has it already\n", reply["generation"])
		return
	}
	after := fmt.Sprintf("generation %v", reply["generation"])
	if reply["dry_run"] == true {
		after = "dry run: nothing was written"
	}
	s.showDifference(fmt.Sprintf("generation %v", reply["previous_generation"]), after, reply)
	held, _ := reply["needs_approval"].([]any)
	for _, field := range held {
		if o, ok := field.(tree.Object); ok {
			s.print("%s\n", s.Terminal.paint(yellow, cut(line(fmt.Sprintf("an agent would need a person's yes: %v (%v)", o["path"], o["risk"])), s.Terminal.Width)))
		}
	}
}

// showDifference shows the changes in a reply under two headlines.
func (s *Session) showDifference(before, after string, reply tree.Object) {
	t := s.Terminal
	s.print("%s\n%s\n", t.paint(bold, cut("--- "+before, t.Width)), t.paint(bold, cut("+++ "+after, t.Width)))
	changes, listed := reply["changes"].([]any)
	if !listed {
		s.print("%s\n", located(fmt.Sprintf("the changes are too many to be shown: realmconf diff %v lists them", reply["previous_generation"]), s.given))
	} else if len(changes) == 0 {
		s.print("only comments or the layout have changed\n")
	}
	s.showChanges(changes)
}

func (s *Session) showChanges(changes []any) {
	colours := map[byte]string{'-': red, '+': green, ' ': cyan}
	whole := true
	for _, l := range lines(changes, s.standing) {
		text := line(string(l.sign) + l.text)
		shown := cut(text, s.Terminal.Width)
		whole = whole && shown == text
		s.print("%s\n", s.Terminal.paint(colours[l.sign], shown))
	}
	if !whole {
		s.hintCut()
	}
}

// lines are the lines of a list of changes, as they stand in a reply. Where one
// side stores nothing, the default holds.
func lines(changes []any, standing func(tree.Pointer) (any, bool)) []diffLine {
	var list []diffLine
	for _, c := range changes {
		c, ok := c.(tree.Object)
		if !ok {
			continue
		}
		path, _ := c["path"].(string)
		before, after := side('-', "old", path, c), side('+', "new", path, c)
		switch c["op"] {
		case "move":
			list = append(list, diffLine{sign: ' ', path: path, text: fmt.Sprintf("%s (was %v)", named(path, c), c["from"])})
			continue
		case "add":
			before = defaults('-', c, after, standing)
		case "remove":
			after = defaults('+', c, before, standing)
		}
		list = append(append(list, before...), after...)
	}
	return list
}

// side is the lines of one side of a change.
func side(sign byte, member, path string, c tree.Object) []diffLine {
	if size, long := c[member+"_bytes"]; long {
		return []diffLine{{sign: sign, path: path, text: fmt.Sprintf("%s: %v bytes", path, size)}}
	}
	value, there := c[member]
	if !there {
		return nil
	}
	return leaves(nil, sign, path, value, "")
}

// defaults is the lines that stand against those of a side that stores
// something.
func defaults(sign byte, c tree.Object, others []diffLine, standing func(tree.Pointer) (any, bool)) []diffLine {
	const note = " (default)"
	if value, ok := c["default"]; ok {
		path, _ := c["path"].(string)
		return leaves(nil, sign, path, value, note)
	}
	var list []diffLine
	for _, other := range others {
		p, err := tree.ParsePointer(other.path)
		if err != nil {
			continue
		}
		if value, ok := standing(p); ok {
			list = leaves(list, sign, other.path, value, note)
		}
	}
	return list
}

// standing is the default of a key that is always there. What is part of an
// entry of a list or a map is there only with the entry.
func (s *Session) standing(p tree.Pointer) (any, bool) {
	for i := range p {
		if !slices.Contains(s.Model.Children(p[:i]), p[i]) {
			return nil, false
		}
	}
	return s.Model.Default(p)
}

// leaves adds a line for each value in a value that holds no others.
func leaves(list []diffLine, sign byte, path string, value any, note string) []diffLine {
	switch v := value.(type) {
	case tree.Object:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			list = leaves(list, sign, path+(tree.Pointer{name}).String(), v[name], note)
		}
		if len(v) > 0 {
			return list
		}
	case []any:
		if slices.ContainsFunc(v, func(entry any) bool { _, is := entry.(tree.Object); return is }) {
			for i, entry := range v {
				list = leaves(list, sign, path+"/"+strconv.Itoa(i), entry, note)
			}
			return list
		}
	}
	return append(list, diffLine{sign, path, fmt.Sprintf("%s = %s%s", path, tree.Append(nil, value), note)})
}

// named is a list entry's path with what identifies it.
func named(path string, c tree.Object) string {
	if key, ok := c["key"].(string); ok {
		return fmt.Sprintf("%s %q", path, key)
	}
	return path
}

// hintCut tells a person how to see what the width of the terminal has cut off.
func (s *Session) hintCut() {
	hint(s.Stderr, "what ends with … is longer than the terminal is wide: --json shows it whole")
}
