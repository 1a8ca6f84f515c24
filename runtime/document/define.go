package document

import (
	"slices"

	"realmconf.io/realmconf/schema/tree"
)

// The rules of TOML about what may be defined where, and only once. The
// decoder is laxer: it lets `a.b = 1` be followed by `a = 2` and an inline
// table be extended by a header, and one of the two meanings is lost.

// open finds or makes the table that a header names.
func (l *layout) open(s *section) (*table, *SyntaxError) {
	t := l.root
	s.depth = len(s.key)
	for _, k := range s.key[:len(s.key)-1] {
		m := t.members[k.name]
		switch {
		case m == nil:
			m = &member{at: k.start, table: newTable()}
			t.add(k.name, m)
			t = m.table
		case m.table != nil:
			t = m.table
		case m.tables != nil:
			t = m.tables[len(m.tables)-1]
			s.depth++
		default:
			return nil, syntaxError(l.text, k.start, reasonNotTable)
		}
	}
	if s.list {
		s.depth++
	}
	if s.depth > tree.MaxDepth {
		return nil, syntaxError(l.text, s.key[0].start, reasonTooDeep)
	}
	k := s.key[len(s.key)-1]
	m := t.members[k.name]
	opened := newTable()
	switch {
	case m == nil && s.list:
		t.add(k.name, &member{at: k.start, tables: []*table{opened}})
	case m == nil:
		t.add(k.name, &member{at: k.start, table: opened})
	case s.list && m.tables != nil:
		m.tables = append(m.tables, opened)
	case s.list:
		return nil, syntaxError(l.text, k.start, reasonNotTable)
	case m.table != nil && m.table.header == nil && m.table.home == nil:
		opened = m.table // only mentioned so far, by the header of a sub-table
		m.at = k.start
	case m.entry != nil:
		return nil, syntaxError(l.text, k.start, reasonDuplicate)
	default:
		return nil, syntaxError(l.text, k.start, reasonReopened)
	}
	opened.header = s
	return opened, nil
}

// define enters an entry of b into the table that b belongs to.
func (l *layout) define(t *table, b *body, e *entry) *SyntaxError {
	last := len(e.key) - 1
	for i, k := range e.key[:last] {
		m := t.members[k.name]
		if m == nil {
			m = &member{at: k.start, table: newTable()}
			t.add(k.name, m)
		}
		if m.table == nil {
			return syntaxError(l.text, k.start, reasonNotTable)
		}
		t = m.table
		if t.header != nil || (t.home != nil && t.home != b) {
			return syntaxError(l.text, k.start, reasonReopened)
		}
		if t.home == nil {
			t.home = b
			for _, p := range e.key[:i+1] {
				t.prefix = append(t.prefix, p.name)
			}
			t.prefix = slices.Clip(t.prefix)
		}
	}
	k := e.key[last]
	if t.members[k.name] != nil {
		return syntaxError(l.text, k.start, reasonDuplicate)
	}
	t.add(k.name, &member{at: k.start, entry: e})
	return nil
}
