package document

import (
	"slices"
	"strings"

	"realmconf/schema/tree"
)

// editor is the state of one attempt to edit. It goes through the layout with
// the present and the wanted tree side by side, and collects splices.
type editor struct {
	*layout
	splices
	moves
	model       Model
	eol         string
	level       level
	present     tree.Object
	reformatted []tree.Pointer
	displaced   strings.Builder // comments of values that became another kind of value; they move above the line
}

// scope is the place of a table or member that is being edited.
type scope struct {
	path      []string     // the names for a header
	at        tree.Pointer // path with the indexes of lists
	container container
}

func (s scope) child(name string) scope {
	return scope{path: append(slices.Clip(s.path), name), at: s.at.Child(name), container: s.container}
}

// container holds entries: the lines of the file, or an inline table.
type container interface {
	// dropEntry removes an entry.
	dropEntry(en *entry)
	// styleOf returns how values are written beside an entry.
	styleOf(en *entry) style
	// updateKey writes the new names in an entry's key.
	updateKey(en *entry)
	// replaceValue writes another value for an entry.
	replaceValue(en *entry, text string)
	// keepComments keeps comment lines near an entry that will be inserted after
	// another one.
	keepComments(after *entry, comments string)
	// insertEntry adds `key = value` after an entry, or at the end.
	insertEntry(after *entry, key []string, v any)
}

// editTable changes a table from have to want.
//
// A member that is not wanted is dropped, and one that is equal stays. Of the
// others most are changed in their places. Those that cannot be, because the
// wanted value has another shape, are dropped and come back with the new
// members. A member that moved to another name is renamed in its place. New
// members come last and sorted, so that equal edits of equal texts give equal
// texts.
func (e *editor) editTable(t *table, s scope, have, want tree.Object) {
	if e.rewriteTable(t, s, have, want) {
		return
	}
	renames, taken := e.renames(t, s, have, want)
	var added []addition
	for m := t.first; m != nil; m = m.next {
		name, isRenamed := renames[m.key.name]
		if !isRenamed {
			name = m.key.name
		}
		w, keep := want[name]
		keep = keep && isRenamed == taken[name]
		if isRenamed {
			e.rename(m, s.child(name), name)
		}
		had := have[m.key.name]
		switch {
		case !keep:
			e.drop(m, s.container)
		case !isRenamed && len(e.to) > 0 && e.isReplaced(s.child(name)):
			e.drop(m, s.container)
			added = append(added, addition{name: name})
		case tree.Equal(had, w):
		case e.editMember(t, m, s.child(name), had, w):
		default:
			added = append(added, addition{name: name, above: e.dropReplaced(m, s.child(name), w)})
		}
	}
	for name := range want {
		_, isGone := renames[name]
		if !taken[name] && (isGone || t.member(name) == nil) {
			added = append(added, addition{name: name})
		}
	}
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
	how := s.container.styleOf(m.entry)
	inLines := s.container == container(e)
	if inLines && len(v.entries()) > 0 && e.level > inPlace {
		e.rewriteValue(m.entry, s, want, how)
		return true
	}
	s.container.replaceValue(m.entry, e.editValue(v, s.at, have, want, how))
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
func (e *editor) drop(m *member, c container) { m.eachPart(e.dropSection, c.dropEntry) }

// dropReplaced removes a member that comes back in another shape. The comments
// in an entry and the one behind it stay, each on a line of its own. The comments
// of an array of tables that becomes a mixed list are returned: they come back
// above it.
func (e *editor) dropReplaced(m *member, s scope, want any) (kept string) {
	list, _ := want.([]any)
	isMixed := slices.ContainsFunc(list, func(v any) bool { return !isNoObject(v) })
	if m.list != nil && isMixed {
		if kept = e.memberComments(m); kept != "" {
			e.reformatted = append(e.reformatted, s.at)
		}
	}
	if m.entry == nil || s.container != container(e) {
		e.drop(m, s.container)
		return kept
	}
	en := m.entry
	inner := e.comments(en.value.span())
	if comment := e.skip(en.end(), " \t"); e.text[comment] == '#' {
		e.splices.drop(span{en.start(), comment})
		e.insertComments(en, inner)
		return ""
	}
	e.splices.drop(e.lineOf(en))
	for line := range strings.Lines(inner) {
		e.insert(en.start(), e.styleOf(en).indent+line)
	}
	return ""
}
