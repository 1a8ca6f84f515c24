package document

import (
	"strings"

	"realmconf/schema/tree"
)

// editValue returns the text of a value, at a pointer, changed from have to want,
// which are not equal.
//
// A string keeps its manner of quoting. An array or inline table that stays one
// is edited inside; an array without elements only if there is something to
// keep in it, so that a filled `[]` is written like a new array. Any other value
// is rewritten, and the comments in it move above the line.
func (e *editor) editValue(v *value, at tree.Pointer, have, want any, s style) string {
	switch w := want.(type) {
	case string:
		if v.kind == stringValue {
			return restyleString(string(e.text[v.start():v.end()]), w, s)
		}
	case map[string]any:
		if v.kind == inlineTable {
			return e.editInline(v, at, have.(map[string]any), w)
		}
	case []any:
		hasBytes := v.kind == array && e.skip(v.start()+1, " \t\r\n") < v.end()-1
		if hasBytes {
			return e.editArray(v, at, have.([]any), w)
		}
	}
	if v.kind == array || v.kind == inlineTable {
		e.displaced.WriteString(e.comments(v.span()))
	}
	return renderValue(want, s)
}

// editInline returns the text of an inline table changed from have to want.
func (e *editor) editInline(v *value, at tree.Pointer, have, want tree.Object) string {
	p := &inlinePlace{editor: e, list: e.split(v), items: make(map[*entry]*item)}
	for it := p.list.first; it != nil; it = it.next {
		p.items[it.entry] = it
	}
	e.editTable(v.inner.table, scope{at: at, container: p}, have, want)
	return p.list.String()
}

// editArray returns the text of an array changed from have to want. A moved
// element takes its comments along.
func (e *editor) editArray(v *value, at tree.Pointer, have, want []any) string {
	l := e.split(v)
	oneLine := style{eol: e.eol, oneLine: true}
	original := make([]*item, 0, len(have))
	for it := l.first; it != nil; it = it.next {
		original = append(original, it)
	}
	match := tree.MatchSimilar(have, want, e.model.Key(at))
	edit := func(i, j int) string {
		if tree.Equal(have[i], want[j]) {
			return original[i].text
		}
		return e.editValue(&original[i].entry.value, at.Index(j), have[i], want[j], oneLine)
	}
	var previous *item
	var left []*item
	for i, j := range match.Steps() {
		switch {
		case j < 0:
			previous = original[i]
			left = append(left, previous)
			if len(e.from) > 0 && e.from[e.before(at).Index(i).String()] {
				l.dropComments(previous) // they move along to another array
			}
		case i >= 0:
			previous = original[i]
			previous.text = edit(i, j)
		case match.Moved[j]:
			from := match.Old[j]
			previous = l.insert(previous, edit(from, j), e.eol)
			l.moveComments(original[from], previous)
		default:
			previous = e.insertElement(l, previous, at.Index(j), want[j])
		}
	}
	// Elements are removed last, so that the added ones are laid out like the
	// original ones.
	for _, it := range left {
		l.remove(it)
	}
	return l.String()
}

// insertElement adds an element to an array. One that moved from another array brings
// its comments and its text along.
func (e *editor) insertElement(l *list, after *item, at tree.Pointer, want any) *item {
	source := e.movedElement(at, want)
	if source == nil {
		return l.insert(after, renderValue(want, style{eol: e.eol, oneLine: true}), e.eol)
	}
	it := l.insert(after, source.text, e.eol)
	if !l.hasOwnLine(it) {
		e.displaced.WriteString(source.above + source.behind)
		return it
	}
	indent := it.indent()
	it.before = indented(source.above, indent) + indent
	if source.behind != "" {
		it.behind = " " + source.behind
	}
	return it
}

// inlinePlace is an inline table as the place of entries.
type inlinePlace struct {
	*editor
	list  *list
	items map[*entry]*item // those that are still in the list
}

func (p *inlinePlace) styleOf(*entry) style { return style{eol: p.eol, oneLine: true} }

func (p *inlinePlace) dropEntry(en *entry) {
	p.list.remove(p.items[en])
	delete(p.items, en)
}

func (p *inlinePlace) replaceValue(en *entry, text string) {
	p.items[en].text = p.keyText(en) + text
}

func (p *inlinePlace) updateKey(en *entry) {
	p.replaceValue(en, string(p.text[en.value.start():en.value.end()]))
}

// keepComments moves comments above the line.
func (p *inlinePlace) keepComments(_ *entry, comments string) {
	for line := range strings.Lines(comments) {
		p.displaced.WriteString(strings.TrimRight(line, "\r\n") + p.eol)
	}
}

func (p *inlinePlace) insertEntry(after *entry, key []string, v any) {
	at := p.items[after]
	if at == nil {
		at = p.list.last
	}
	name := renderPath(key)
	if after != nil {
		name = p.spell(after, key)
	}
	p.list.insert(at, name+" = "+renderValue(v, p.styleOf(after)), p.eol)
}
