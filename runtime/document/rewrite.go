package document

import (
	"strings"

	"realmconf/schema/tree"
)

// If small changes do not give the wanted tree, a value or table is rewritten
// as a whole, below all its comments. Of a table all sections are dropped,
// wherever they are, and the new ones take the place of the first.

// rewriteValue rewrites a changed array or inline table.
func (e *editor) rewriteValue(en *entry, s scope, want any, how style) {
	e.insertComments(en, e.comments(en.value.span()))
	e.replaceValue(en, renderValue(want, how))
	e.reformatted = append(e.reformatted, s.at)
}

// rewriteTable rewrites a table, or reports false if the level does not ask
// for that here. The document as a whole is never rewritten, nor is a
// table without sections: its parent is, whose sections hold its keys.
func (e *editor) rewriteTable(t *table, s scope, have, want tree.Object) bool {
	if e.level < wholeTables || len(s.path) == 0 || s.container != container(e) {
		return false
	}
	first, _ := t.extent()
	isTop := e.level == topTables && len(s.path) == 1
	isSmallest := e.level == wholeTables && t.differsItself(have, want)
	if first == nil || !isTop && !isSmallest {
		return false
	}
	text := ""
	comments := e.tableComments(t)
	if t.header != nil && t.header.isList {
		text = renderListEntry(s.path, want, e.eol)
	} else {
		text = renderBlock(s.path, want, e.eol)
	}
	t.eachPart(e.dropSection, e.dropEntry)
	e.insertBefore(first.start(), s.path, comments+text)
	e.reformatted = append(e.reformatted, s.at)
	return true
}

// differsItself reports whether a table differs in more than its sub-tables.
func (t *table) differsItself(have, want tree.Object) bool {
	if len(want) != len(have) {
		return true
	}
	for name, h := range have {
		w, has := want[name]
		if !has {
			return true
		}
		isSubTable := t.member(name).table != nil && !isNoObject(w)
		if !isSubTable && !tree.Equal(h, w) {
			return true
		}
	}
	return false
}

// rewriteTables rewrites an array of tables, or reports false if the level
// does not ask for that.
func (e *editor) rewriteTables(m *member, s scope, want []any) bool {
	if e.level != topTables {
		return false
	}
	first, _ := m.list.tables[0].extent()
	var b strings.Builder
	for _, t := range m.list.tables {
		b.WriteString(e.tableComments(t))
	}
	for i, v := range want {
		if i > 0 {
			b.WriteString(e.eol)
		}
		b.WriteString(renderListEntry(s.path, v.(map[string]any), e.eol))
	}
	m.eachPart(e.dropSection, e.dropEntry)
	e.insertBefore(first.start(), s.path, b.String())
	e.reformatted = append(e.reformatted, s.at)
	return true
}

// tableComments returns all comments in a table's sections and dotted entries,
// a line each.
func (e *editor) tableComments(t *table) string {
	var parts []string
	t.eachPart(func(s *section) {
		parts = append(parts, e.comments(s.span()))
	}, func(en *entry) {
		if t.header == nil {
			parts = append(parts, e.comments(e.lineOf(en)))
		}
	})
	return strings.Join(parts, "")
}
