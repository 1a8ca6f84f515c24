package document

import (
	"slices"

	"realmconf/schema/tree"
)

// editTables makes an array of tables mean want. Each entry keeps its own
// sections and comments when others come, go or move.
func (e *editor) editTables(m *member, s scope, have, want []any) {
	if e.rewriteTables(m, s, want) {
		return
	}
	first, _ := m.tables[0].extent()
	at := -1 // where the entry before ends
	match := tree.MatchSimilar(have, want, e.keyOf(s.at))
	for i, j := range match.Steps() {
		if i < 0 {
			text := e.newEntry(m, s, have, want, match.Old[j], j)
			if at < 0 {
				e.insertBefore(first.lead, s.path, text)
			} else {
				e.insertAfter(at, text)
			}
			continue
		}
		t := m.tables[i]
		_, last := t.extent()
		at = last.end
		if j < 0 {
			t.parts(e.dropSection, e.dropEntry)
			continue
		}
		h, _ := have[i].(map[string]any)
		w, _ := want[j].(map[string]any)
		if !tree.Equal(h, w) {
			inner := scope{path: s.path, at: s.at.Index(j), place: s.place}
			e.editTable(t, inner, h, w)
		}
	}
}

// newEntry is the text of an added entry: that of the removed one at from, if
// there is one, for then it was moved, and perhaps changed.
func (e *editor) newEntry(m *member, s scope, have, want []any, from, to int) string {
	var b blocks
	b.eol = e.eol
	if from >= 0 {
		text := e.copyOf(m.tables[from])
		if tree.Equal(have[from], want[to]) {
			return text
		}
		if edited, ok := e.editedCopy(text, s, want[to], to); ok {
			return edited
		}
		b.WriteString(e.comments(m.tables[from]))
		e.reformatted = append(e.reformatted, s.at.Index(to))
	}
	var entry blocks
	entry.eol = e.eol
	entry.section(s.path, want[to].(map[string]any), "[[", "]]")
	return b.String() + entry.String()
}

// editedCopy edits the text of one entry as a document of its own.
func (e *editor) editedCopy(text string, s scope, want any, to int) (string, bool) {
	d, err := Parse([]byte(text))
	if err != nil {
		return "", false
	}
	place := func(p tree.Pointer) tree.Pointer { // in the whole document
		if len(p) <= len(s.path) {
			return p
		}
		return slices.Concat(s.at.Index(to), p[len(s.path)+1:])
	}
	want = []any{want}
	for _, name := range slices.Backward(s.path) {
		want = tree.Object{name: want}
	}
	next, reformatted, err := d.edit(want.(tree.Object), func(p tree.Pointer) string { return e.keyOf(place(p)) }, e.level)
	if err != nil {
		return "", false
	}
	for _, p := range reformatted {
		e.reformatted = append(e.reformatted, place(p))
	}
	return string(next.text), true
}
