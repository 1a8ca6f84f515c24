package document

import "sync"

// layout is where everything stands in a text, and what belongs to what. All
// offsets count from after the byte order mark.
type layout struct {
	text     []byte
	root     *table
	sections []*section // in the order of the text; the first is the root's
	numbers  []span     // the integers above 2^63-1
	empty    []span     // the keys that are the empty string

	index sync.Once // makes known
	known map[string]map[string]any
}

// span is a range of the text's bytes.
type span struct{ start, end int }

// keyPart is one name of a dotted key, with its place.
type keyPart struct {
	span
	name string
}

// valueKind tells apart how values are edited.
type valueKind int

const (
	stringValue valueKind = iota
	integer
	float
	boolean
	dateTime
	array
	inlineTable
)

// value is a value as it stands in the text.
type value struct {
	span
	body  // the elements of an array or inline table
	kind  valueKind
	str   string // what a string says
	table *table // what the entries of an inline table mean
}

// entry is one `key = value`, or one element of an array, which has no key.
type entry struct {
	span
	key   []keyPart // relative to the section's or inline table's own table
	value *value
	line  span // in a section: its whole lines with indentation, comment and line ending
}

// body is what holds entries: a section or a value.
type body struct{ entries []*entry }

// section is a header with the entries under it; the root's has no header.
type section struct {
	body
	key   []keyPart
	list  bool // [[key]]
	depth int  // how deep its entries are nested
	lead  int  // where the comment block directly above the header starts
	line  span // the header's line
	// end is where the last line that belongs to the section ends: its last
	// entry and the comment lines directly under that. What follows a blank
	// line belongs to no section: nobody can say what it is about.
	end int
	// text is all that stands between the header and the next one.
	text span
	// decoded is what the decoder made of the entries, if it was told the text
	// itself; nil for no entries.
	decoded map[string]any
}

// table is what a table means, wherever its parts stand.
type table struct {
	members []*member          // in the order of the text
	named   map[string]*member // the same, by name; nil while there are few
	header  *section           // nil for a table without a header of its own

	// home is set for the tables that keys define: an inline table, and a in
	// `a.b = 1`. prefix is the way from home's own table to this one.
	home   *body
	prefix []string
}

// member is one key of a table: exactly one of entry, table and tables is set.
type member struct {
	name   string
	at     int // where its name stands
	entry  *entry
	table  *table
	tables []*table // an array of tables, [[key]]
}

// few is how many members are found as quickly without a map, which a table
// would take longer to make than all else of it.
const few = 8

// member is the one of that name, nil if there is none.
func (t *table) member(name string) *member {
	if t.named != nil {
		return t.named[name]
	}
	for _, m := range t.members {
		if m.name == name {
			return m
		}
	}
	return nil
}

func (t *table) add(m *member) {
	t.members = append(t.members, m)
	switch {
	case t.named != nil:
		t.named[m.name] = m
	case len(t.members) > few:
		t.named = make(map[string]*member, 2*len(t.members))
		for _, m := range t.members {
			t.named[m.name] = m
		}
	}
}

// parts calls back for every section and every entry outside the table's own
// sections that a member consists of.
func (m *member) parts(onSection func(*section), onEntry func(*entry)) {
	switch {
	case m.entry != nil:
		onEntry(m.entry)
	case m.table != nil:
		m.table.parts(onSection, onEntry)
	default:
		for _, t := range m.tables {
			t.parts(onSection, onEntry)
		}
	}
}

func (t *table) parts(onSection func(*section), onEntry func(*entry)) {
	if t.header != nil {
		onSection(t.header)
	}
	for _, m := range t.members {
		if t.header != nil && m.entry != nil {
			continue // goes with its section
		}
		m.parts(onSection, onEntry)
	}
}

// sections are those that a member consists of, in an order in which they would
// make the same member: a table's own before those inside it, and the entries of
// a list one after the other. It is false where there is more to the member.
func (m *member) sections() (all []*section, whole bool) {
	whole = true
	m.parts(func(s *section) { all = append(all, s) }, func(*entry) { whole = false })
	return all, whole
}

// extent is, of the table's own section and those of its sub-tables, the one that
// stands first and the one that stands last. Both are nil if it has none.
func (t *table) extent() (first, last *section) {
	t.parts(func(s *section) {
		if first == nil || s.line.start < first.line.start {
			first = s
		}
		if last == nil || s.line.start > last.line.start {
			last = s
		}
	}, func(*entry) {})
	return first, last
}

// isUnder reports whether a dotted key leads to or through the table at prefix.
func (e *entry) isUnder(prefix []string) bool {
	if len(e.key) <= len(prefix) {
		return false
	}
	for i, name := range prefix {
		if e.key[i].name != name {
			return false
		}
	}
	return true
}

// last is the last entry under a prefix, nil if there is none.
func (b *body) last(prefix []string) *entry {
	for i := len(b.entries) - 1; i >= 0; i-- {
		if b.entries[i].isUnder(prefix) {
			return b.entries[i]
		}
	}
	return nil
}
