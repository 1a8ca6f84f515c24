package document

import (
	"slices"
	"strings"

	"realmconf/schema/tree"
)

// editTables changes an array of tables from have to want. An entry that stays
// is edited in its place. One that moves is dropped there and inserted here,
// with its text, and so with its comments.
func (e *editor) editTables(m *member, s scope, have, want []any) {
	if e.rewriteTables(m, s, want) {
		return
	}
	first, _ := m.list.tables[0].extent()
	at := -1 // the end of the entry before
	match := tree.MatchSimilar(have, want, e.model.Key(s.at))
	for i, j := range match.Steps() {
		if i < 0 {
			text := e.renderEntry(m, s, have, want, match.Old[j], j)
			if at < 0 {
				e.insertBefore(first.start(), s.path, text)
			} else {
				e.insertAfter(at, text)
			}
			continue
		}
		t := m.list.tables[i]
		_, last := t.extent()
		at = last.end()
		if j < 0 {
			t.eachPart(e.dropSection, e.dropEntry)
			continue
		}
		if !tree.Equal(have[i], want[j]) {
			inner := scope{path: s.path, at: s.at.Index(j), container: s.container}
			e.editTable(t, inner, have[i].(map[string]any), want[j].(map[string]any))
		}
	}
}

// renderEntry returns the text of the entry at index to, which moved there from
// an index, or was added if that is negative.
func (e *editor) renderEntry(m *member, s scope, have, want []any, from, to int) string {
	comments := ""
	if from >= 0 {
		text := e.copyOf(m.list.tables[from])
		if tree.Equal(have[from], want[to]) {
			return text
		}
		if edited, ok := e.editCopy(text, s, want[to], to); ok {
			return edited
		}
		comments = e.tableComments(m.list.tables[from])
		e.reformatted = append(e.reformatted, s.at.Index(to))
	}
	return comments + renderListEntry(s.path, want[to].(map[string]any), e.eol)
}

// editCopy edits the text of one entry of a list, which is TOML on its own, as
// a document. In that document the entry is the first of its list, and so are
// all entries around it.
func (e *editor) editCopy(text string, s scope, want any, to int) (string, bool) {
	copied, err := Parse([]byte(text))
	if err != nil {
		return "", false
	}
	// place is the pointer in this document for one in the copy.
	place := func(p tree.Pointer) tree.Pointer {
		if len(p) <= len(s.path) {
			return p
		}
		return slices.Concat(s.at.Index(to), p[len(s.path)+1:])
	}
	want = []any{want}
	for _, name := range slices.Backward(s.path) {
		want = tree.Object{name: want}
	}
	next, reformatted, err := copied.edit(copied.literals(), want.(tree.Object), movedModel{e.model, place}, e.level, nil)
	if err != nil {
		return "", false
	}
	for _, p := range reformatted {
		e.reformatted = append(e.reformatted, place(p))
	}
	return string(next.text), true
}

// copyOf returns the text of a table's sections, in the order of the file.
func (e *editor) copyOf(t *table) string {
	var parts []*section
	t.eachPart(func(s *section) { parts = append(parts, s) }, func(*entry) {})
	slices.SortFunc(parts, func(a, b *section) int { return a.line.start() - b.line.start() })
	var b strings.Builder
	for _, s := range parts {
		if b.Len() > 0 {
			b.WriteString(e.eol)
		}
		b.Write(e.text[s.start():s.end()])
	}
	return b.String()
}
