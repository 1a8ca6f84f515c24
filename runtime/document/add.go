package document

import (
	"maps"
	"slices"
	"strings"

	"realmconf/schema/tree"
)

// add writes the members of want with the names of the additions, which the table
// does not have, or has in another shape. A table that would be left without any
// trace gets one: a header, or an empty inline table.
func (e *editor) add(t *table, s scope, added []addition, want tree.Object) {
	slices.SortFunc(added, func(a, b addition) int { return strings.Compare(a.name, b.name) })
	for i := range added {
		e.complete(&added[i], t, s.child(added[i].name), want[added[i].name])
	}
	if t.home != nil {
		e.addDotted(t, s, added, want)
		return
	}
	var lines, sections []addition
	for _, a := range added {
		if a.sections != "" || a.entries == nil && isBlock(a.value) {
			sections = append(sections, a)
		} else {
			lines = append(lines, a)
		}
	}
	if len(lines) > 0 || len(want) == 0 && t.header == nil {
		e.addLines(t, s, lines)
	}
	if len(sections) == 0 {
		return
	}
	at := len(e.text)
	if len(s.path) > 0 {
		_, last := t.extent()
		at = last.end()
	}
	for _, a := range sections {
		if a.sections == "" {
			a.sections = renderBlock(s.child(a.name).path, a.value, e.eol)
		}
		e.insertAfter(at, a.allComments(e.eol)+a.sections)
	}
}

// addLines adds keys behind the last one of the table's section. A table
// without a header gets one. The keys of the root come before the first header.
func (e *editor) addLines(t *table, s scope, added []addition) {
	text := func(indent string) string {
		var b strings.Builder
		for _, a := range added {
			b.WriteString(a.line(indent, e.eol))
		}
		return b.String()
	}
	h := t.header
	switch {
	case h != nil && len(h.entries) > 0:
		last := h.entries[len(h.entries)-1]
		e.insert(e.lineOf(last).end, text(e.styleOf(last).indent))
	case h != nil && len(h.key) > 0:
		e.insert(h.line.end(), text(string(e.text[h.line.start():e.skip(h.line.start(), " \t")])))
	case h != nil:
		at := len(e.text)
		if len(e.sections) > 1 {
			at = e.sections[1].start()
		}
		e.insertAfter(at, text(""))
	default:
		first, _ := t.extent()
		header := "[" + renderPath(s.path) + "]" + e.eol
		e.insertBefore(first.start(), s.path, header+text(""))
	}
}

// addDotted adds keys beside those that made the table: a table of dotted keys
// cannot have a header, and an inline table has a closing bracket.
func (e *editor) addDotted(t *table, s scope, added []addition, want tree.Object) {
	if len(want) == 0 && t.depth > 0 {
		s.container.insertEntry(t.last, e.prefix(t), want)
		return
	}
	for _, a := range added {
		if comments := a.allComments(e.eol); comments != "" {
			s.container.keepComments(t.last, comments)
		}
		e.addFlat(s.container, t.last, append(e.prefix(t), a.name), a.value)
	}
}

// addFlat writes an object among dotted keys as dotted keys.
func (e *editor) addFlat(c container, after *entry, key []string, v any) {
	o, ok := v.(map[string]any)
	if _, inLines := c.(*editor); !ok || !inLines || len(o) == 0 {
		c.insertEntry(after, key, v)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(o)) {
		e.addFlat(c, after, append(slices.Clip(key), name), o[name])
	}
}
