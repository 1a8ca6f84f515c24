package document

import (
	"slices"

	"realmconf/schema/tree"
)

// The rules of TOML about what may be defined where, and only once. The
// decoder is laxer: it lets `a.b = 1` be followed by `a = 2` and an inline
// table be extended by a header, and one of the two meanings is lost.

// open finds or makes the table that a header names.
func (r *reader) open(s *section) (*table, *SyntaxError) {
	t := r.root
	s.depth = len(s.key)
	for _, k := range s.key[:len(s.key)-1] {
		m := t.member(k.name)
		switch {
		case m == nil:
			m = r.add(t, k)
			m.table = r.newTable()
			t = m.table
		case m.table != nil:
			t = m.table
		case m.tables != nil:
			t = m.tables[len(m.tables)-1]
			s.depth++
		default:
			return nil, syntaxError(r.text, k.start, reasonNotTable)
		}
	}
	if s.list {
		s.depth++
	}
	if s.depth > tree.MaxDepth {
		return nil, syntaxError(r.text, s.key[0].start, reasonTooDeep)
	}
	k := s.key[len(s.key)-1]
	m := t.member(k.name)
	opened := r.newTable()
	switch {
	case m == nil && s.list:
		r.add(t, k).tables = []*table{opened}
	case m == nil:
		r.add(t, k).table = opened
	case s.list && m.tables != nil:
		m.tables = append(m.tables, opened)
	case s.list:
		return nil, syntaxError(r.text, k.start, reasonNotTable)
	case m.table != nil && m.table.header == nil && m.table.home == nil:
		opened = m.table // only mentioned so far, by the header of a sub-table
		m.at = k.start
	case m.entry != nil:
		return nil, syntaxError(r.text, k.start, reasonDuplicate)
	default:
		return nil, syntaxError(r.text, k.start, reasonReopened)
	}
	opened.header = s
	return opened, nil
}

// define enters an entry of b into the table that b belongs to.
func (r *reader) define(t *table, b *body, e *entry) *SyntaxError {
	last := len(e.key) - 1
	for i, k := range e.key[:last] {
		m := t.member(k.name)
		if m == nil {
			m = r.add(t, k)
			m.table = r.newTable()
		}
		if m.table == nil {
			return syntaxError(r.text, k.start, reasonNotTable)
		}
		t = m.table
		if t.header != nil || (t.home != nil && t.home != b) {
			return syntaxError(r.text, k.start, reasonReopened)
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
	if t.member(k.name) != nil {
		return syntaxError(r.text, k.start, reasonDuplicate)
	}
	r.add(t, k).entry = e
	return nil
}

// add makes a table's member of a name.
func (r *reader) add(t *table, k keyPart) *member {
	m := take(&r.members, r.chunk)
	m.name, m.at = k.name, k.start
	t.add(m)
	return m
}

func (r *reader) newTable() *table { return take(&r.tables, r.chunk) }
