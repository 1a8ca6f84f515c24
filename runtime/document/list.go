package document

import "strings"

// list is an array or inline table taken apart, so that elements can be
// changed, removed and added while the comments and blanks between them stay.
// Put together again untouched, it gives the bytes it was taken from.
type list struct {
	open     string // the bracket, and the rest of its line if the elements start on the next
	first    *item  // a chain: to add an item in the middle takes no time
	last     *item
	kept     []string
	closing  string // what stands before the closing bracket, and that
	trailing bool   // a comma follows the last element
}

// item is one element with what surrounds it.
type item struct {
	prev, next *item

	// kept is what stays of removed items before it. It is put together once,
	// at the end: there may be many.
	kept  []string
	entry *entry // nil for an added one
	lead  string // comment lines and blanks before it
	text  string
	mid   string // between the element and its comma
	tail  string // the rest of its line with its ending, if it is the last on its line
}

// takeApart makes a list of a value's text.
func (l *layout) takeApart(v *value) *list {
	at := v.start + 1
	end := v.end - 1
	rest := l.restOfLine(at, end)
	t := &list{open: string(l.text[v.start:rest])}
	at = rest
	for i, e := range v.entries {
		it := &item{entry: e, lead: string(l.text[at:e.start]), text: string(l.text[e.start:e.end])}
		at = e.end
		comma := l.skipToComma(at)
		if comma < end && l.text[comma] == ',' {
			it.mid = string(l.text[at:comma])
			at = comma + 1
			t.trailing = i == len(v.entries)-1
		}
		rest = l.restOfLine(at, end)
		it.tail = string(l.text[at:rest])
		at = rest
		t.link(t.last, it)
	}
	t.closing = string(l.text[at:v.end])
	return t
}

// restOfLine is the offset after the line ending if only blanks and a comment
// are left on the line, and at itself otherwise.
func (l *layout) restOfLine(at, end int) int {
	rest := l.skip(at, " \t\r")
	if rest < end && (l.text[rest] == '#' || l.text[rest] == '\n') {
		return l.lineEnd(rest)
	}
	return at
}

// skipToComma passes over blanks, newlines and comments.
func (l *layout) skipToComma(at int) int {
	for {
		at = l.skip(at, " \t\r\n")
		if at == len(l.text) || l.text[at] != '#' {
			return at
		}
		at = l.lineEnd(at)
	}
}

// String puts the list together.
func (t *list) String() string {
	var b strings.Builder
	b.WriteString(t.open)
	for it := t.first; it != nil; it = it.next {
		for _, s := range it.kept {
			b.WriteString(s)
		}
		b.WriteString(it.lead)
		b.WriteString(it.text)
		b.WriteString(it.mid)
		if it.next != nil || t.trailing {
			b.WriteByte(',')
		}
		b.WriteString(it.tail)
	}
	for _, s := range t.kept {
		b.WriteString(s)
	}
	b.WriteString(t.closing)
	return b.String()
}

// link puts an item after another one, or first after nil.
func (t *list) link(after, it *item) {
	it.prev, it.next = after, t.first
	if after != nil {
		it.next = after.next
		after.next = it
	} else {
		t.first = it
	}
	if it.next != nil {
		it.next.prev = it
	} else {
		t.last = it
	}
}

func (t *list) unlink(it *item) {
	if it.prev != nil {
		it.prev.next = it.next
	} else {
		t.first = it.next
	}
	if it.next != nil {
		it.next.prev = it.prev
	} else {
		t.last = it.prev
	}
}

// startsLine reports whether an item is the first on its line.
func (t *list) startsLine(it *item) bool {
	before := t.open
	if it.prev != nil {
		before = it.prev.tail
	}
	return strings.HasSuffix(before, "\n")
}

// indent is the blanks before an item that starts its line.
func (it *item) indent() string { return it.lead[strings.LastIndexByte(it.lead, '\n')+1:] }

// remove takes an item out. A comment that trails it on its line goes
// with it when the line is its own; comments on lines of their own stay.
func (t *list) remove(it *item) {
	starts, ends := t.startsLine(it), strings.HasSuffix(it.tail, "\n")
	keep := strings.TrimSuffix(it.lead, it.indent())
	if strings.Contains(it.mid, "#") { // a comment between the element and its comma
		keep += it.indent() + strings.Trim(it.mid[strings.IndexByte(it.mid, '#'):], " \t")
	}
	t.unlink(it)
	switch {
	case starts && it.next != nil:
		it.next.kept = append(append(it.kept, keep), it.next.kept...)
		if !ends {
			it.next.lead = it.indent() + strings.TrimLeft(it.next.lead, " \t")
		}
	case starts:
		t.kept = append(append(it.kept, keep), t.kept...)
	case ends && it.prev != nil:
		it.prev.tail += it.tail
	case ends:
		t.open += it.tail
	case it.prev == nil && it.next != nil:
		it.next.lead = it.lead // the blank after the bracket stays
	}
	if t.first == nil {
		t.closing = strings.Join(t.kept, "") + t.closing
		t.kept = nil
	}
	if t.first == nil && strings.TrimLeft(t.open[1:]+t.closing[:len(t.closing)-1], " \t\r\n") == "" {
		t.open, t.closing = t.open[:1], t.closing[len(t.closing)-1:]
	}
}

// takeComments moves the comments of an item to another one, in which the same
// element is written: those directly above it, and those behind it on its line.
// Comments that the new place has no line for stay, on lines of their own.
func (t *list) takeComments(from, to *item) {
	if strings.Contains(from.mid, "#") {
		from.mid, to.mid = "", from.mid
	}
	if !t.startsLine(from) || !strings.HasSuffix(from.tail, "\n") {
		return // the line's comments are about its other elements too
	}
	if !t.ownLine(to) {
		if comment := strings.TrimLeft(from.tail, " \t"); comment[0] == '#' {
			from.lead += comment + from.indent()
		}
		return
	}
	to.tail = from.tail
	above := from.commentsAbove()
	indent := to.indent()
	to.lead = from.lead[above:len(from.lead)-len(from.indent())] + indent
	from.lead = from.lead[:above] + from.indent()
}

// commentsAbove is where, in the lead of an item that starts its line, the
// comment lines directly above the item begin.
func (it *item) commentsAbove() int {
	at := len(it.lead) - len(it.indent())
	for at > 0 {
		start := strings.LastIndexByte(it.lead[:at-1], '\n') + 1
		if strings.TrimSpace(it.lead[start:at]) == "" {
			break
		}
		at = start
	}
	return at
}

// insert puts a new element after an item, or first after nil. It gets a line
// of its own where its neighbour has one.
func (t *list) insert(after *item, text, eol string) *item {
	it := &item{text: text}
	beside := after
	if after == nil {
		beside = t.first
	}
	switch {
	case beside == nil:
		t.insertFirst(it, eol)
	case t.ownLine(beside):
		it.lead, it.tail = beside.indent(), eol
	case after == nil:
		it.lead = beside.lead
		beside.lead = " "
	default:
		it.lead = " "
		if strings.HasSuffix(after.tail, "\n") { // several on one line
			it.tail, after.tail = after.tail, ""
		}
	}
	t.link(after, it)
	return it
}

// ownLine reports whether an item has a line to itself.
func (t *list) ownLine(it *item) bool {
	return strings.HasSuffix(it.tail, "\n") && t.startsLine(it)
}

// insertFirst puts an element into a list that has none.
func (t *list) insertFirst(it *item, eol string) {
	blank := strings.TrimRight(t.closing[:len(t.closing)-1], " \t")
	switch {
	case strings.Contains(t.open+blank, "\n"): // comments, or at least lines
		indent := t.closing[len(blank) : len(t.closing)-1]
		it.lead, it.tail = blank+indent+"    ", eol
		t.closing = indent + t.closing[len(t.closing)-1:]
		t.trailing = t.open[0] == '['
	case t.open[0] == '{':
		it.lead = " "
		t.closing = " }"
	default:
		t.closing = "]"
	}
}
