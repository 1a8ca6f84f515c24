package document

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"realmconf/schema/tree"
)

// Edit makes a document that means want, with the text of this one but for
// what differs. Values are compared by tree.Equal, so a 2 in the text stays
// where 2.0 is wanted. If nothing differs, the document itself is returned.
//
// A removed key, or element on a line of its own, goes with its line and the
// comment that trails on it; comment lines above it stay. A removed table goes
// with the comment block directly above its header and with its comments; what
// a blank line sets apart stays, and so does the comment at the file's top.
// A moved entry of a list takes its comments along, also a changed one if it
// has an id. The comments in an array or inline table that becomes another kind
// of value stand above its line then.
//
// Where no small change of the text gives the wanted tree, the smallest value,
// then table, around it is written anew with its comments above it, and its
// pointer is in reformatted. The result is checked by parsing it: an error
// means that nothing fits, and there is no next document. Its tree shares with
// this one's the members of the root that are exactly the same.
//
// keyOf names the member that identifies the entries of the list at a pointer,
// "" for none. It may be nil.
func (d *Document) Edit(want tree.Object, keyOf func(tree.Pointer) string) (next *Document, reformatted []tree.Pointer, err error) {
	if tree.Equal(d.tree, want) {
		return d, nil, nil
	}
	changed := tree.Others(want, d.tree) // the rest is in the text already
	if err := checkWanted(nil, changed); err != nil {
		return nil, nil, err
	}
	if shortest(changed) > MaxBytes {
		return nil, nil, ErrTooLong
	}
	for level := fine; level <= coarsest; level++ {
		next, reformatted, err = d.edit(want, keyOf, level)
		if err == nil || errors.Is(err, ErrTooLong) {
			return next, reformatted, err
		}
	}
	return nil, nil, err
}

// ErrTooLong is the refusal of an edit whose text would be longer than MaxBytes.
var ErrTooLong = errors.New("the edited text would be longer than 1 MiB: write less")

// checkWanted refuses what TOML cannot hold. It writes behind at, which nobody
// keeps.
func checkWanted(at tree.Pointer, v any) error {
	if len(at) > tree.MaxDepth {
		return fmt.Errorf("%s is nested too deeply: use fewer levels", at[:4])
	}
	switch v := v.(type) {
	case bool, int64, uint64:
	case string:
		if !utf8.ValidString(v) {
			return fmt.Errorf("%s is not UTF-8: correct the string", at)
		}
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("%s is not a finite number: give one", at)
		}
	case []any:
		for i, e := range v {
			if err := checkWanted(append(at, strconv.Itoa(i)), e); err != nil {
				return err
			}
		}
	case map[string]any:
		for name := range v {
			if !utf8.ValidString(name) {
				return fmt.Errorf("a key of %q is not UTF-8: correct it", at.String())
			}
			if err := checkWanted(append(at, name), v[name]); err != nil {
				return err
			}
		}
	case nil:
		return fmt.Errorf("%s is null, which TOML cannot hold: leave the key out", at)
	default:
		return fmt.Errorf("%s is no configuration value: this is a mistake of the program", at)
	}
	return nil
}

// level says how much is written anew around a change.
type level int

const (
	fine        level = iota
	wholeValues       // a changed array or inline table
	wholeTables       // the smallest table with a change of its own
	coarsest          // the tables of the first level
)

// edit is one attempt.
func (d *Document) edit(want tree.Object, keyOf func(tree.Pointer) string, lv level) (*Document, []tree.Pointer, error) {
	if keyOf == nil {
		keyOf = func(tree.Pointer) string { return "" }
	}
	e := &editor{layout: d.layout, keyOf: keyOf, level: lv, eol: "\n"}
	if n := bytes.IndexByte(e.text, '\n'); n > 0 && e.text[n-1] == '\r' {
		e.eol = "\r\n"
	}
	ends := len(e.text) == 0 || e.text[len(e.text)-1] == '\n'
	if !ends {
		// Give the last line an ending while lines move, and take it back.
		l, err := read(append(slices.Clip(e.text), e.eol...))
		if err != nil {
			return nil, nil, err
		}
		e.layout = l
	}
	e.editTable(e.root, scope{place: e}, d.tree, want)
	text := e.apply(e.text, e.eol)
	if !ends {
		text = bytes.TrimSuffix(bytes.TrimSuffix(text, []byte("\n")), []byte("\r"))
	}
	if bytes.HasPrefix(d.text, byteOrderMark) {
		text = slices.Concat(byteOrderMark, text)
	}
	if len(text) > MaxBytes {
		return nil, nil, ErrTooLong
	}
	next, err := parse(text, d)
	if err != nil {
		return nil, nil, fmt.Errorf("the edited text would not be TOML: %w", err)
	}
	if !tree.Equal(next.tree, want) {
		return nil, nil, fmt.Errorf("the edited text would not mean what is wanted: change fewer keys at once")
	}
	return next, e.reformatted, nil
}

// editor is one attempt's state.
type editor struct {
	*layout
	splices
	keyOf       func(tree.Pointer) string
	eol         string
	level       level
	reformatted []tree.Pointer
	displaced   strings.Builder // the comments in values that became another kind of value, for the line above
}

// scope is where an edit is at: the names for headers, the pointer (which has
// list indices too), and what holds the entries.
type scope struct {
	path  []string
	at    tree.Pointer
	place place
}

func (s scope) child(name string) scope {
	return scope{path: append(slices.Clip(s.path), name), at: s.at.Child(name), place: s.place}
}

// place is what entries stand in: the lines of the file, or an inline table.
type place interface {
	// dropEntry removes an entry.
	dropEntry(en *entry)
	// styleOf is how values are written beside an entry.
	styleOf(en *entry) style
	// replaceValue writes another value for an entry.
	replaceValue(en *entry, text string)
	// insertEntry adds `key = value` after an entry, or at the end.
	insertEntry(after *entry, key []string, v any)
}

// editTable makes a table's text mean want.
func (e *editor) editTable(t *table, s scope, have, want tree.Object) {
	if e.rewriteTable(t, s, have, want) {
		return
	}
	add := make([]string, 0, 4)
	for _, m := range t.members {
		name := m.name
		w, keep := want[name]
		switch {
		case !keep:
			e.drop(m, s.place)
		case tree.Equal(have[name], w):
		case e.editMember(t, m, s.child(name), have[name], w):
		default:
			e.replace(m, s.place)
			add = append(add, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if t.member(name) == nil {
			add = append(add, name)
		}
	}
	slices.Sort(add)
	e.add(t, s, add, want)
}

// editMember changes a member where it stands, and reports false if it has to
// go and come back in another shape.
func (e *editor) editMember(t *table, m *member, s scope, have, want any) bool {
	switch {
	case m.table != nil:
		w, ok := want.(map[string]any)
		if ok {
			e.editTable(m.table, s, have.(map[string]any), w)
		}
		return ok
	case m.tables != nil:
		w, ok := want.([]any)
		for _, o := range w {
			_, isObject := o.(map[string]any)
			ok = ok && isObject
		}
		ok = ok && len(w) > 0
		if ok {
			e.editTables(m, s, have.([]any), w)
		}
		return ok
	}
	v := m.entry.value
	if t.home == nil && isBlock(want) && !isInlineBlock(v, want) {
		return false
	}
	how := s.place.styleOf(m.entry)
	if s.place == place(e) && len(v.entries) > 0 && (e.level > fine || v.size() > sizeLimit) {
		e.rewriteValue(m.entry, s, want, how)
		return true
	}
	s.place.replaceValue(m.entry, e.edited(v, s.at, have, want, how))
	if s.place == place(e) {
		e.commentAbove(m.entry, e.displaced.String())
		e.displaced.Reset()
	}
	return true
}

// isInlineBlock reports whether a value can become want without leaving its
// line: an inline table an object, an array of them another one.
func isInlineBlock(v *value, want any) bool {
	if v.kind != array {
		_, isObject := want.(map[string]any)
		return v.kind == inlineTable && isObject
	}
	_, isList := want.([]any)
	for _, en := range v.entries {
		isList = isList && en.value.kind == inlineTable
	}
	return isList && len(v.entries) > 0
}

// drop removes a member, wherever its parts stand.
func (e *editor) drop(m *member, p place) {
	m.parts(e.dropSection, p.dropEntry)
}

// replace removes a member that comes back in another shape: the comments in
// an entry stay, a line each, and the one that trails on its line.
func (e *editor) replace(m *member, p place) {
	if m.entry == nil || p != place(e) {
		e.drop(m, p)
		return
	}
	en := m.entry
	var inner strings.Builder
	e.commentsIn(&inner, en.value.span)
	if comment := e.skip(en.end, " \t"); e.text[comment] == '#' {
		e.splices.drop(span{en.start, comment})
		e.commentAbove(en, inner.String())
		return
	}
	e.splices.drop(en.line)
	for line := range strings.Lines(inner.String()) {
		e.insert(en.start, e.styleOf(en).indent+line)
	}
}
