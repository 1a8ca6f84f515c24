package document

import (
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"realmconf/schema/tree"
)

// scan finds out where everything is in a text.
func scan(text []byte) (*layout, error) {
	s := &scanner{layout: &layout{text: text, root: new(table)}, chunk: min(32, 1+len(text)/32)}
	current := &section{}
	into := s.root
	into.header = current
	s.sections = append(s.sections, current)
	p := &unstable.Parser{}
	p.Reset(text)
	for p.NextExpression() {
		n := p.Expression()
		var err *SyntaxError
		switch n.Kind {
		case unstable.KeyValue:
			err = s.addEntry(n, current, into)
		case unstable.Table, unstable.ArrayTable:
			current, into, err = s.addSection(n)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := p.Error(); err != nil {
		return nil, scannerError(p, text, err)
	}
	s.assignComments()
	return s.layout, nil
}

// scanner makes a layout of the expressions that the parser finds. The parser
// gives no range for arrays and inline tables. Their ends are found from their
// last element, behind which there are only blanks, commas and comments.
type scanner struct {
	*layout
	depth int // the number of tables and arrays around the current place

	// A layout has many small parts that live equally long. They are allocated
	// in chunks.
	chunk    int
	entries  []entry
	values   []value
	keyParts []keyPart
	members  []member
	tables   []table

	entryLists  []*entry
	memberLists []*member
}

// usual is the number of entries that is enough for most sections, and of
// members that is enough for most tables.
const usual = 4

// room returns an empty slice with capacity for the usual number of elements.
func room[T any](ready *[]T, chunk int) []T {
	if len(*ready) < usual {
		*ready = make([]T, usual*chunk)
	}
	r := (*ready)[:0:usual]
	*ready = (*ready)[usual:]
	return r
}

// take returns the next of the parts that were allocated together.
func take[T any](ready *[]T, chunk int) *T {
	if len(*ready) == 0 {
		*ready = make([]T, chunk)
	}
	next := &(*ready)[0]
	*ready = (*ready)[1:]
	return next
}

func (s *scanner) addSection(n *unstable.Node) (*section, *table, *SyntaxError) {
	added := &section{key: s.key(n.Key()), isList: n.Kind == unstable.ArrayTable}
	added.entries = room(&s.entryLists, s.chunk)
	at := added.key[0].start
	if len(added.key) > tree.MaxDepth {
		return nil, nil, syntaxError(s.text, at, reasonTooDeep)
	}
	added.line = span{s.lineStart(at), s.lineEnd(added.key[len(added.key)-1].end)}
	s.sections = append(s.sections, added)
	into, err := s.open(added)
	return added, into, err
}

func (s *scanner) addEntry(n *unstable.Node, current *section, into *table) *SyntaxError {
	s.depth = current.depth
	e, err := s.entry(n)
	if err != nil {
		return err
	}
	e.line = span{s.lineStart(e.start), s.lineEnd(e.end)}
	current.entries = append(current.entries, e)
	return s.define(into, &current.body, e)
}

func (s *scanner) key(it unstable.Iterator) []keyPart {
	var room [4]keyPart
	parts := room[:0]
	for it.Next() {
		n := it.Node()
		at := span{int(n.Raw.Offset), int(n.Raw.Offset + n.Raw.Length)}
		if len(n.Data) == 0 {
			s.emptyKeys = append(s.emptyKeys, at)
		}
		parts = append(parts, keyPart{at, string(n.Data)})
	}
	if len(s.keyParts) < len(parts) {
		s.keyParts = make([]keyPart, max(s.chunk, len(parts)))
	}
	n := copy(s.keyParts, parts)
	key := s.keyParts[:n:n]
	s.keyParts = s.keyParts[n:]
	return key
}

func (s *scanner) entry(n *unstable.Node) (*entry, *SyntaxError) {
	e := take(&s.entries, s.chunk)
	e.key = s.key(n.Key())
	e.start = e.key[0].start
	at := s.skip(e.key[len(e.key)-1].end, " \t=")
	s.depth += len(e.key)
	v, err := s.value(n.Value(), at)
	s.depth -= len(e.key)
	if err != nil {
		return nil, err
	}
	e.value, e.end = v, v.end
	return e, nil
}

func (s *scanner) value(n *unstable.Node, at int) (*value, *SyntaxError) {
	if s.depth > tree.MaxDepth {
		return nil, syntaxError(s.text, at, reasonTooDeep)
	}
	v := take(&s.values, s.chunk)
	v.span = span{at, at + int(n.Raw.Length)}
	switch n.Kind {
	case unstable.String:
		v.kind, v.str = stringValue, n.Data
	case unstable.Integer:
		v.kind = integer
		return v, s.checkInteger(v)
	case unstable.Float:
		v.kind = float
	case unstable.Bool:
		v.kind = boolean
	case unstable.Array:
		v.kind = array
		return v, s.addElements(n, v)
	case unstable.InlineTable:
		v.kind, v.table = inlineTable, s.newTable()
		v.table.home = &v.body
		return v, s.addElements(n, v)
	default:
		v.kind = dateTime
	}
	return v, nil
}

// addElements reads the elements of an array, or the entries of an inline table.
func (s *scanner) addElements(n *unstable.Node, v *value) *SyntaxError {
	at := v.start + 1
	for it := n.Children(); it.Next(); {
		at = s.skipTrivia(at)
		e, err := s.element(it.Node(), v, at)
		if err != nil {
			return err
		}
		e.span = span{at, e.value.end}
		at = e.end
		v.entries = append(v.entries, e)
		if v.kind == inlineTable {
			if err := s.define(v.table, &v.body, e); err != nil {
				return err
			}
		}
	}
	v.end = s.skipTrivia(at) + 1
	return nil
}

func (s *scanner) element(n *unstable.Node, in *value, at int) (*entry, *SyntaxError) {
	if in.kind == inlineTable {
		return s.entry(n) // which counts the depth by its keys
	}
	s.depth++
	defer func() { s.depth-- }()
	e := take(&s.entries, s.chunk)
	var err *SyntaxError
	e.value, err = s.value(n, at)
	return e, err
}

// checkInteger notes the integers that need a uint64.
func (s *scanner) checkInteger(v *value) *SyntaxError {
	digits := strings.ReplaceAll(string(s.text[v.start:v.end]), "_", "")
	if _, err := strconv.ParseInt(digits, 0, 64); err == nil {
		return nil
	}
	if _, err := strconv.ParseUint(strings.TrimPrefix(digits, "+"), 0, 64); err != nil {
		return syntaxError(s.text, v.start, reasonInteger)
	}
	s.largeIntegers = append(s.largeIntegers, v.span)
	return nil
}

// assignComments decides which comments belong to which section.
func (s *scanner) assignComments() {
	for i, section := range s.sections {
		last := section.line.end
		if n := len(section.entries); n > 0 {
			last = section.entries[n-1].line.end
		}
		end := len(s.text) // of the lines that may belong to this section
		section.lines = span{section.line.end, end}
		if i+1 < len(s.sections) {
			next := s.sections[i+1]
			section.lines.end = next.line.start
			end = next.line.start
			for end > last && s.isComment(s.lineStart(end-1)) {
				end = s.lineStart(end - 1)
			}
			if end == 0 { // the comment at the top is the file's, not the first header's
				end = next.line.start
			}
			next.start = end
		}
		section.end = last
		for last > 0 && section.end < end && s.isComment(section.end) {
			section.end = s.lineEnd(section.end)
		}
	}
}
