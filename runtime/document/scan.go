package document

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"realmconf/schema/tree"
)

// scan finds out where everything is in a text.
func scan(text []byte) (*layout, error) {
	s := newScanner(text)
	current := take(&s.sectionParts, s.chunk)
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
			current.entries = s.list(0)
			current, into, err = s.addSection(n)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := p.Error(); err != nil {
		return nil, scannerError(p, text, err)
	}
	current.entries = s.list(0)
	s.assignComments()
	return s.layout, nil
}

func (s *scanner) addSection(n *unstable.Node) (*section, *table, *SyntaxError) {
	added := take(&s.sectionParts, s.chunk)
	added.key, added.isList = s.key(n.Key()), n.Kind == unstable.ArrayTable
	at := added.key[0].start()
	if len(added.key) > tree.MaxDepth {
		return nil, nil, syntaxError(s.text, at, reasonTooDeep)
	}
	added.line = newSpan32(s.lineStart(at), s.lineEnd(added.key[len(added.key)-1].end()))
	s.sections = append(s.sections, added)
	into, err := s.open(added)
	if err == nil {
		err = s.checkKeys(at)
	}
	return added, into, err
}

func (s *scanner) addEntry(n *unstable.Node, current *section, into *table) *SyntaxError {
	s.depth = int(current.depth)
	e, err := s.entry(n)
	if err != nil {
		return err
	}
	s.pending = append(s.pending, e)
	if err := s.define(into, &current.body, e); err != nil {
		return err
	}
	return s.checkKeys(e.start())
}

// checkKeys refuses a text with too many keys or tables up to an offset.
func (s *scanner) checkKeys(at int) *SyntaxError {
	switch {
	case s.keys > MaxKeys:
		return syntaxError(s.text, at, reasonTooMany)
	case s.tableCount > MaxTables:
		return syntaxError(s.text, at, reasonTables)
	}
	return nil
}

func (s *scanner) key(it unstable.Iterator) []keyPart {
	n := 0
	for it.Next() {
		if n == len(s.keyParts) { // the parts of a key are beside each other
			s.keyParts = append(make([]keyPart, 0, max(s.chunk, 2*n)), s.keyParts...)
			s.keyParts = s.keyParts[:cap(s.keyParts)]
		}
		part := it.Node()
		at := int(part.Raw.Offset)
		s.keyParts[n] = keyPart{newSpan32(at, at+int(part.Raw.Length)), s.names.copyOf(part.Data)}
		n++
	}
	key := s.keyParts[:n:n]
	s.keyParts = s.keyParts[n:]
	return key
}

func (s *scanner) entry(n *unstable.Node) (*entry, *SyntaxError) {
	e := take(&s.entries, s.chunk)
	e.key = s.key(n.Key())
	at := s.skip(e.key[len(e.key)-1].end(), " \t=")
	s.depth += len(e.key)
	err := s.value(&e.value, n.Value(), at)
	s.depth -= len(e.key)
	return e, err
}

// value fills in v, which begins at an offset.
func (s *scanner) value(v *value, n *unstable.Node, at int) *SyntaxError {
	if s.depth > tree.MaxDepth {
		return syntaxError(s.text, at, reasonTooDeep)
	}
	v.span32 = newSpan32(at, at+int(n.Raw.Length))
	switch n.Kind {
	case unstable.Array, unstable.InlineTable:
		return s.inside(v, n)
	case unstable.String:
		v.kind = stringValue
	case unstable.Integer:
		v.kind = integer
	case unstable.Float:
		v.kind = float
	case unstable.Bool:
		v.kind = boolean
	default:
		v.kind = dateTime
	}
	return s.scalar(v, n.Data)
}

// inside reads the elements of an array, or the entries of an inline table.
func (s *scanner) inside(v *value, n *unstable.Node) *SyntaxError {
	v.kind, v.index = array, -1
	if s.inner == 0 {
		s.addSpelled(v)
	}
	s.inner++
	defer func() { s.inner-- }()
	v.inner = take(&s.inners, min(s.chunk, fewParts))
	if n.Kind == unstable.InlineTable {
		v.kind, v.inner.table = inlineTable, s.newTable()
		v.inner.table.home = &v.inner.body
	}
	outer := len(s.pending)
	at := v.start() + 1
	for it := n.Children(); it.Next(); {
		at = s.skipTrivia(at)
		e, err := s.element(it.Node(), v, at)
		if err != nil {
			return err
		}
		at = e.end()
		s.pending = append(s.pending, e)
		if v.kind == inlineTable {
			err = s.define(v.inner.table, &v.inner.body, e)
		} else {
			s.keys++
		}
		if err == nil {
			err = s.checkKeys(e.start())
		}
		if err != nil {
			return err
		}
	}
	v.inner.entries = s.list(outer)
	v.behind = int32(s.skipTrivia(at) + 1)
	return nil
}

func (s *scanner) element(n *unstable.Node, in *value, at int) (*entry, *SyntaxError) {
	if in.kind == inlineTable {
		return s.entry(n) // which counts the depth by its keys
	}
	e := take(&s.entries, s.chunk)
	s.depth++
	err := s.value(&e.value, n, at)
	s.depth--
	return e, err
}

// scalar notes a value that is no array and no inline table. data is the
// parser's value of a string.
func (s *scanner) scalar(v *value, data []byte) *SyntaxError {
	s.addSpelled(v)
	raw := s.text[v.start():v.end()]
	switch v.kind {
	case stringValue:
		if !bytes.Equal(data, unquoted(raw)) {
			s.escapes = append(s.escapes, escape{v.index, data})
		}
	case integer:
		if err := s.checkInteger(v, raw); err != nil {
			return err
		}
	case dateTime:
		s.hasSpellings = true
	case float:
		last := raw[len(raw)-1]
		s.hasSpellings = s.hasSpellings || last == 'f' || last == 'n'
	}
	s.hasLiterals = s.hasLiterals || s.isLiteral(v)
	return nil
}

func (s *scanner) addSpelled(v *value) {
	v.index = int32(len(s.spelled))
	s.spelled = append(s.spelled, v)
}

// unquoted returns the value of a string that has no escapes.
func unquoted(raw []byte) []byte {
	long := len(raw) >= 6 && raw[1] == raw[0] && raw[2] == raw[0]
	if !long {
		return raw[1 : len(raw)-1]
	}
	raw = raw[3 : len(raw)-3]
	return bytes.TrimPrefix(bytes.TrimPrefix(raw, []byte("\r")), []byte("\n"))
}

// checkInteger notes the integers that need a uint64.
func (s *scanner) checkInteger(v *value, raw []byte) *SyntaxError {
	const short = 17 // so many characters, with a sign or prefix, always fit
	if len(raw) <= short {
		return nil
	}
	digits := strings.ReplaceAll(string(raw), "_", "")
	if _, err := strconv.ParseInt(digits, 0, 64); err == nil {
		return nil
	}
	if _, err := parseLargeInteger(raw); err != nil {
		return syntaxError(s.text, v.start(), reasonInteger)
	}
	v.kind = largeInteger
	return nil
}

func parseLargeInteger(raw []byte) (uint64, error) {
	return strconv.ParseUint(strings.TrimPrefix(strings.ReplaceAll(string(raw), "_", ""), "+"), 0, 64)
}
