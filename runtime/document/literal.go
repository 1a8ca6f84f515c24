package document

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"realmconf/schema/tree"
)

// literal is the text of a TOML value, which is written as it is. The tree has
// strings in the place of dates, times, inf and nan; a literal keeps their type. It
// also keeps how a number is spelled, like 0x1F or 1_000.
//
// An edit compares trees with literals, so that a date and a string of the same
// text differ. Outside of this package trees have none.
type literal struct {
	value any // in a tree without literals
	text  string
}

// MarshalJSON makes a literal and the string of its text differ in tree.Append.
func (l literal) MarshalJSON() ([]byte, error) { return []byte(`"= ` + l.text + `"`), nil }

// spelledKind returns the kind of a value that a string in the tree may spell, false if v is
// of no such kind.
func spelledKind(v any) (kind valueKind, ok bool) {
	if l, is := v.(literal); is {
		if text, is := l.value.(string); is {
			return kindOfSpelling(text), true
		}
		v = l.value
	}
	_, isFloat := v.(float64)
	return float, isFloat
}

// kindOfSpelling returns the kind of the value that a text spells without quotes, if it
// is a date, a time, inf or nan.
func kindOfSpelling(text string) valueKind {
	if strings.HasSuffix(text, "inf") || strings.HasSuffix(text, "nan") {
		return float
	}
	return dateTime
}

// isLiteral reports whether a tree with literals has one for a scalar.
func (l *layout) isLiteral(v *value) bool {
	raw := l.text[v.start():v.end()]
	switch v.kind {
	case dateTime:
		return true
	case integer, largeInteger:
		return raw[0] == '+' || bytes.ContainsAny(raw, "_xob")
	case float:
		return bytes.ContainsAny(raw, "_+eEfn") || bytes.HasSuffix(raw, []byte("0")) && !bytes.HasSuffix(raw, []byte(".0"))
	default:
		return false
	}
}

// hasLiterals reports whether the tree with literals differs from the tree.
func (d *Document) hasLiterals() bool { return d.places().hasLiterals }

// literals returns the tree with literals. It shares the parts without them.
func (d *Document) literals() tree.Object {
	l := d.places()
	if !l.hasLiterals {
		return d.tree
	}
	return l.tableLiterals(l.root, d.tree)
}

func (l *layout) tableLiterals(t *table, o tree.Object) tree.Object {
	next := o
	for m := t.first; m != nil; m = m.next {
		v := o[m.key.name]
		w := l.memberLiterals(m, v)
		if tree.Same(v, w) {
			continue
		}
		if tree.Same(next, o) {
			next = maps.Clone(o)
		}
		next[m.key.name] = w
	}
	return next
}

func (l *layout) memberLiterals(m *member, v any) any {
	switch {
	case m.entry != nil:
		return l.valueLiterals(&m.entry.value, v)
	case m.table != nil:
		return l.tableLiterals(m.table, v.(map[string]any))
	default:
		return eachLiterals(v.([]any), func(i int, e any) any {
			return l.tableLiterals(m.list.tables[i], e.(map[string]any))
		})
	}
}

func (l *layout) valueLiterals(v *value, in any) any {
	switch v.kind {
	case inlineTable:
		return l.tableLiterals(v.inner.table, in.(map[string]any))
	case array:
		return eachLiterals(in.([]any), func(i int, e any) any { return l.valueLiterals(&v.inner.entries[i].value, e) })
	}
	if l.isLiteral(v) {
		return literal{in, string(l.text[v.start():v.end()])}
	}
	return in
}

// eachLiterals returns a list of the values that a function returns for its elements.
func eachLiterals(list []any, of func(i int, e any) any) []any {
	next := list
	for i, e := range list {
		v := of(i, e)
		if tree.Same(e, v) {
			continue
		}
		if tree.Same(next, list) {
			next = slices.Clone(list)
		}
		next[i] = v
	}
	return next
}

// spell returns a string as a literal of a kind, if the tree has a string in the place
// of such a literal.
func spell(kind valueKind, w string) (l literal, ok bool) {
	if !isSpelling(w) {
		return literal{}, false
	}
	const key = "a = "
	doc, err := Parse([]byte(key + w))
	if err != nil {
		return literal{}, false
	}
	m := doc.layout.root.member("a")
	isSpelled := m != nil && m.entry != nil && m.entry.value.kind == kind && doc.Tree()["a"] == w
	return literal{w, w}, isSpelled && m.entry.value.start() == len(key) && m.entry.value.end() == len(key+w)
}

// isSpelling reports whether a string may be the text of a date, a time, inf or nan.
func isSpelling(s string) bool {
	const longest = len("1979-05-27T00:32:00.999999999999999999+07:00")
	switch {
	case len(s) < len("inf") || len(s) > longest:
		return false
	case isWord(s):
		return true
	default:
		return '0' <= s[0] && s[0] <= '9' && (s[2] == ':' || len(s) > 4 && s[4] == '-')
	}
}

// isWord reports whether a string is the text of a float that is no number in JSON.
func isWord(s string) bool {
	if len(s) != len("inf") && (len(s) != len("+inf") || s[0] != '+' && s[0] != '-') {
		return false
	}
	word := s[len(s)-len("inf"):]
	return word == "inf" || word == "nan"
}

// sameMeaning reports whether two trees with literals are equal, however numbers are
// spelled.
func sameMeaning(a, b any) bool {
	if tree.Same(a, b) {
		return true
	}
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for name, v := range x {
			if w, has := y[name]; !has || !sameMeaning(v, w) {
				return false
			}
		}
		return true
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, sameMeaning)
	default:
		return tree.Equal(withoutSpelling(a), withoutSpelling(b))
	}
}

// withoutSpelling returns the number of a literal that is one, and any other value
// itself.
func withoutSpelling(v any) any {
	if l, is := v.(literal); is {
		if _, isString := l.value.(string); !isString {
			return l.value
		}
	}
	return v
}
