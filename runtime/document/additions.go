package document

import (
	"slices"
	"strings"

	"realmconf/schema/tree"
)

// addition is a member that a table gets.
type addition struct {
	name     string
	value    any
	above    string   // comment lines, without indentation
	behind   string   // the comment behind it, with the blanks before
	sections string   // the text of its sections; "" to render value
	entries  []string // the lines of its dotted keys and their comments; nil to render value
}

// complete gives an addition to a table the value want. s is the scope of the
// addition. A member that moved there has its text.
func (e *editor) complete(a *addition, t *table, s scope, want any) {
	a.value = want
	mv, isMove := e.to[s.at.String()]
	from := s.at // a member that comes back in another shape
	if isMove {
		from = mv.From
	}
	if list, isList := want.([]any); isList {
		a.above += e.movedComments(s.at, list)
	}
	src, inLines := e.root.source(from)
	m := src.member
	if m == nil {
		return
	}
	if !isMove || mv.IsCopy {
		return
	}
	have, _, _ := from.Get(e.present)
	switch {
	case m.entry == nil && m.hasOnlySections() && t.home == nil:
		a.sections = e.moveSections(m, s, src.depth, have, want)
	case m.entry != nil:
		e.moveEntry(a, m.entry, s, inLines, have, want)
	case m.table != nil && m.table.home != nil && inLines && t.home == nil && tree.Equal(have, want):
		a.entries = e.moveDotted(m.table, a.name)
	}
	if hasText := m.entry != nil || a.sections != "" || a.entries != nil; !hasText {
		a.above += e.memberComments(m)
		e.reformatted = append(e.reformatted, s.at)
	}
}

// source is the place of a part that moves.
type source struct {
	member *member
	depth  int // how many names lead to it, without indexes of lists
}

// source returns the member at a pointer, nil if there is none, and whether it is in
// no inline table. Pointers to entries of lists have no member.
func (t *table) source(p tree.Pointer) (src source, inLines bool) {
	inLines = true
	for len(p) > 0 {
		m := t.member(p[0])
		src.depth++
		if m == nil || len(p) == 1 {
			src.member = m
			return src, inLines
		}
		p = p[1:]
		n, isIndex := tree.ArrayIndex(p[0])
		switch {
		case m.table != nil:
			t = m.table
		case m.list != nil && isIndex && n < len(m.list.tables):
			t, p = m.list.tables[n], p[1:]
		case m.entry != nil && m.entry.value.kind == inlineTable:
			t, inLines = m.entry.value.inner.table, false
		case m.entry != nil && m.entry.value.kind == array && isIndex && n < len(m.entry.value.entries()) && m.entry.value.entries()[n].value.kind == inlineTable:
			t, p, inLines = m.entry.value.entries()[n].value.inner.table, p[1:], false
		default:
			return source{}, false
		}
	}
	return source{}, false
}

// hasOnlySections reports whether all parts of a member are sections.
func (m *member) hasOnlySections() bool {
	return m.list != nil || m.table != nil && m.table.home == nil
}

// moveSections returns the text of a member's sections for another place, edited
// if its value changed, or "" if that is not possible. depth is the length of the
// member's path.
func (e *editor) moveSections(m *member, s scope, depth int, have, want any) string {
	var parts []*section
	m.eachPart(func(part *section) { parts = append(parts, part) }, func(*entry) {})
	slices.SortFunc(parts, func(a, b *section) int { return a.line.start() - b.line.start() })
	var b strings.Builder
	for i, part := range parts {
		if i > 0 && parts[i-1].end() != part.start() {
			b.WriteString(e.eol)
		}
		b.Write(e.text[part.start():part.key[0].start()])
		b.WriteString(renderPath(s.path))
		b.Write(e.text[part.key[depth-1].end():part.end()])
	}
	if tree.Equal(have, want) {
		return b.String()
	}
	copied, err := Parse([]byte(b.String()))
	if err != nil {
		return ""
	}
	for _, name := range slices.Backward(s.path) {
		want = tree.Object{name: want}
	}
	next, reformatted, err := copied.edit(copied.literals(), want.(tree.Object), e.model, e.level, nil)
	if err != nil {
		return ""
	}
	e.reformatted = append(e.reformatted, reformatted...)
	return string(next.text)
}

// moveEntry takes the text of an entry over: the value, edited if it changed, and
// from a line of the file the comment behind and those directly above.
func (e *editor) moveEntry(a *addition, en *entry, s scope, inLines bool, have, want any) {
	switch {
	case tree.Equal(have, want):
		a.value = literal{text: string(e.text[en.value.start():en.value.end()])}
	case isBlock(want) && !en.value.canBecomeInline(want):
		a.above += e.comments(en.value.span())
	default:
		outer := e.displaced.String()
		e.displaced.Reset()
		a.value = literal{text: e.editValue(&en.value, s.at, have, want, style{eol: e.eol, oneLine: !inLines})}
		a.above += e.displaced.String()
		e.displaced.Reset()
		e.displaced.WriteString(outer)
	}
	if !inLines {
		return
	}
	line := e.lineOf(en)
	if behind := e.skip(en.end(), " \t"); behind < line.end && e.text[behind] == '#' {
		a.behind = strings.TrimRight(string(e.text[en.end():line.end]), " \t\r\n")
	}
	above := e.commentsAbove(line.start)
	a.above += e.comments(above)
	e.splices.drop(above)
}

// commentsAbove returns the comment lines directly above a line, but not those at
// the top, which are the file's.
func (e *editor) commentsAbove(at int) span {
	start := at
	for start > 0 && e.isComment(e.lineStart(start-1)) {
		start = e.lineStart(start - 1)
	}
	if start == 0 {
		start = at
	}
	return span{start, at}
}

// moveDotted returns the lines of the dotted keys that make a table, for a table
// with another name in another section, with the comments above them. It returns
// nil if the table has sections, too.
func (e *editor) moveDotted(t *table, name string) []string {
	if first, _ := t.extent(); first != nil {
		return nil
	}
	prefix := t.last.key[:t.depth]
	var entries []string
	for _, en := range t.home.entries {
		if len(en.key) <= len(prefix) || !slices.EqualFunc(en.key[:len(prefix)], prefix, sameName) {
			continue
		}
		line := e.lineOf(en)
		above := e.commentsAbove(line.start)
		for comment := range strings.Lines(e.comments(above)) {
			entries = append(entries, comment)
		}
		entries = append(entries, renderKey(name)+string(e.text[en.key[t.depth-1].end():line.end]))
		e.splices.drop(above)
	}
	return entries
}

// memberComments returns all comments in a member's parts, a line each.
func (e *editor) memberComments(m *member) string {
	switch {
	case m.entry != nil:
		return e.comments(m.entry.value.span())
	case m.table != nil:
		return e.tableComments(m.table)
	}
	var b strings.Builder
	for _, t := range m.list.tables {
		b.WriteString(e.tableComments(t))
	}
	return b.String()
}

// line returns an addition as lines with an indentation.
func (a *addition) line(indent, eol string) string {
	if a.entries != nil {
		return a.comments(indent) + indent + strings.Join(a.entries, indent)
	}
	return a.comments(indent) + indent + renderKey(a.name) + " = " + renderValue(a.value, style{eol: eol, indent: indent}) + a.behind + eol
}

// allComments returns the comments above and behind, a line each.
func (a *addition) allComments(eol string) string {
	if a.behind == "" {
		return a.above
	}
	return a.above + strings.TrimLeft(a.behind, " \t") + eol
}

// comments returns the comments above an addition, indented.
func (a *addition) comments(indent string) string {
	var b strings.Builder
	for line := range strings.Lines(a.above) {
		b.WriteString(indent + line)
	}
	return b.String()
}
