package document

import "realmconf/schema/tree"

// TOML allows a table or key to be defined only once, and some tables not to be
// extended elsewhere. open and define check that, because the decoder does not:
// it accepts `a.b = 1` followed by `a = 2`, and an inline table that a header
// extends, and loses one of the two values.

// open finds or makes the table that a header names.
func (s *scanner) open(header *section) (*table, *SyntaxError) {
	t := s.root
	header.depth = int32(len(header.key))
	last := len(header.key) - 1
	for i := range header.key[:last] {
		k := &header.key[i]
		m := t.member(k.name)
		switch {
		case m == nil:
			m = s.addMember(t, k)
			m.table = s.newTable()
			t = m.table
		case m.table != nil:
			t = m.table
		case m.list != nil:
			t = m.list.tables[len(m.list.tables)-1]
			header.depth++
		default:
			return nil, syntaxError(s.text, k.start(), reasonNotTable)
		}
	}
	if header.isList {
		header.depth++
	}
	if header.depth > tree.MaxDepth {
		return nil, syntaxError(s.text, header.key[0].start(), reasonTooDeep)
	}
	opened, err := s.openLast(t, &header.key[last], header.isList)
	if err != nil {
		return nil, err
	}
	opened.header = header
	return opened, nil
}

// openLast finds or makes the table for the last name of a header.
func (s *scanner) openLast(parent *table, k *keyPart, isList bool) (*table, *SyntaxError) {
	m := parent.member(k.name)
	switch {
	case m == nil && isList:
		opened := s.newTable()
		list := take(&s.tableLists, min(s.chunk, fewParts))
		list.tables = []*table{opened}
		s.keys++
		s.addMember(parent, k).list = list
		return opened, nil
	case m == nil:
		opened := s.newTable()
		s.addMember(parent, k).table = opened
		return opened, nil
	case isList && m.list != nil:
		opened := s.newTable()
		m.list.tables = append(m.list.tables, opened)
		s.keys++
		return opened, nil
	case isList:
		return nil, syntaxError(s.text, k.start(), reasonNotTable)
	case m.table != nil && m.table.header == nil && m.table.home == nil:
		m.key = k // only the headers of sub-tables named it so far
		return m.table, nil
	case m.entry != nil:
		return nil, syntaxError(s.text, k.start(), reasonDuplicate)
	default:
		return nil, syntaxError(s.text, k.start(), reasonReopened)
	}
}

// define adds an entry of b to the table that b belongs to.
func (s *scanner) define(t *table, b *body, e *entry) *SyntaxError {
	last := len(e.key) - 1
	t.last = e
	for i := range e.key[:last] {
		k := &e.key[i]
		m := t.member(k.name)
		if m == nil {
			m = s.addMember(t, k)
			m.table = s.newTable()
		}
		if m.table == nil {
			return syntaxError(s.text, k.start(), reasonNotTable)
		}
		t = m.table
		if t.header != nil || (t.home != nil && t.home != b) {
			return syntaxError(s.text, k.start(), reasonReopened)
		}
		t.home, t.depth = b, int32(i+1)
		t.last = e
	}
	k := &e.key[last]
	if t.member(k.name) != nil {
		return syntaxError(s.text, k.start(), reasonDuplicate)
	}
	s.addMember(t, k).entry = e
	return nil
}

// newTable returns an empty table, and counts it.
func (s *scanner) newTable() *table {
	s.tableCount++
	return take(&s.tables, s.chunk)
}

func (s *scanner) addMember(t *table, k *keyPart) *member {
	m := take(&s.members, s.chunk)
	m.key = k
	s.keys++
	t.add(m)
	return m
}
