package document

import (
	"slices"
	"strings"

	"realmconf/schema/tree"
)

// Move says where a part of the wanted tree comes from. It is not one from one place
// in a list to another one in it.
type Move struct {
	From   tree.Pointer // in the present tree
	To     tree.Pointer // in the wanted tree
	IsCopy bool         // the part stays at From, too
}

// moves are the moves of an edit, and the names that they change in the text.
type moves struct {
	to       map[string]Move   // by the pointer To
	into     map[string][]Move // by the pointer of the object around To
	from     map[string]bool   // by the pointer From, of what does not stay there
	newNames map[*keyPart]string
}

func newMoves(all []Move) moves {
	if len(all) == 0 {
		return moves{}
	}
	m := moves{to: make(map[string]Move), into: make(map[string][]Move), from: make(map[string]bool)}
	for _, mv := range all {
		if len(mv.From) == 0 || len(mv.To) == 0 {
			continue
		}
		m.to[mv.To.String()] = mv
		if !mv.IsCopy {
			m.from[mv.From.String()] = true
		}
		parent := mv.To[:len(mv.To)-1].String()
		m.into[parent] = append(m.into[parent], mv)
	}
	return m
}

// before returns the pointer in the present tree of a place in the wanted one.
func (m moves) before(at tree.Pointer) tree.Pointer {
	for n := len(at); n > 0 && len(m.to) > 0; n-- {
		if mv, has := m.to[at[:n].String()]; has {
			return slices.Concat(mv.From, at[n:])
		}
	}
	return at
}

// renames returns the members of a table that are wanted under another name: the
// new names by the present ones, and which names they take.
func (e *editor) renames(t *table, s scope, have, want tree.Object) (names map[string]string, taken map[string]bool) {
	names, taken = e.findRenames(t, s, have, want)
	if len(e.into) == 0 {
		return names, taken
	}
	if names == nil {
		names, taken = make(map[string]string), make(map[string]bool)
	}
	before := e.before(s.at)
	for _, mv := range e.into[s.at.String()] {
		old, name := mv.From[len(mv.From)-1], mv.To[len(mv.To)-1]
		_, isWanted := want[name]
		if !mv.IsCopy && isWanted && !taken[name] && old != name && t.member(old) != nil && slices.Equal(mv.From[:len(mv.From)-1], before) {
			names[old], taken[name] = name, true
		}
	}
	return names, taken
}

// findRenames returns the members that go while one with the same value comes,
// although no move tells of them. If several have that value, it is not known which
// of them is meant.
func (e *editor) findRenames(t *table, s scope, have, want tree.Object) (names map[string]string, taken map[string]bool) {
	var gone []string
	for m := t.first; m != nil; m = m.next {
		name := m.key.name
		if _, stays := want[name]; !stays && !e.model.Declares(s.at.Child(name)) && !e.from[e.before(s.at).Child(name).String()] {
			gone = append(gone, name)
		}
	}
	if len(gone) == 0 {
		return nil, nil
	}
	type pair struct{ old, new []string }
	byValue := make(map[string]*pair)
	for _, name := range gone {
		value := string(tree.Append(nil, have[name]))
		if byValue[value] == nil {
			byValue[value] = &pair{}
		}
		byValue[value].old = append(byValue[value].old, name)
	}
	for name, value := range want {
		if _, isMove := e.to[s.at.Child(name).String()]; t.member(name) != nil || isMove {
			continue
		}
		if same := byValue[string(tree.Append(nil, value))]; same != nil {
			same.new = append(same.new, name)
		}
	}
	names, taken = make(map[string]string), make(map[string]bool)
	for _, p := range byValue {
		if len(p.old) == 1 && len(p.new) == 1 && e.model.MayRename(s.at.Child(p.new[0])) {
			names[p.old[0]], taken[p.new[0]] = p.new[0], true
		}
	}
	return names, taken
}

// isReplaced reports whether another member moves to a place.
func (e *editor) isReplaced(s scope) bool {
	mv, isMove := e.to[s.at.String()]
	if !isMove || mv.IsCopy || slices.Equal(mv.From, s.at) {
		return false
	}
	src, _ := e.root.source(mv.From)
	return src.member != nil
}

// rename writes another name wherever the text names a member. s is the scope of
// the member.
func (e *editor) rename(m *member, s scope, name string) {
	if e.newNames == nil {
		e.newNames = make(map[*keyPart]string)
	}
	if m.entry != nil {
		e.newNames[&m.entry.key[len(m.entry.key)-1]] = name
		s.container.updateKey(m.entry)
		return
	}
	depth := len(s.path) - 1
	m.eachPart(func(section *section) { e.newNames[&section.key[depth]] = name }, func(*entry) {})
	if m.table == nil || m.table.home == nil {
		return
	}
	prefix := m.table.last.key[:m.table.depth]
	for _, en := range m.table.home.entries {
		if len(en.key) > len(prefix) && slices.EqualFunc(en.key[:len(prefix)], prefix, sameName) {
			e.newNames[&en.key[len(prefix)-1]] = name
			s.container.updateKey(en)
		}
	}
}

func sameName(a, b keyPart) bool { return a.name == b.name }

// nameOf returns the name that a part of a key gets.
func (e *editor) nameOf(part *keyPart) string {
	if name, isNew := e.newNames[part]; isNew {
		return name
	}
	return part.name
}

// prefix returns the names from the table of home to a table, as they will be.
func (e *editor) prefix(t *table) []string {
	names := make([]string, t.depth)
	for i := range names {
		names[i] = e.nameOf(&t.last.key[i])
	}
	return names
}

// applyNames writes the new names, except in what the edit drops.
func (e *editor) applyNames() {
	if len(e.newNames) == 0 {
		return
	}
	e.dropSections(e.text)
	dropped := slices.Clone(e.dropped)
	slices.SortFunc(dropped, func(a, b span) int { return a.start - b.start })
	parts := make([]*keyPart, 0, len(e.newNames))
	for part := range e.newNames {
		parts = append(parts, part)
	}
	slices.SortFunc(parts, func(a, b *keyPart) int { return a.start() - b.start() })
	gone := 0 // the end of the dropped ranges that start before the part
	for _, part := range parts {
		for len(dropped) > 0 && dropped[0].start <= part.start() {
			gone = max(gone, dropped[0].end)
			dropped = dropped[1:]
		}
		if gone <= part.start() {
			e.splices.drop(part.span())
			e.insert(part.start(), renderKey(e.newNames[part]))
		}
	}
}

// keyText returns the text of an entry before its value, with the new names.
func (e *editor) keyText(en *entry) string {
	last := &en.key[len(en.key)-1]
	return e.keyTextTo(en, len(en.key)-1) + e.partText(last) + string(e.text[last.end():en.value.start()])
}

// keyTextTo returns the text of an entry's key before its n-th part, with the new
// names.
func (e *editor) keyTextTo(en *entry, n int) string {
	var b strings.Builder
	for i := range en.key[:n] {
		part := &en.key[i]
		b.WriteString(e.partText(part))
		b.Write(e.text[part.end():en.key[i+1].start()])
	}
	return b.String()
}

func (e *editor) partText(part *keyPart) string {
	if name, isNew := e.newNames[part]; isNew {
		return renderKey(name)
	}
	return string(e.text[part.start():part.end()])
}
