package document

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"realmconf/schema/tree"
)

// decode makes the tree of a layout.
//
// Two readers see each text: the scanner, which knows the places, and the
// decoder, which is the authority on values. decode goes through the layout
// and the decoder's results side by side. Both must have the same names and the
// same kinds of values; a text about which they disagree is refused, rather
// than half understood.
//
// The decoder reads one section at a time, without its header. Over a whole
// text it confuses the entries of an array of tables: after `x = []` in one, it
// drops the keys of a table x in the next. define.go checks the rules that hold
// between sections.
//
// A section with a text that is known is not decoded again: the decoder takes
// most of the time of a parse, and an edit leaves most sections as they were.
// That holds only if the decoder's input is the text itself.
func (l *layout) decode(known decodedSections) (tree.Object, decodedSections, error) {
	d := &decoder{layout: l, input: l.text, decoded: make(decodedSections, len(l.sections)), known: known}
	if len(l.largeIntegers)+len(l.emptyKeys) > 0 {
		d.substitute()
		d.known = nil
	}
	o := d.table(l.root, nil)
	if d.err != nil {
		return nil, nil, d.err
	}
	if len(l.largeIntegers)+len(l.emptyKeys) > 0 {
		return o, nil, nil
	}
	return o, d.decoded, nil
}

// decodedSections are the TOML decoder's results by the text of the section,
// without its header.
type decodedSections map[string]decodedSection

type decodedSection struct {
	text    string
	entries map[string]any
}

// decoder is the state of decode.
type decoder struct {
	*layout
	known   decodedSections // of another text
	decoded decodedSections // of this one
	input   []byte          // the text as the TOML decoder reads it
	alias   string          // the name in it for the empty key
	err     error           // the first disagreement
}

// substitute hides from the TOML decoder what it cannot read: integers above
// 2^63-1, and empty keys, which it confuses. A zero and another name take their
// places. They have the same length, so that all offsets stay.
func (d *decoder) substitute() {
	d.input = bytes.Clone(d.text)
	for _, n := range d.largeIntegers {
		copy(d.input[n.start:n.end], "0"+strings.Repeat(" ", n.end-n.start-1))
	}
	if len(d.emptyKeys) > 0 {
		d.alias = d.freeName()
	}
	for _, k := range d.emptyKeys {
		copy(d.input[k.start:k.end], d.alias)
	}
}

// freeName returns a name of two characters, as long as an empty key with its
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
	return "--" // a text with all 4096 pairs and an empty key may be refused
}

// disagree notes that the two readers disagree about a place.
func (d *decoder) disagree(at int) {
	if d.err == nil {
		d.err = syntaxError(d.text, at, reasonNotTOML)
	}
}

// table returns the value of a table. decoded is the TOML decoder's value of
// the entries that made it, nil if it has a section of its own, or only
// sub-tables.
//
// All members of the table must be in decoded, except those that have sections
// of their own; and all of decoded must be members.
func (d *decoder) table(t *table, decoded map[string]any) tree.Object {
	if t.header != nil {
		decoded = d.section(t.header)
	}
	o := make(tree.Object, len(t.members))
	found := 0
	for _, m := range t.members {
		if d.err != nil {
			return nil
		}
		name := m.name
		if name == "" {
			name = d.alias
		}
		v, has := decoded[name]
		if has {
			found++
		}
		o[m.name] = d.member(m, v)
	}
	if found != len(decoded) {
		d.disagree(0)
	}
	return o
}

// member returns the value of a member. decoded is the TOML decoder's value of
// the entries that made it, nil if there are none.
func (d *decoder) member(m *member, decoded any) any {
	switch {
	case m.entry != nil:
		return d.value(m.entry.value, decoded)
	case m.tables != nil: // each has its own section
		list := make([]any, len(m.tables))
		for i, t := range m.tables {
			list[i] = d.table(t, nil)
		}
		return list
	default:
		entries, isTable := decoded.(map[string]any)
		if madeByKeys := m.table.home != nil; isTable != madeByKeys {
			d.disagree(m.at)
		}
		return d.table(m.table, entries)
	}
}

// section decodes the entries of a section.
func (d *decoder) section(s *section) map[string]any {
	if len(s.entries) == 0 {
		return nil
	}
	raw := d.input[s.lines.start:s.lines.end]
	decoded, isKnown := d.known[string(raw)]
	if !isKnown {
		decoded.text = string(raw)
		var err error
		decoded.entries, err = decodeTOML(decoded.text)
		if err != nil && d.err == nil {
			d.err = decoderError(d.text, s.lines.start, err)
		}
	}
	d.decoded[decoded.text] = decoded
	return decoded.entries
}

// decodeTOML calls the TOML decoder. It panics for some input that it takes for
// a mistake of its own.
func decodeTOML(text string) (decoded map[string]any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the decoder gave up: %T", r)
		}
	}()
	var v any
	_, err = toml.NewDecoder(strings.NewReader(text)).Decode(&v)
	decoded, _ = v.(map[string]any)
	return decoded, err
}

// value returns a value, which the TOML decoder must have decoded as one of the
// same kind.
func (d *decoder) value(v *value, decoded any) any {
	raw := d.text[v.start:v.end]
	switch decoded := decoded.(type) {
	case string:
		if v.kind == stringValue && decoded == string(v.str) {
			return decoded
		}
	case bool:
		if v.kind == boolean {
			return decoded
		}
	case int64:
		if v.kind == integer {
			return d.integer(string(raw), decoded)
		}
	case float64:
		if v.kind == float && (math.IsNaN(decoded) || math.IsInf(decoded, 0)) {
			return string(raw)
		}
		if v.kind == float {
			return decoded
		}
	case time.Time:
		if v.kind == dateTime {
			return string(raw)
		}
	case map[string]any:
		if v.kind == inlineTable {
			return d.table(v.table, decoded)
		}
	case []any:
		if v.kind == array && len(decoded) == len(v.entries) {
			list := make([]any, len(decoded))
			for i, e := range v.entries {
				list[i] = d.value(e.value, decoded[i])
			}
			return list
		}
	}
	d.disagree(v.start)
	return nil
}

// integer returns the integer that substitute hid, if the zero is one of its
// zeros.
func (d *decoder) integer(raw string, decoded int64) any {
	if decoded == 0 && len(d.largeIntegers) > 0 {
		digits := strings.TrimPrefix(strings.ReplaceAll(raw, "_", ""), "+")
		if n, err := strconv.ParseUint(digits, 0, 64); err == nil && n > math.MaxInt64 {
			return n
		}
	}
	return decoded
}
