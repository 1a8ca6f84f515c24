package document

import "realmconf/schema/tree"

// edited is the text of a value that shall mean want: the value's own text
// with what differs changed in it.
func (e *editor) edited(v *value, at tree.Pointer, have, want any, s style) string {
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
			e.editTable(v.table, scope{at: at, place: p}, have.(map[string]any), w)
			return p.list.String()
		}
	case []any:
		if v.kind == array && (len(v.entries) > 0 || e.skip(v.start+1, " \t\r\n") < v.end-1) {
			return e.editedArray(v, at, have.([]any), w)
		}
	}
	e.commentsIn(&e.displaced, v.span)
	return renderValue(want, s)
}

// editedArray is the text of an array at a pointer that shall mean want. A
// moved element takes its comments along.
func (e *editor) editedArray(v *value, at tree.Pointer, have, want []any) string {
	t := e.takeApart(v)
	oneLine := style{eol: e.eol, line: true}
	original := make([]*item, 0, len(have))
	for it := t.first; it != nil; it = it.next {
		original = append(original, it)
	}
	match := tree.MatchSimilar(have, want, e.keyOf(at))
	edit := func(i, j int) string {
		if tree.Equal(have[i], want[j]) {
			return original[i].text
		}
		return e.edited(original[i].entry.value, at.Index(j), have[i], want[j], oneLine)
	}
	var before *item // the element before
	var left []*item
	for i, j := range match.Steps() {
		switch {
		case j < 0:
			before = original[i]
			left = append(left, before)
		case i >= 0:
			before = original[i]
			before.text = edit(i, j)
		case match.Moved[j]:
			from := match.Old[j]
			before = t.insert(before, edit(from, j), e.eol)
			t.takeComments(original[from], before)
		default:
			before = t.insert(before, renderValue(want[j], oneLine), e.eol)
		}
	}
	// Elements are removed last, so that the added ones could see how the array
	// looked.
	for _, it := range left {
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
