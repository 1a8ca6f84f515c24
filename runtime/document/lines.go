package document

import (
	"maps"
	"slices"
	"strings"

	"realmconf/schema/tree"
)

// The editor is the place for entries that have lines of their own.

func (e *editor) dropEntry(en *entry) { e.splices.drop(en.line) }

func (e *editor) replaceValue(en *entry, text string) {
	e.splices.drop(en.value.span)
	e.insert(en.value.start, text)
}

// insertEntry adds a line after that of an entry, in its manner.
func (e *editor) insertEntry(after *entry, key []string, v any) {
	s := e.styleOf(after)
	e.insert(after.line.end, s.indent+e.spell(after, key)+" = "+renderValue(v, s)+e.eol)
}

func (e *editor) styleOf(en *entry) style {
	return style{eol: e.eol, indent: string(e.text[en.line.start:en.start])}
}

// spell writes a dotted key, with the names it shares with an entry as they
// are spelled there.
func (e *editor) spell(like *entry, key []string) string {
	shared := 0
	for shared < min(len(key), len(like.key))-1 && like.key[shared].name == key[shared] {
		shared++
	}
	if shared == 0 {
		return renderPath(key)
	}
	return string(e.text[like.start:like.key[shared].start]) + renderPath(key[shared:])
}

// dropSection removes a section's lines with the comment block above, and one
// of the two gaps that set it apart.
func (e *editor) dropSection(s *section) {
	r := span{s.lead, s.end}
	gap := r.end
	for gap < len(e.text) && startsBlank(e.text[gap:]) {
		gap = e.lineEnd(gap)
	}
	if r.start == 0 || endsBlank(e.text[:r.start]) || gap == len(e.text) {
		r.end = gap
	}
	e.trimEnd = e.trimEnd || r.end == len(e.text)
	e.splices.drop(r)
}

// add writes the members of want that the table does not have, or has in
// another shape. A table that would be left without any trace gets one.
func (e *editor) add(t *table, s scope, names []string, want tree.Object) {
	if t.home != nil {
		e.addDotted(t, s, names, want)
		return
	}
	lines := make(tree.Object)
	var sections []string
	for _, name := range names {
		if isBlock(want[name]) {
			sections = append(sections, name)
			continue
		}
		lines[name] = want[name]
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
		at = last.end
	}
	for _, name := range sections {
		e.insertAfter(at, renderBlock(s.child(name).path, want[name], e.eol))
	}
}

// addLines puts keys after the last one of the table's section, and gives the
// table a header if it has none. The root's stand before the first header.
func (e *editor) addLines(t *table, s scope, o tree.Object) {
	names := slices.Sorted(maps.Keys(o))
	h := t.header
	switch {
	case h != nil && len(h.entries) > 0:
		last := h.entries[len(h.entries)-1]
		e.insert(last.line.end, renderLines(o, names, e.styleOf(last).indent, e.eol))
	case h != nil && len(h.key) > 0:
		indent := e.text[h.line.start:e.skip(h.line.start, " \t")]
		e.insert(h.line.end, renderLines(o, names, string(indent), e.eol))
	case h != nil:
		at := len(e.text)
		if len(e.sections) > 1 {
			at = e.sections[1].lead
		}
		e.insertAfter(at, renderLines(o, names, "", e.eol))
	default:
		first, _ := t.extent()
		header := "[" + renderPath(s.path) + "]" + e.eol
		e.insertBefore(first.lead, s.path, header+renderLines(o, names, "", e.eol))
	}
}

// addDotted puts keys beside those that define the table: a table made of
// dotted keys may have no header, and an inline table cannot be left.
func (e *editor) addDotted(t *table, s scope, names []string, want tree.Object) {
	if len(names) == 0 && len(want) > 0 {
		return
	}
	after := t.home.last(t.prefix)
	if len(want) == 0 && len(t.prefix) > 0 {
		s.place.insertEntry(after, t.prefix, want)
		return
	}
	for _, name := range names {
		e.addFlat(s.place, after, append(slices.Clip(t.prefix), name), want[name])
	}
}

// addFlat writes an object among dotted keys as dotted keys too.
func (e *editor) addFlat(p place, after *entry, key []string, v any) {
	o, ok := v.(map[string]any)
	if _, inLines := p.(*editor); !ok || !inLines || len(o) == 0 {
		p.insertEntry(after, key, v)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(o)) {
		e.addFlat(p, after, append(slices.Clip(key), name), o[name])
	}
}

// copyOf is the text of a table's sections, to be put elsewhere.
func (e *editor) copyOf(t *table) string {
	var parts []*section
	t.parts(func(s *section) { parts = append(parts, s) }, func(*entry) {})
	slices.SortFunc(parts, func(a, b *section) int { return a.line.start - b.line.start })
	var b strings.Builder
	for _, s := range parts {
		if b.Len() > 0 {
			b.WriteString(e.eol)
		}
		b.Write(e.text[s.lead:s.end])
	}
	return b.String()
}
