package document

import "realmconf/schema/tree"

// Position returns the place of the key that p points to, both numbers counted
// from 1, columns in characters. The place of a table is its name in its own
// header, or else its first mention; that of a list's entry is its first
// character or header; that of the root is 1:1. ok is false for a key that is
// not in the text: its parent's position is then the next best answer.
func (d *Document) Position(p tree.Pointer) (line, column int, ok bool) {
	places := d.places()
	at, ok := places.root.find(p)
	if !ok {
		return 0, 0, false
	}
	line, column = lineColumn(places.text, at)
	return line, column, true
}

// find returns the offset of the key that p points to.
func (t *table) find(p tree.Pointer) (int, bool) {
	if len(p) == 0 {
		return 0, true
	}
	m := t.member(p[0])
	if m == nil {
		return 0, false
	}
	rest := p[1:]
	switch {
	case len(rest) == 0:
		return m.key.start(), true
	case m.entry != nil:
		return m.entry.value.find(rest)
	case m.table != nil:
		return m.table.find(rest)
	}
	n, isIndex := tree.ArrayIndex(rest[0])
	if !isIndex || n >= len(m.list.tables) {
		return 0, false
	}
	entry := m.list.tables[n]
	if len(rest) == 1 {
		return entry.header.key[len(entry.header.key)-1].start(), true
	}
	return entry.find(rest[1:])
}

// find returns the offset of the place inside a value that p, which is not
// empty, points to.
func (v *value) find(p tree.Pointer) (int, bool) {
	switch v.kind {
	case inlineTable:
		return v.inner.table.find(p)
	case array:
		n, isIndex := tree.ArrayIndex(p[0])
		if !isIndex || n >= len(v.entries()) {
			return 0, false
		}
		e := v.entries()[n]
		if len(p) == 1 {
			return e.start(), true
		}
		return e.value.find(p[1:])
	default:
		return 0, false
	}
}
