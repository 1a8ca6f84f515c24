package document

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"realmconf/schema/tree"
)

// meaning decodes the text and lays the result beside the layout. The decoder
// is the authority on what a value means; where the two disagree about what is
// there, the text is refused rather than half understood.
//
// The decoder is shown one section at a time. Over a whole text it mixes up
// the entries of an array of tables: after `x = []` in one, it drops keys of a
// table x in the next. What holds between sections is checked by define.go.
//
// A section that is known from another document is not decoded again, and a
// member of the root that is made of the same sections as there is that one:
// after an edit that is all but one of them.
func (l *layout) meaning(known *Document) (tree.Object, error) {
	c := &comparison{layout: l, told: l.text, known: known}
	if len(l.numbers)+len(l.empty) > 0 {
		// The decoder knows no integers above 2^63-1, and loses its way among
		// empty keys. It gets a zero and another name in their place, of the
		// same length so that the offsets stay.
		c.told = bytes.Clone(l.text)
		for _, n := range l.numbers {
			copy(c.told[n.start:n.end], "0"+strings.Repeat(" ", n.end-n.start-1))
		}
		if len(l.empty) > 0 {
			c.alias = l.freeName()
		}
		for _, k := range l.empty {
			copy(c.told[k.start:k.end], c.alias)
		}
	}
	o := c.table(l.root, nil)
	if c.err != nil {
		return nil, c.err
	}
	return o, nil
}

// decodedAs is what the decoder made of a section with that text, without the
// header, if there is one.
func (l *layout) decodedAs(text string) map[string]any {
	if l == nil {
		return nil
	}
	l.index.Do(func() {
		l.known = make(map[string]map[string]any, len(l.sections))
		for _, s := range l.sections {
			if s.decoded != nil {
				l.known[string(l.text[s.text.start:s.text.end])] = s.decoded
			}
		}
	})
	return l.known[text]
}

// decode is the decoder without its panics: it has some for input that it
// takes for its own mistakes.
func decode(text string) (decoded map[string]any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the decoder gave up: %T", r)
		}
	}()
	_, err = toml.Decode(text, &decoded)
	return decoded, err
}

// freeName is a name of two characters, as long as an empty key with its
// quotes, that is nowhere in the text.
func (l *layout) freeName() string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	for _, a := range letters {
		for _, b := range letters {
			if name := string([]rune{a, b}); !bytes.Contains(l.text, []byte(name)) {
				return name
			}
		}
	}
	return "--" // a text with all 4096 pairs and an empty key: it may be refused
}

// comparison goes through the layout and the decoder's results side by side.
type comparison struct {
	*layout
	told  []byte // the text for the decoder
	alias string // what it is told instead of an empty key
	err   error  // the first disagreement

	known *Document
}

func (c *comparison) disagree(at int) {
	if c.err == nil {
		c.err = syntaxError(c.text, at, reasonNotTOML)
	}
}

// section is what the decoder makes of a section's entries.
func (c *comparison) section(s *section) map[string]any {
	if len(s.entries) == 0 || s.decoded != nil {
		return s.decoded
	}
	text := string(c.told[s.text.start:s.text.end])
	plain := len(c.numbers)+len(c.empty) == 0
	if plain {
		if s.decoded = c.known.layout.decodedAs(text); s.decoded != nil {
			return s.decoded
		}
	}
	decoded, err := decode(text)
	if err != nil && c.err == nil {
		c.err = decoderError(c.text, s.text.start, err)
	}
	if plain && err == nil {
		s.decoded = decoded
	}
	return decoded
}

// table is the value of a table. What the decoder made of it is read from its
// own section, or handed in if it stands in another's.
func (c *comparison) table(t *table, decoded map[string]any) tree.Object {
	if t.header != nil {
		decoded = c.section(t.header)
	}
	o := make(tree.Object, len(t.members))
	seen := 0
	for _, m := range t.members {
		name := m.name
		if c.err != nil {
			return nil
		}
		told := name
		if name == "" {
			told = c.alias
		}
		v, has := decoded[told]
		if has {
			seen++
		}
		switch {
		case m.entry != nil:
			o[name] = c.value(m.entry.value, v)
		case t == c.root && !has && c.unchanged(name, m):
			o[name] = c.known.tree[name]
		case m.tables != nil:
			list := make([]any, len(m.tables))
			for i, e := range m.tables {
				list[i] = c.table(e, nil)
			}
			o[name] = list
		default:
			d, isTable := v.(map[string]any)
			if isTable != (m.table.home != nil) {
				c.disagree(m.at)
			}
			o[name] = c.table(m.table, d)
		}
	}
	if seen != len(decoded) {
		c.disagree(0)
	}
	return o
}

// unchanged reports whether a member of the root consists of the same sections as
// that of the known document: then it means the same.
func (c *comparison) unchanged(name string, m *member) bool {
	if c.known.layout == nil {
		return false
	}
	was := c.known.layout.root.member(name)
	if was == nil {
		return false
	}
	if m == was {
		return true
	}
	now, whole := m.sections()
	before, wasWhole := was.sections()
	if !whole || !wasWhole || len(now) != len(before) {
		return false
	}
	for i, s := range now {
		if !s.is(c.layout, before[i], c.known.layout) {
			return false
		}
	}
	for i, s := range now {
		if s.decoded == nil {
			s.decoded = before[i].decoded
		}
	}
	return true
}

// is reports whether a section has the header and the text of another one.
func (s *section) is(in *layout, other *section, there *layout) bool {
	return s.list == other.list &&
		slices.EqualFunc(s.key, other.key, func(a, b keyPart) bool { return a.name == b.name }) &&
		bytes.Equal(in.text[s.text.start:s.text.end], there.text[other.text.start:other.text.end])
}

func (c *comparison) value(v *value, decoded any) any {
	raw := string(c.text[v.start:v.end])
	switch d := decoded.(type) {
	case string:
		if v.kind == stringValue && d == v.str {
			return d
		}
	case bool:
		if v.kind == boolean {
			return d
		}
	case int64:
		if v.kind == integer {
			return c.integer(raw, d)
		}
	case float64:
		if v.kind == float && (math.IsNaN(d) || math.IsInf(d, 0)) {
			return raw
		}
		if v.kind == float {
			return d
		}
	case time.Time:
		if v.kind == dateTime {
			return raw
		}
	case map[string]any:
		if v.kind == inlineTable {
			return c.table(v.table, d)
		}
	case []any:
		if v.kind == array && len(d) == len(v.entries) {
			list := make([]any, len(d))
			for i, e := range v.entries {
				list[i] = c.value(e.value, d[i])
			}
			return list
		}
	}
	c.disagree(v.start)
	return nil
}

// integer puts back the integers that the decoder was not shown.
func (c *comparison) integer(raw string, decoded int64) any {
	if decoded == 0 && len(c.numbers) > 0 {
		s := strings.TrimPrefix(strings.ReplaceAll(raw, "_", ""), "+")
		if n, err := strconv.ParseUint(s, 0, 64); err == nil && n > math.MaxInt64 {
			return n
		}
	}
	return decoded
}
