package document

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"realmconf/schema/tree"
)

// decode makes the tree of a layout, and the values of what it has in spelled.
//
// Two readers see each scalar that is not plain: the scanner, which knows the places,
// and the decoder, which is the authority on values. A scalar about which they disagree
// is refused, rather than half understood. Tables, arrays and keys are those of
// the scanner and of define.go: the decoder accepts `a.b = 1` followed by
// `a = 2`, and confuses empty keys and the entries of an array of tables.
//
// A value that is spelled as in the known document, or a scalar like an earlier one of
// the text, is not decoded again, and an object or list of the same values as at its
// place in the known tree is that object or list: an edit leaves most of a text as it
// was. Nothing else of a known document has an effect.
func (l *layout) decode(known *Document) (tree.Object, []any, error) {
	d := &decoder{layout: l, values: make([]any, len(l.spelled))}
	var old any
	first, end := 0, len(l.spelled)
	if known != nil {
		old = known.tree
		first, end = d.recall(known)
	}
	if err := d.decodeScalars(first, end); err != nil {
		return nil, nil, err
	}
	return d.table(l.root, old), d.values, nil
}

// decoder is the state of decode.
type decoder struct {
	*layout
	values  []any // of the layout's spelled; that of an array or inline table is nil until it is decoded
	batch   batch
	strings nameChunk
	members []any // of the tables and arrays around the current place
}

// recall takes over the values before and behind the change of a known text. It returns
// the range with the other scalars, which is all of them if the known document has
// dropped its places.
func (d *decoder) recall(known *Document) (first, end int) {
	known.mu.Lock()
	was, values := known.layout, known.values
	known.mu.Unlock()
	if values == nil {
		return 0, len(d.spelled)
	}
	isKnown := func(i, j int) bool {
		a, b := d.spelled[i], was.spelled[j]
		if bytes.Equal(d.text[a.start():a.end()], was.text[b.start():b.end()]) {
			d.values[i] = values[j]
			return true
		}
		return a.inner != nil && b.inner != nil // what is in them follows
	}
	n, m := len(d.spelled), len(was.spelled)
	for first < min(n, m) && isKnown(first, first) {
		first++
	}
	for end = n; end > first && end-n+m > first && isKnown(end-1, end-n+m-1); {
		end--
	}
	return first, end
}

// decodeScalars decodes the scalars from first on, before end, in batches.
func (d *decoder) decodeScalars(first, end int) error {
	d.batch.prepare(end - first)
	for first < end {
		next := d.fillBatch(first, end)
		if err := d.decodeEach(d.batch.fresh); err != nil {
			return err
		}
		for i, like := range d.batch.like {
			d.values[first+i] = d.values[like]
		}
		first = next
	}
	return nil
}

// decodeEach decodes scalars.
func (d *decoder) decodeEach(scalars []int32) error {
	if len(scalars) == 0 {
		return nil
	}
	decoded, err := decodeTOML(d.array(scalars))
	if err == nil && len(decoded) == len(scalars) {
		for i, v := range decoded {
			at := scalars[i]
			if d.values[at] = d.value(at, v); d.values[at] == nil {
				return d.disagreement(d.spelled[at])
			}
		}
		return nil
	}
	if len(scalars) == 1 {
		return decoderError(d.text, d.spelled[scalars[0]].start(), err)
	}
	for i := range scalars { // finds the one at fault
		if err := d.decodeEach(scalars[i : i+1]); err != nil {
			return err
		}
	}
	return nil
}

// disagreement returns the error for a scalar that the two readers read in
// different ways.
func (d *decoder) disagreement(v *value) *SyntaxError {
	if v.kind == dateTime {
		return syntaxError(d.text, v.start(), reasonNoDate)
	}
	return syntaxError(d.text, v.start(), reasonNotTOML)
}

// array returns scalars as a TOML array. The TOML decoder knows no integers above
// 2^63-1, and gets a zero in the place of each.
func (d *decoder) array(scalars []int32) string {
	var b strings.Builder
	b.WriteString(arrayName + "=[")
	for _, i := range scalars {
		v := d.spelled[i]
		if v.kind == largeInteger {
			b.WriteByte('0')
		} else {
			b.Write(d.text[v.start():v.end()])
		}
		b.WriteByte(',')
	}
	b.WriteByte(']')
	return b.String()
}

const arrayName = "a"

// decodeTOML calls the TOML decoder. It panics for some input that it takes for
// a mistake of its own.
func decodeTOML(text string) (decoded []any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the decoder gave up: %T", r)
		}
	}()
	var v any
	_, err = toml.NewDecoder(strings.NewReader(text)).Decode(&v)
	o, _ := v.(map[string]any)
	decoded, _ = o[arrayName].([]any)
	return decoded, err
}

// value returns the value of a scalar, or nil if the TOML decoder took it for one
// of another kind or should have refused it.
func (d *decoder) value(index int32, decoded any) any {
	v := d.spelled[index]
	raw := d.text[v.start():v.end()]
	switch decoded := decoded.(type) {
	case string:
		text := d.stringAt(v)
		if v.kind == stringValue && decoded == string(text) {
			return d.strings.copyOf(text) // decoded would keep the decoder's input
		}
	case bool:
		if v.kind == boolean {
			return decoded
		}
	case int64:
		if v.kind == integer {
			return decoded
		}
		if n, err := parseLargeInteger(raw); v.kind == largeInteger && err == nil {
			return n
		}
	case float64:
		if v.kind == float && (math.IsNaN(decoded) || math.IsInf(decoded, 0)) {
			return d.strings.copyOf(raw)
		}
		if v.kind == float {
			return decoded
		}
	case time.Time:
		if v.kind == dateTime && offsetExists(raw) {
			return d.strings.copyOf(raw)
		}
	}
	return nil
}

// offsetExists reports whether a date and time has no offset or one that exists.
// The TOML decoder accepts 24 hours, and 60 minutes.
func offsetExists(raw []byte) bool {
	n := len(raw)
	if n < 6 || raw[n-3] != ':' || raw[n-6] != '+' && raw[n-6] != '-' {
		return true
	}
	return string(raw[n-5:n-3]) <= "23" && string(raw[n-2:]) <= "59"
}

// stringAt returns the scanner's value of a string.
func (l *layout) stringAt(v *value) []byte {
	i := sort.Search(len(l.escapes), func(i int) bool { return l.escapes[i].index >= v.index })
	if i < len(l.escapes) && l.escapes[i].index == v.index {
		return l.escapes[i].value
	}
	return unquoted(l.text[v.start():v.end()])
}

// table returns the value of a table. old is that of the known tree.
func (d *decoder) table(t *table, old any) tree.Object {
	was, _ := old.(map[string]any)
	outer := len(d.members)
	d.members = slices.Grow(d.members, int(t.count))
	changed := was == nil || len(was) != int(t.count)
	for m := t.first; m != nil; m = m.next {
		before, has := was[m.key.name]
		v := d.member(m, before)
		d.members = append(d.members, v)
		changed = changed || !has || !tree.Same(v, before)
	}
	o := was
	if changed {
		o = make(tree.Object, t.count)
		i := outer
		for m := t.first; m != nil; m = m.next {
			o[m.key.name] = d.members[i]
			i++
		}
	}
	d.members = d.members[:outer]
	return o
}

func (d *decoder) member(m *member, old any) any {
	switch {
	case m.entry != nil:
		return d.entry(m.entry, old)
	case m.table != nil:
		return d.table(m.table, old)
	default:
		outer := len(d.members)
		was, _ := old.([]any)
		for i, t := range m.list.tables {
			d.members = append(d.members, d.table(t, element(was, i)))
		}
		return d.list(outer, was)
	}
}

func (d *decoder) entry(e *entry, old any) any {
	v := &e.value
	switch {
	case v.index < 0:
		return d.inside(v, old)
	case d.values[v.index] == nil:
		d.values[v.index] = d.inside(v, old)
	}
	return d.values[v.index]
}

// inside returns the value of an array or inline table.
func (d *decoder) inside(v *value, old any) any {
	if v.kind == inlineTable {
		return d.table(v.inner.table, old)
	}
	outer := len(d.members)
	was, _ := old.([]any)
	for i, e := range v.entries() {
		d.members = append(d.members, d.entry(e, element(was, i)))
	}
	return d.list(outer, was)
}

// element returns an element of a list, nil if it has none there.
func element(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return nil
}

// list returns the list of the members from outer on. was is that of the known
// tree.
func (d *decoder) list(outer int, was []any) []any {
	members := d.members[outer:]
	d.members = d.members[:outer]
	if was == nil || !slices.EqualFunc(members, was, tree.Same) {
		return append(make([]any, 0, len(members)), members...)
	}
	return was
}
