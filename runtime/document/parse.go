package document

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"realmconf/schema/tree"
)

// read finds out where everything stands.
func read(text []byte) (*layout, error) {
	r := newReader(text)
	if err := r.scan(span{0, len(text)}, true); err != nil {
		return nil, err
	}
	r.settle()
	return r.layout, nil
}

func newReader(text []byte) *reader {
	return &reader{layout: &layout{text: text, root: new(table)}, chunk: min(32, 1+len(text)/32)}
}

// scan reads a part of the text that begins with a header or, at the top, without.
func (r *reader) scan(part span, top bool) error {
	var current *section
	into := r.root
	if top {
		current = &section{}
		into.header = current
		r.sections = append(r.sections, current)
	}
	p := &unstable.Parser{}
	p.Reset(r.text[part.start:part.end])
	r.base = part.start
	for p.NextExpression() {
		n := p.Expression()
		var err *SyntaxError
		switch n.Kind {
		case unstable.KeyValue:
			var e *entry
			r.depth = current.depth
			if e, err = r.entry(n); err == nil {
				e.line = span{r.lineStart(e.start), r.lineEnd(e.end)}
				current.entries = append(current.entries, e)
				err = r.define(into, &current.body, e)
			}
		case unstable.Table, unstable.ArrayTable:
			current = &section{key: r.key(n.Key()), list: n.Kind == unstable.ArrayTable}
			if len(current.key) > tree.MaxDepth {
				return syntaxError(r.text, current.key[0].start, reasonTooDeep)
			}
			at := current.key[0].start
			current.line = span{r.lineStart(at), r.lineEnd(current.key[len(current.key)-1].end)}
			r.sections = append(r.sections, current)
			into, err = r.open(current)
		}
		if err != nil {
			return err
		}
	}
	if err := p.Error(); err != nil {
		return scannerError(p, r.text, err)
	}
	return nil
}

// reader turns the scanner's expressions into a layout. The scanner gives no
// range for arrays and inline tables; their ends are found by walking on from
// their last element, between which only blanks, commas and comments stand.
type reader struct {
	*layout
	base  int // where the part that is being scanned begins
	depth int // of the tables and arrays around what is being read

	// A layout is many small parts that live and die together, so they are made
	// chunk by chunk.
	chunk   int
	entries []entry
	values  []value
	parts   []keyPart
	members []member
	tables  []table
}

// take is the next of the parts that were made in advance.
func take[T any](ready *[]T, chunk int) *T {
	if len(*ready) == 0 {
		*ready = make([]T, chunk)
	}
	next := &(*ready)[0]
	*ready = (*ready)[1:]
	return next
}

func (r *reader) key(it unstable.Iterator) []keyPart {
	var room [4]keyPart
	parts := room[:0]
	for it.Next() {
		n := it.Node()
		at := r.base + int(n.Raw.Offset)
		if len(n.Data) == 0 {
			r.empty = append(r.empty, span{at, at + int(n.Raw.Length)})
		}
		parts = append(parts, keyPart{span{at, at + int(n.Raw.Length)}, string(n.Data)})
	}
	if len(r.parts) < len(parts) {
		r.parts = make([]keyPart, max(r.chunk, len(parts)))
	}
	n := copy(r.parts, parts)
	key := r.parts[:n:n]
	r.parts = r.parts[n:]
	return key
}

func (r *reader) entry(n *unstable.Node) (*entry, *SyntaxError) {
	e := take(&r.entries, r.chunk)
	e.key = r.key(n.Key())
	e.start = e.key[0].start
	at := r.skip(e.key[len(e.key)-1].end, " \t=")
	r.depth += len(e.key)
	v, err := r.value(n.Value(), at)
	r.depth -= len(e.key)
	if err != nil {
		return nil, err
	}
	e.value, e.end = v, v.end
	return e, nil
}

func (r *reader) value(n *unstable.Node, at int) (*value, *SyntaxError) {
	if r.depth > tree.MaxDepth {
		return nil, syntaxError(r.text, at, reasonTooDeep)
	}
	v := take(&r.values, r.chunk)
	v.span = span{at, at + int(n.Raw.Length)}
	switch n.Kind {
	case unstable.String:
		v.kind, v.str = stringValue, string(n.Data)
	case unstable.Integer:
		v.kind = integer
		return v, r.checkInteger(v)
	case unstable.Float:
		v.kind = float
	case unstable.Bool:
		v.kind = boolean
	case unstable.Array:
		v.kind = array
		return v, r.elements(n, v)
	case unstable.InlineTable:
		v.kind, v.table = inlineTable, r.newTable()
		v.table.home = &v.body
		return v, r.elements(n, v)
	default:
		v.kind = dateTime
	}
	return v, nil
}

func (r *reader) elements(n *unstable.Node, v *value) *SyntaxError {
	r.depth++
	defer func() { r.depth-- }()
	at := v.start + 1
	for it := n.Children(); it.Next(); {
		at = r.skipTrivia(at)
		var e *entry
		var err *SyntaxError
		if v.kind == inlineTable {
			r.depth-- // the entry counts its own keys
			e, err = r.entry(it.Node())
			r.depth++
		} else {
			e = take(&r.entries, r.chunk)
			e.value, err = r.value(it.Node(), at)
		}
		if err != nil {
			return err
		}
		e.span = span{at, e.value.end}
		at = e.end
		v.entries = append(v.entries, e)
		if v.kind == inlineTable {
			if err := r.define(v.table, &v.body, e); err != nil {
				return err
			}
		}
	}
	v.end = r.skipTrivia(at) + 1
	return nil
}

// checkInteger notes the integers that only the peer's uint64 can hold.
func (r *reader) checkInteger(v *value) *SyntaxError {
	s := strings.ReplaceAll(string(r.text[v.start:v.end]), "_", "")
	if _, err := strconv.ParseInt(s, 0, 64); err == nil {
		return nil
	}
	if _, err := strconv.ParseUint(strings.TrimPrefix(s, "+"), 0, 64); err != nil {
		return syntaxError(r.text, v.start, reasonInteger)
	}
	r.numbers = append(r.numbers, v.span)
	return nil
}

// skip is the first offset from at on with a byte that is not in set.
func (l *layout) skip(at int, set string) int {
	for at < len(l.text) && strings.IndexByte(set, l.text[at]) >= 0 {
		at++
	}
	return at
}

// skipTrivia passes over blanks, newlines, commas and comments.
func (l *layout) skipTrivia(at int) int {
	for {
		at = l.skip(at, " \t\r\n,")
		if at == len(l.text) || l.text[at] != '#' {
			return at
		}
		at = l.lineEnd(at)
	}
}

func (l *layout) lineStart(at int) int { return bytes.LastIndexByte(l.text[:at], '\n') + 1 }

// lineEnd is the offset after the line ending.
func (l *layout) lineEnd(at int) int {
	if i := bytes.IndexByte(l.text[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(l.text)
}

// settle decides which comments belong to which section.
func (l *layout) settle() {
	for i := range l.sections {
		l.settleOne(i)
	}
}

// settleOne settles a section, and where the comments above the next one begin.
func (l *layout) settleOne(i int) {
	s := l.sections[i]
	last := s.line.end
	if n := len(s.entries); n > 0 {
		last = s.entries[n-1].line.end
	}
	limit := len(l.text)
	s.text = span{s.line.end, limit}
	if i+1 < len(l.sections) {
		next := l.sections[i+1]
		limit = next.line.start
		s.text.end = limit
		for limit > last && l.isComment(l.lineStart(limit-1)) {
			limit = l.lineStart(limit - 1)
		}
		// The comment at the top is the file's, not the first header's.
		if limit == 0 {
			limit = next.line.start
		}
		if next.lead != limit { // else it may belong to another layout too
			next.lead = limit
		}
	}
	s.end = last
	for last > 0 && s.end < limit && l.isComment(s.end) {
		s.end = l.lineEnd(s.end)
	}
}

// isComment reports whether the line that starts at an offset is a comment.
func (l *layout) isComment(at int) bool {
	at = l.skip(at, " \t")
	return at < len(l.text) && l.text[at] == '#'
}
