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
	pairs := align(have, want)
	moved := movable(pairs, have)
	for _, p := range pairs {
		if p.have < 0 {
			text := e.newEntry(m, s, have, want, moved.take(want[p.want]), p.want)
			if at < 0 {
				e.insertBefore(first.lead, s.path, text)
			} else {
				e.insertAfter(at, text)
			}
			continue
		}
		t := m.tables[p.have]
		_, last := t.extent()
		at = last.end
		if p.want < 0 {
			t.parts(e.dropSection, e.dropEntry)
			continue
		}
		h, _ := have[p.have].(map[string]any)
		w, _ := want[p.want].(map[string]any)
		if !tree.Equal(h, w) {
			inner := scope{path: s.path, at: s.at.Index(p.want), place: s.place}
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
	want = []any{want}
	for _, name := range slices.Backward(s.path) {
		want = tree.Object{name: want}
	}
	next, reformatted, err := d.edit(want.(tree.Object), e.level)
	if err != nil {
		return "", false
	}
	for _, p := range reformatted {
		if len(p) > len(s.path) {
			p = slices.Concat(s.at.Index(to), p[len(s.path)+1:])
		}
		e.reformatted = append(e.reformatted, p)
	}
	return string(next.text), true
}

// moves are the removed entries of a list that may turn up elsewhere in it.
type moves struct {
	have []any
	left map[string][]int // by identity
}

func movable(pairs []pair, have []any) *moves {
	m := &moves{have: have, left: make(map[string][]int)}
	for _, p := range pairs {
		if p.want < 0 {
			id := identity(have[p.have])
			m.left[id] = append(m.left[id], p.have)
		}
	}
	return m
}

// take is the index of a removed entry that equals v, or else has the same
// identity, once; -1 without one.
func (m *moves) take(v any) int {
	id := identity(v)
	left := m.left[id]
	i := slices.IndexFunc(left, func(h int) bool { return tree.Equal(m.have[h], v) })
	if i < 0 && (id == "" || len(left) == 0) {
		return -1
	}
	h := left[max(i, 0)]
	m.left[id] = slices.Delete(left, max(i, 0), max(i, 0)+1)
	return h
}
