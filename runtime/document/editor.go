package document

import (
	"maps"
	"slices"
	"strings"

	"realmconf/schema/tree"
)

// editor is the state of one attempt to edit. It goes through the layout with
// the present and the wanted tree side by side, and collects splices.
type editor struct {
	*layout
	splices
	keyOf       func(tree.Pointer) string // the member that identifies the entries of a list
	eol         string
	level       level
	reformatted []tree.Pointer
	displaced   strings.Builder // comments of values that became another kind of value; they move above the line
}

// scope is the place of a table or member that is being edited.
type scope struct {
	path  []string     // the names for a header
	at    tree.Pointer // path with the indexes of lists
	place place
}

func (s scope) child(name string) scope {
	return scope{path: append(slices.Clip(s.path), name), at: s.at.Child(name), place: s.place}
}

// place is where entries are: the lines of the file, or an inline table.
type place interface {
	// dropEntry removes an entry.
	dropEntry(en *entry)
	// styleOf returns how values are written beside an entry.
	styleOf(en *entry) style
	// replaceValue writes another value for an entry.
	replaceValue(en *entry, text string)
	// insertEntry adds `key = value` after an entry, or at the end.
	insertEntry(after *entry, key []string, v any)
}

// editTable changes a table from have to want.
//
// A member that is not wanted is dropped, and one that is equal stays. Of the
// others most are changed in their places. Those that cannot be, because the
// wanted value has another shape, are dropped and come back with the new
// members. New members come last and sorted, so that equal edits of equal texts
// give equal texts.
func (e *editor) editTable(t *table, s scope, have, want tree.Object) {
	if e.rewriteTable(t, s, have, want) {
		return
	}
	var added []string
	for m := t.first; m != nil; m = m.next {
		name := m.key.name
		w, keep := want[name]
		switch {
		case !keep:
			e.drop(m, s.place)
		case tree.Equal(have[name], w):
		case e.editMember(t, m, s.child(name), have[name], w):
		default:
			e.dropReplaced(m, s.place)
			added = append(added, name)
		}
	}
	for name := range want {
		if t.member(name) == nil {
			added = append(added, name)
		}
	}
	slices.Sort(added)
	e.add(t, s, added, want)
}

// editMember changes a member in its place, or reports false if the wanted
// value needs another shape: a table with sections stays one only as an object,
// an array of tables only as a list of objects, and an entry of a section does
// not become a table or an array of tables, which get sections of their own.
func (e *editor) editMember(t *table, m *member, s scope, have, want any) bool {
	switch {
	case m.table != nil:
		w, ok := want.(map[string]any)
		if ok {
			e.editTable(m.table, s, have.(map[string]any), w)
		}
		return ok
	case m.list != nil:
		w, ok := want.([]any)
		ok = ok && len(w) > 0 && !slices.ContainsFunc(w, isNoObject)
		if ok {
			e.editTables(m, s, have.([]any), w)
		}
		return ok
	}
	v := &m.entry.value
	if t.home == nil && isBlock(want) && !v.canBecomeInline(want) {
		return false
	}
	how := s.place.styleOf(m.entry)
	inLines := s.place == place(e)
	if inLines && len(v.entries()) > 0 && e.level > inPlace {
		e.rewriteValue(m.entry, s, want, how)
		return true
	}
	s.place.replaceValue(m.entry, e.editValue(v, s.at, have, want, how))
	if inLines {
		e.insertComments(m.entry, e.displaced.String())
		e.displaced.Reset()
	}
	return true
}

func isNoObject(v any) bool {
	_, isObject := v.(map[string]any)
	return !isObject
}

// canBecomeInline reports whether a value can become the object, or list of
// objects, want without a section: an inline table can, and an array of them.
func (v *value) canBecomeInline(want any) bool {
	switch want.(type) {
	case map[string]any:
		return v.kind == inlineTable
	case []any:
		return v.kind == array && len(v.entries()) > 0 &&
			!slices.ContainsFunc(v.entries(), func(en *entry) bool { return en.value.kind != inlineTable })
	default:
		return false
	}
}

// drop removes a member with all its parts.
func (e *editor) drop(m *member, p place) { m.eachPart(e.dropSection, p.dropEntry) }

// dropReplaced removes a member that comes back in another shape. The comments
// in an entry and the one behind it stay, each on a line of its own.
func (e *editor) dropReplaced(m *member, p place) {
	if m.entry == nil || p != place(e) {
		e.drop(m, p)
		return
	}
	en := m.entry
	inner := e.comments(en.value.span())
	if comment := e.skip(en.end(), " \t"); e.text[comment] == '#' {
		e.splices.drop(span{en.start(), comment})
		e.insertComments(en, inner)
		return
	}
	e.splices.drop(e.lineOf(en))
	for line := range strings.Lines(inner) {
		e.insert(en.start(), e.styleOf(en).indent+line)
	}
}

// add writes the members of want with these names, which the table does not
// have, or has in another shape. A table that would be left without any trace
// gets one: a header, or an empty inline table.
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
		} else {
			lines[name] = want[name]
		}
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
		at = last.end()
	}
	for _, name := range sections {
		e.insertAfter(at, renderBlock(s.child(name).path, want[name], e.eol))
	}
}

// addLines adds keys behind the last one of the table's section. A table
// without a header gets one. The keys of the root come before the first header.
func (e *editor) addLines(t *table, s scope, o tree.Object) {
	names := slices.Sorted(maps.Keys(o))
	h := t.header
	switch {
	case h != nil && len(h.entries) > 0:
		last := h.entries[len(h.entries)-1]
		e.insert(e.lineOf(last).end, renderLines(o, names, e.styleOf(last).indent, e.eol))
	case h != nil && len(h.key) > 0:
		indent := e.text[h.line.start():e.skip(h.line.start(), " \t")]
		e.insert(h.line.end(), renderLines(o, names, string(indent), e.eol))
	case h != nil:
		at := len(e.text)
		if len(e.sections) > 1 {
			at = e.sections[1].start()
		}
		e.insertAfter(at, renderLines(o, names, "", e.eol))
	default:
		first, _ := t.extent()
		header := "[" + renderPath(s.path) + "]" + e.eol
		e.insertBefore(first.start(), s.path, header+renderLines(o, names, "", e.eol))
	}
}

// addDotted adds keys beside those that made the table: a table of dotted keys
// cannot have a header, and an inline table has a closing bracket.
func (e *editor) addDotted(t *table, s scope, names []string, want tree.Object) {
	if len(names) == 0 && len(want) > 0 {
		return
	}
	if len(want) == 0 && t.depth > 0 {
		s.place.insertEntry(t.last, t.prefix(), want)
		return
	}
	for _, name := range names {
		e.addFlat(s.place, t.last, append(t.prefix(), name), want[name])
	}
}

// addFlat writes an object among dotted keys as dotted keys.
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
