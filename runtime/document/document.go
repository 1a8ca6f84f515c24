// Package document is one TOML text together with the value that it means: it
// parses the text, knows where every key stands, and edits in place.
//
// The promise of an edit is that it changes the bytes of the keys it names and
// nothing else. Comments, order, blank lines, line endings, a byte order mark,
// a missing final newline, and the spelling of every other value stay as a
// person wrote them.
//
// The text is TOML 1.0; what TOML 1.1 adds is read, and never written.
package document

import (
	"bytes"
	"unicode/utf8"

	"realmconf/schema/tree"
)

// MaxBytes is how long a text may be. Longer ones are refused: the cost of
// reading and of every edit is bounded by it.
const MaxBytes = 1 << 20

// byteOrderMark may stand before the text. It is kept and means nothing.
var byteOrderMark = []byte("\xef\xbb\xbf")

// Document is one TOML text together with the tree it means. It is immutable;
// an edit makes a new one. It may be used by many goroutines at once.
type Document struct {
	text   []byte // with the byte order mark
	layout *layout
	tree   tree.Object
}

// Parse reads a text. An error is a *SyntaxError. The empty text is a document
// without keys. The text is copied.
//
// Values that JSON cannot carry (dates, times, inf, nan) stand in the tree as
// strings in the very spelling of the text. Integers above 2^63-1 are uint64:
// they are not TOML 1.0, but the peer writes them.
func Parse(text []byte) (*Document, error) { return parse(text, new(Document)) }

// parse is Parse for a text that has much in common with that of another
// document. The trees share what is exactly the same in members of the root.
func parse(text []byte, known *Document) (*Document, error) {
	if len(text) > MaxBytes {
		return nil, &SyntaxError{Line: 1, Column: 1, Reason: reasonTooLong}
	}
	text = bytes.Clone(text)
	body := bytes.TrimPrefix(text, byteOrderMark)
	if at := firstInvalid(body); at >= 0 {
		return nil, syntaxError(body, at, "the text is not UTF-8: save the file as UTF-8")
	}
	l, err := reread(body, known.layout)
	if err != nil {
		return nil, err
	}
	t, err := l.meaning(known)
	if err != nil {
		return nil, err
	}
	tree.Share(t, known.tree)
	return &Document{text: text, layout: l, tree: t}, nil
}

// firstInvalid is the offset of the first byte that is not UTF-8, or -1.
func firstInvalid(text []byte) int {
	if utf8.Valid(text) {
		return -1
	}
	for i := 0; ; {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
}

// Text is the document's bytes, the byte order mark included. They are not to
// be written into.
func (d *Document) Text() []byte { return d.text }

// Tree is what the text means. It is not to be written into.
func (d *Document) Tree() tree.Object { return d.tree }

// Position says where the key that p points to stands, both numbers counted
// from 1, columns in characters. A table stands at its name in its own header,
// or else where it is first mentioned; a list's entry at its first character or
// header. The root stands at 1:1. ok is false for what is not in the text; the
// parent's position is then the next best answer.
func (d *Document) Position(p tree.Pointer) (line, column int, ok bool) {
	at, ok := d.layout.find(p)
	if !ok {
		return 0, 0, false
	}
	line, column = lineColumn(d.layout.text, at)
	return line, column, true
}

// find is the offset of what p points to.
func (l *layout) find(p tree.Pointer) (int, bool) {
	if len(p) == 0 {
		return 0, true
	}
	t := l.root
	for i := 0; i < len(p); i++ {
		m := t.member(p[i])
		if m == nil {
			return 0, false
		}
		rest := p[i+1:]
		switch {
		case m.entry != nil && len(rest) == 0:
			return m.at, true
		case m.entry != nil:
			return m.entry.value.find(rest)
		case len(rest) == 0:
			return m.at, true
		case m.table != nil:
			t = m.table
		default:
			n, isIndex := tree.ArrayIndex(rest[0])
			if !isIndex || n >= len(m.tables) {
				return 0, false
			}
			t = m.tables[n]
			if len(rest) == 1 {
				return t.header.key[len(t.header.key)-1].start, true
			}
			i++
		}
	}
	return 0, false
}

// find is the offset of what p points to inside a value.
func (v *value) find(p tree.Pointer) (int, bool) {
	switch v.kind {
	case inlineTable:
		inner := layout{root: v.table}
		return inner.find(p)
	case array:
		n, isIndex := tree.ArrayIndex(p[0])
		if !isIndex || n >= len(v.entries) {
			return 0, false
		}
		e := v.entries[n]
		if len(p) == 1 {
			return e.start, true
		}
		return e.value.find(p[1:])
	default:
		return 0, false
	}
}
