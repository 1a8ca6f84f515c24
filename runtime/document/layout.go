package document

// layout tells where everything is in a text, and what belongs to what. All
// offsets count from the end of the byte order mark.
type layout struct {
	text     []byte
	root     *table
	sections []*section // in the order of the text; the first is the root's
	spelled  []*value   // the scalars, and the arrays and inline tables that are in no other one, in the order of the text
	escapes  []escape   // in the order of the text; nil after decode

	hasLiterals  bool // the tree with literals differs from the tree
	hasSpellings bool // the tree has strings in the place of other values
}

// span is a range of the text's bytes.
type span struct{ start, end int }

// span32 is a span in half the memory. A layout has thousands of them.
type span32 struct{ first, behind int32 }

func newSpan32(start, end int) span32 { return span32{int32(start), int32(end)} }

func (s span32) start() int { return int(s.first) }
func (s span32) end() int   { return int(s.behind) }
func (s span32) span() span { return span{s.start(), s.end()} }

// section is a header with the entries under it and the comments around them.
// The root's has no header.
type section struct {
	// start is where the comment lines directly above the header begin, end is
	// where the comment lines directly below the last entry end. The lines
	// behind a blank line belong to no section: their subject is not known.
	span32
	body
	key    []keyPart
	line   span32 // the header's line
	depth  int32  // the number of tables and lists around an entry
	isList bool   // [[key]]
}

// body holds entries: it is part of a section or a value.
type body struct{ entries []*entry }

// entry is one `key = value`, or one element of an array, which has no key.
type entry struct {
	key   []keyPart // relative to the table of the section or inline table
	value value
}

func (e *entry) start() int {
	if len(e.key) > 0 {
		return e.key[0].start()
	}
	return e.value.start()
}

func (e *entry) end() int { return e.value.end() }

// keyPart is one name of a dotted key, with its place.
type keyPart struct {
	span32
	name string
}

// valueKind distinguishes the values that are edited in different ways.
type valueKind uint8

const (
	stringValue valueKind = iota
	integer
	largeInteger // above 2^63-1
	float
	boolean
	dateTime
	array
	inlineTable
)

// value is a value in the text.
type value struct {
	span32
	kind  valueKind
	index int32  // in the layout's spelled; -1 for an array or inline table in another one
	inner *inner // of an array or inline table
}

// inner is the inside of an array or inline table.
type inner struct {
	body
	table *table // the table that the entries of an inline table make
}

// entries returns the elements of an array, or the entries of an inline table.
func (v *value) entries() []*entry {
	if v.inner == nil {
		return nil
	}
	return v.inner.entries
}

// escape is the value of a string that is written with escapes.
type escape struct {
	index int32 // of the string, in the layout's spelled
	value []byte
}

// table is a table of the tree, with all its parts, which may be anywhere in
// the text.
type table struct {
	first, latest *member    // a chain, in the order of the text
	named         *nameIndex // finds them; nil while there are few
	header        *section   // nil for a table without a header of its own
	count         int32      // of the members

	// home is set for the tables that keys define: an inline table, and a in
	// `a.b = 1`. last is the last entry of home that leads to this table, by the
	// first depth parts of its key.
	depth int32
	home  *body
	last  *entry
}

// member is one key of a table. Exactly one of entry, table and list is set.
type member struct {
	next  *member
	key   *keyPart // in its own header or entry, or else its first mention
	entry *entry
	table *table
	list  *tableList
}

// tableList is an array of tables, [[key]].
type tableList struct{ tables []*table }

// fewMembers is the number of members up to which a search needs no index. To
// make one takes longer than to make all the rest of a small table.
const fewMembers = 32

// member returns the member with a name, nil if there is none.
func (t *table) member(name string) *member {
	if t.named != nil {
		return t.named.find(name)
	}
	for m := t.first; m != nil; m = m.next {
		if m.key.name == name {
			return m
		}
	}
	return nil
}

func (t *table) add(m *member) {
	if t.first == nil {
		t.first = m
	} else {
		t.latest.next = m
	}
	t.latest = m
	t.count++
	switch {
	case t.named != nil:
		t.named.add(m)
	case t.count > fewMembers:
		t.named = newNameIndex()
		for m := t.first; m != nil; m = m.next {
			t.named.add(m)
		}
	}
}

// lineOf returns the whole lines of an entry of a section, with indentation,
// comment and line ending.
func (l *layout) lineOf(e *entry) span { return span{l.lineStart(e.start()), l.lineEnd(e.end())} }

// eachPart calls back for every section of a member, and for every entry of it
// that is not in one of these sections.
func (m *member) eachPart(onSection func(*section), onEntry func(*entry)) {
	switch {
	case m.entry != nil:
		onEntry(m.entry)
	case m.table != nil:
		m.table.eachPart(onSection, onEntry)
	default:
		for _, t := range m.list.tables {
			t.eachPart(onSection, onEntry)
		}
	}
}

func (t *table) eachPart(onSection func(*section), onEntry func(*entry)) {
	if t.header != nil {
		onSection(t.header)
	}
	for m := t.first; m != nil; m = m.next {
		if t.header == nil || m.entry == nil { // the entries of a header are in its section
			m.eachPart(onSection, onEntry)
		}
	}
}

// extent returns the first and the last of a table's sections, in the order of
// the text: its own and those of its sub-tables. Both are nil if it has none.
func (t *table) extent() (first, last *section) {
	t.eachPart(func(s *section) {
		if first == nil || s.line.first < first.line.first {
			first = s
		}
		if last == nil || s.line.first > last.line.first {
			last = s
		}
	}, func(*entry) {})
	return first, last
}
