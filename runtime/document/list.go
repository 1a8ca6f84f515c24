package document

import "strings"

// list is an array or inline table split into its elements, which can be
// changed, removed and added while the comments and blanks between them stay.
// Put together again untouched, it gives the bytes that it was split from.
//
//	x = [ # open              open:   "[ # open\n"
//	    # about one           before: "    # about one\n    "
//	    'one' # mid           text:   "'one'"   mid: " # mid\n    "
//	    , # behind            behind: " # behind\n"
//	    # end
//	]                         closing: "    # end\n]"
type list struct {
	open     string // the bracket, and the rest of its line if the first element is on the next
	first    *item  // a chain, in which an item is inserted in constant time
	last     *item
	kept     []string // the kept lines of removed items at the end
	closing  string   // everything between the last item and the closing bracket, and that
	trailing bool     // a comma follows the last element
}

// item is one element with its surroundings.
type item struct {
	prev, next *item

	entry  *entry   // nil for an added one
	kept   []string // the kept lines of removed items before it; they are joined only once
	before string   // comment lines and blanks before it
	text   string
	mid    string // between the element and its comma
	behind string // the rest of its line with the line ending, if it is the last on its line
}

// split makes a list of a value's text.
func (l *layout) split(v *value) *list {
	at := v.start() + 1
	end := v.end() - 1
	rest := l.restOfLine(at, end)
	all := &list{open: string(l.text[v.start():rest])}
	at = rest
	elements := v.entries()
	for i, e := range elements {
		it := &item{entry: e, before: string(l.text[at:e.start()]), text: string(l.text[e.start():e.end()])}
		at = e.end()
		comma := l.skipToComma(at)
		if comma < end && l.text[comma] == ',' {
			it.mid = string(l.text[at:comma])
			at = comma + 1
			all.trailing = i == len(elements)-1
		}
		rest = l.restOfLine(at, end)
		it.behind = string(l.text[at:rest])
		at = rest
		all.link(all.last, it)
	}
	all.closing = string(l.text[at:v.end()])
	return all
}

// String puts the list together.
func (l *list) String() string {
	var b strings.Builder
	b.WriteString(l.open)
	for it := l.first; it != nil; it = it.next {
		for _, s := range it.kept {
			b.WriteString(s)
		}
		b.WriteString(it.before)
		b.WriteString(it.text)
		b.WriteString(it.mid)
		if it.next != nil || l.trailing {
			b.WriteByte(',')
		}
		b.WriteString(it.behind)
	}
	for _, s := range l.kept {
		b.WriteString(s)
	}
	b.WriteString(l.closing)
	return b.String()
}

// link puts an item after another one, or first after nil.
func (l *list) link(after, it *item) {
	it.prev, it.next = after, l.first
	if after != nil {
		it.next = after.next
		after.next = it
	} else {
		l.first = it
	}
	if it.next != nil {
		it.next.prev = it
	} else {
		l.last = it
	}
}

func (l *list) unlink(it *item) {
	if it.prev != nil {
		it.prev.next = it.next
	} else {
		l.first = it.next
	}
	if it.next != nil {
		it.next.prev = it.prev
	} else {
		l.last = it.prev
	}
}

// startsLine reports whether an item is the first on its line.
func (l *list) startsLine(it *item) bool {
	previous := l.open
	if it.prev != nil {
		previous = it.prev.behind
	}
	return strings.HasSuffix(previous, "\n")
}

// endsLine reports whether an item is the last on its line.
func (it *item) endsLine() bool { return strings.HasSuffix(it.behind, "\n") }

// hasOwnLine reports whether an item has a line to itself.
func (l *list) hasOwnLine(it *item) bool { return it.endsLine() && l.startsLine(it) }

// indent returns the blanks before an item that starts its line.
func (it *item) indent() string { return it.before[strings.LastIndexByte(it.before, '\n')+1:] }

// remove takes an item out. The comment behind it goes too if the line is its
// own. Other comments stay: those on lines of their own, the one between the
// element and its comma, and the one of a line with other elements.
func (l *list) remove(it *item) {
	starts := l.startsLine(it)
	keep := strings.TrimSuffix(it.before, it.indent())
	if hash := strings.IndexByte(it.mid, '#'); hash >= 0 {
		keep += it.indent() + strings.Trim(it.mid[hash:], " \t")
	}
	l.unlink(it)
	switch {
	case starts && it.next != nil:
		it.next.kept = append(append(it.kept, keep), it.next.kept...)
		if !it.endsLine() { // the next item is the first on the line now
			it.next.before = it.indent() + strings.TrimLeft(it.next.before, " \t")
		}
	case starts:
		l.kept = append(append(it.kept, keep), l.kept...)
	case it.endsLine() && it.prev != nil:
		it.prev.behind += it.behind
	case it.endsLine():
		l.open += it.behind
	case it.prev == nil && it.next != nil:
		it.next.before = it.before // the blank behind the bracket
	}
	if l.first == nil {
		l.removedAll()
	}
}

// removedAll tidies a list without elements. If only blanks are left in it,
// they go.
func (l *list) removedAll() {
	l.closing = strings.Join(l.kept, "") + l.closing
	l.kept = nil
	if strings.TrimLeft(l.open[1:]+l.closing[:len(l.closing)-1], " \t\r\n") == "" {
		l.open, l.closing = l.open[:1], l.closing[len(l.closing)-1:]
	}
}

// insert adds an element after an item, or first after nil, in the manner of
// the item beside it: on a line of its own if that has one.
func (l *list) insert(after *item, text, eol string) *item {
	it := &item{text: text}
	beside := after
	if after == nil {
		beside = l.first
	}
	switch {
	case beside == nil:
		l.insertOnly(it, eol)
	case l.hasOwnLine(beside):
		it.before, it.behind = beside.indent(), eol
	case after == nil: // the bracket is followed by the same blank as before
		it.before = beside.before
		beside.before = " "
	default:
		it.before = " "
		if after.endsLine() { // on a line with several, the comment stays at its end
			it.behind, after.behind = after.behind, ""
		}
	}
	l.link(after, it)
	return it
}

// insertOnly adds an element to a list without any. The list keeps its lines,
// with the comments in them.
func (l *list) insertOnly(it *item, eol string) {
	blank := strings.TrimRight(l.closing[:len(l.closing)-1], " \t")
	switch {
	case strings.Contains(l.open+blank, "\n"):
		indent := l.closing[len(blank) : len(l.closing)-1]
		it.before, it.behind = blank+indent+"    ", eol
		l.closing = indent + l.closing[len(l.closing)-1:]
		l.trailing = l.open[0] == '['
	case l.open[0] == '{':
		it.before = " "
		l.closing = " }"
	default:
		l.closing = "]"
	}
}

// moveComments moves the comments of an item to the one to which its element
// moved: the lines directly above it, the comment behind it, and the one before
// its comma. If the new place has no line for them, the comments stay, on lines
// of their own.
func (l *list) moveComments(from, to *item) {
	if strings.Contains(from.mid, "#") {
		from.mid, to.mid = "", from.mid
	}
	if !l.hasOwnLine(from) {
		return // the comments of a line are about all its elements
	}
	if !l.hasOwnLine(to) {
		if comment := strings.TrimLeft(from.behind, " \t"); comment[0] == '#' {
			from.before += comment + from.indent()
		}
		return
	}
	to.behind = from.behind
	above, indent := from.above(), from.indent()
	to.before = from.before[above:len(from.before)-len(indent)] + to.indent()
	from.before = from.before[:above] + indent
}

// dropComments removes the comments of an item that leaves the list with them: the
// lines directly above it, and the one before its comma. That behind it goes with it.
func (l *list) dropComments(it *item) {
	if strings.Contains(it.mid, "#") {
		it.mid = ""
	}
	if l.hasOwnLine(it) {
		it.before = it.before[:it.above()] + it.indent()
	}
}

// above returns the offset, in the text before an item that starts its line, of
// the comment lines directly above the item.
func (it *item) above() int {
	at := len(it.before) - len(it.indent())
	for at > 0 {
		start := strings.LastIndexByte(it.before[:at-1], '\n') + 1
		if strings.TrimSpace(it.before[start:at]) == "" {
			break
		}
		at = start
	}
	return at
}
