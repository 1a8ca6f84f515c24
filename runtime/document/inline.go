package document

import (
	"strings"

	"realmconf/schema/tree"
)

// edited is the text of a value that shall mean want: the value's own text
// with what differs changed in it.
func (e *editor) edited(v *value, have, want any, s style) string {
	raw := string(e.text[v.start:v.end])
	if tree.Equal(have, want) {
		return raw
	}
	if w, ok := want.(string); ok && v.kind == stringValue {
		return restyleString(raw, w, s)
	}
	if v.kind != array && v.kind != inlineTable {
		return renderValue(want, s)
	}
	switch w := want.(type) {
	case map[string]any:
		if v.kind == inlineTable {
			p := &inlinePlace{editor: e, list: e.takeApart(v), items: make(map[*entry]*item)}
			for it := p.list.first; it != nil; it = it.next {
				p.items[it.entry] = it
			}
			e.editTable(v.table, scope{place: p}, have.(map[string]any), w)
			return p.list.String()
		}
	case []any:
		if v.kind == array && (len(v.entries) > 0 || e.skip(v.start+1, " \t\r\n") < v.end-1) {
			return e.editedArray(v, have.([]any), w)
		}
	}
	e.commentsIn(&e.displaced, v.span)
	return renderValue(want, s)
}

// editedArray is the text of an array that shall mean want.
func (e *editor) editedArray(v *value, have, want []any) string {
	t := e.takeApart(v)
	oneLine := style{eol: e.eol, line: true}
	original := make([]*item, 0, len(have))
	for it := t.first; it != nil; it = it.next {
		original = append(original, it)
	}
	pairs := align(have, want)
	moved := movable(pairs, have)
	var at *item // the element before
	var gone []*item
	for _, p := range pairs {
		switch {
		case p.have < 0:
			if from := moved.take(want[p.want]); from >= 0 {
				text := e.edited(original[from].entry.value, have[from], want[p.want], oneLine)
				at = t.insert(at, text, e.eol)
				if at.tail != "" && strings.HasSuffix(original[from].tail, "\n") {
					at.tail = original[from].tail // its comment moves along
				}
			} else {
				at = t.insert(at, renderValue(want[p.want], oneLine), e.eol)
			}
		case p.want < 0:
			at = original[p.have]
			gone = append(gone, at)
		default:
			at = original[p.have]
			at.text = e.edited(at.entry.value, have[p.have], want[p.want], oneLine)
		}
	}
	// Elements go last, so that added ones could see how the array looked.
	for _, it := range gone {
		t.remove(it)
	}
	return t.String()
}

// inlinePlace is an inline table as the place of entries.
type inlinePlace struct {
	*editor
	list  *list
	items map[*entry]*item // that are still in the list
}

func (p *inlinePlace) styleOf(*entry) style { return style{eol: p.eol, line: true} }

func (p *inlinePlace) dropEntry(en *entry) {
	p.list.remove(p.items[en])
	delete(p.items, en)
}

func (p *inlinePlace) replaceValue(en *entry, text string) {
	p.items[en].text = string(p.text[en.start:en.value.start]) + text
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
