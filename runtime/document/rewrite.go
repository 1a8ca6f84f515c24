package document

import (
	"strings"

	"realmconf/schema/tree"
)

// When small changes do not give the wanted tree, a value or table is written
// anew as a whole, with every comment that stood in it above. A table's
// sections go, wherever they stand, and new ones come in the place of the first.

// sizeLimit is how many elements, with those inside them, a value may have to
// be changed element by element, which takes quadratic time.
const sizeLimit = 10_000

// size is the number of elements in a value, with those inside them.
func (v *value) size() int {
	n := len(v.entries)
	for _, en := range v.entries {
		n += en.value.size()
	}
	return n
}

// rewriteValue writes a changed array or inline table anew.
func (e *editor) rewriteValue(en *entry, s scope, want any, how style) {
	var comments strings.Builder
	e.commentsIn(&comments, en.value.span)
	e.commentAbove(en, comments.String())
	e.replaceValue(en, renderValue(want, how))
	e.reformatted = append(e.reformatted, s.at)
}

// commentAbove puts comment lines above an entry's line, below what comes after
// the line before.
func (e *editor) commentAbove(en *entry, comments string) {
	for line := range strings.Lines(comments) {
		e.insert(en.start, line+e.styleOf(en).indent)
	}
}

// rewriteTable does so if this attempt's level asks for it here. The root is
// never written anew, nor are tables without sections, which their parents'
// sections hold.
func (e *editor) rewriteTable(t *table, s scope, have, want tree.Object) bool {
	if e.level < wholeTables {
		return false
	}
	first, _ := t.extent()
	switch {
	case len(s.path) == 0 || first == nil || s.place != place(e):
		return false
	case e.level == coarsest && len(s.path) == 1:
	case e.level == wholeTables && t.changedItself(have, want):
	default:
		return false
	}
	e.rewrite(t, s, want, first)
	return true
}

// changedItself reports whether a table differs in more than its sub-tables.
func (t *table) changedItself(have, want tree.Object) bool {
	for name, h := range have {
		w, has := want[name]
		if !has {
			return true
		}
		_, isObject := w.(map[string]any)
		if m := t.member(name); (m.table == nil || !isObject) && !tree.Equal(h, w) {
			return true
		}
	}
	return len(want) != len(have)
}

// rewriteTables does the same for an array of tables.
func (e *editor) rewriteTables(m *member, s scope, want []any) bool {
	if e.level != coarsest {
		return false
	}
	first, _ := m.tables[0].extent()
	var b blocks
	b.eol = e.eol
	for _, t := range m.tables {
		b.WriteString(e.comments(t))
	}
	for i, v := range want {
		if i > 0 {
			b.WriteString(e.eol)
		}
		var entry blocks
		entry.eol = e.eol
		entry.section(s.path, v.(map[string]any), "[[", "]]")
		b.WriteString(entry.String())
	}
	m.parts(e.dropSection, e.dropEntry)
	e.insertBefore(first.lead, s.path, b.String())
	e.reformatted = append(e.reformatted, s.at)
	return true
}

func (e *editor) rewrite(t *table, s scope, want tree.Object, first *section) {
	text := renderBlock(s.path, want, e.eol)
	if t.header != nil && t.header.list {
		var b blocks
		b.eol = e.eol
		b.section(s.path, want, "[[", "]]")
		text = b.String()
	}
	comments := e.comments(t)
	t.parts(e.dropSection, e.dropEntry)
	e.insertBefore(first.lead, s.path, comments+text)
	e.reformatted = append(e.reformatted, s.at)
}

// comments are all comments in a table's sections and dotted entries, a line
// each.
func (e *editor) comments(t *table) string {
	var b strings.Builder
	t.parts(func(s *section) {
		e.commentsIn(&b, span{s.lead, s.end})
	}, func(en *entry) {
		if t.header == nil {
			e.commentsIn(&b, en.line)
		}
	})
	return b.String()
}

// commentsIn finds comments by passing over strings; outside of them "#"
// stands for nothing else.
func (e *editor) commentsIn(b *strings.Builder, r span) {
	for at := r.start; at < r.end; {
		switch c := e.text[at]; c {
		case '#':
			end := e.lineEnd(at)
			b.WriteString(strings.TrimRight(string(e.text[at:end]), " \t\r\n") + e.eol)
			at = end
		case '"', '\'':
			at = e.stringEnd(at, c)
		default:
			at++
		}
	}
}

// stringEnd is the offset after the string that starts at an offset.
func (l *layout) stringEnd(at int, quote byte) int {
	mark := string(quote)
	if long := strings.Repeat(mark, 3); strings.HasPrefix(string(l.text[at:min(at+3, len(l.text))]), long) {
		mark = long
	}
	at += len(mark)
	for at < len(l.text) {
		switch {
		case l.text[at] == '\\' && quote == '"':
			at += 2
		case strings.HasPrefix(string(l.text[at:min(at+len(mark), len(l.text))]), mark):
			at += len(mark)
			for len(mark) == 3 && at < len(l.text) && l.text[at] == quote {
				at++ // quotes that belong to the text stand before the closing ones
			}
			return at
		default:
			at++
		}
	}
	return at
}
