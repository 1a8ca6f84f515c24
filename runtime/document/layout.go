package document

// layout tells where everything is in a text, and what belongs to what. All
// offsets count from the end of the byte order mark.
type layout struct {
	text          []byte
	root          *table
	sections      []*section // in the order of the text; the first is the root's
	largeIntegers []span     // the integers above 2^63-1
	emptyKeys     []span     // the keys that are the empty string
}

// span is a range of the text's bytes.
type span struct{ start, end int }

// section is a header with the entries under it and the comments around them.
// The root's has no header.
type section struct {
	// start is where the comment lines directly above the header begin, end is
	// where the comment lines directly below the last entry end. The lines
	// behind a blank line belong to no section: their subject is not known.
	span
	body
	key    []keyPart
	isList bool // [[key]]
	depth  int  // the number of tables and lists around an entry
	line   span // the header's line
	lines  span // everything between the header and the next one
}

// body holds entries: it is part of a section or a value.
type body struct{ entries []*entry }

// entry is one `key = value`, or one element of an array, which has no key.
type entry struct {
	span
	key   []keyPart // relative to the table of the section or inline table
	value *value
	line  span // in a section: the whole lines, with indentation, comment and line ending
}

// keyPart is one name of a dotted key, with its place.
type keyPart struct {
	span
	name string
}

// valueKind distinguishes the values that are edited in different ways.
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

// value is a value in the text.
type value struct {
	span
	body  // the elements of an array or inline table
	kind  valueKind
	str   []byte // the value of a string
	table *table // the table that the entries of an inline table make
}

// table is a table of the tree, with all its parts, which may be anywhere in
// the text.
type table struct {
	members []*member          // in the order of the text
	named   map[string]*member // the same, by name; nil while there are few
	header  *section           // nil for a table without a header of its own

	// home is set for the tables that keys define: an inline table, and a in
	// `a.b = 1`. prefix are the names from the table of home to this one, last
	// is the last entry of home that leads to this table.
	home   *body
	prefix []string
	last   *entry
}

// member is one key of a table. Exactly one of entry, table and tables is set.
type member struct {
	name   string
	at     int // the place of the name
	entry  *entry
	table  *table
	tables []*table // an array of tables, [[key]]
}

// fewMembers is the number of members up to which a search needs no map. To
// make a map takes longer than to make all the rest of a small table.
const fewMembers = 8

// member returns the member with a name, nil if there is none.
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
	case len(t.members) > fewMembers:
		t.named = make(map[string]*member, 2*len(t.members))
		for _, m := range t.members {
			t.named[m.name] = m
		}
	}
}

// eachPart calls back for every section of a member, and for every entry of it
// that is not in one of these sections.
func (m *member) eachPart(onSection func(*section), onEntry func(*entry)) {
	switch {
	case m.entry != nil:
		onEntry(m.entry)
	case m.table != nil:
		m.table.eachPart(onSection, onEntry)
	default:
		for _, t := range m.tables {
			t.eachPart(onSection, onEntry)
		}
	}
}

func (t *table) eachPart(onSection func(*section), onEntry func(*entry)) {
	if t.header != nil {
		onSection(t.header)
	}
	for _, m := range t.members {
		if t.header == nil || m.entry == nil { // the entries of a header are in its section
			m.eachPart(onSection, onEntry)
		}
	}
}

// extent returns the first and the last of a table's sections, in the order of
// the text: its own and those of its sub-tables. Both are nil if it has none.
func (t *table) extent() (first, last *section) {
	t.eachPart(func(s *section) {
		if first == nil || s.line.start < first.line.start {
			first = s
		}
		if last == nil || s.line.start > last.line.start {
			last = s
		}
	}, func(*entry) {})
	return first, last
}
