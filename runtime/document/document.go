// Package document is one TOML text together with the tree that it means: it
// parses the text, knows where every key is, and edits in place.
//
// The promise of an edit is that it changes the bytes of the keys that it names
// and nothing else. Comments, order, blank lines, line endings, a byte order
// mark, a missing final newline, and the spelling of every other value stay as
// a person wrote them.
//
//	Parse   text ──scan──▶ layout ──decode──▶ tree
//	                         │                 │
//	Edit    wanted tree ─────┼──── differs ────┘
//	                         ▼
//	                       editor ──▶ splices: ranges to drop, texts to insert
//	                         ▲           │
//	                         │           ▼
//	                         │        edited text ──Parse──▶ is its tree the wanted one?
//	                         │                                  │ no           │ yes
//	                         └── on the next level ◀────────────┘              ▼
//	                                                                     next document
//
// The levels of an edit, each of which rewrites more than the one before:
// the differing scalars and elements; the smallest array or inline table around
// a difference; the smallest table; the top-level table around it. Comments are
// kept on every level: a value or table that is rewritten has them above it.
//
// The text is TOML 1.0. The additions of TOML 1.1 are read, and never written.
package document

import (
	"bytes"
	"slices"
	"sync"
	"unicode/utf8"

	"realmconf/schema/tree"
)

// MaxBytes is the longest text. The cost of reading and of every edit is
// bounded by it.
const MaxBytes = 1 << 20

// MaxKeys is the most keys, tables and elements of arrays in a text, together.
// The memory for a text is bounded by it: a key takes 300 bytes, and a revert has
// the trees of five texts at a time. Five requests with as many keys as a request may
// have stay below.
const MaxKeys = 60_000

// MaxTables is the most tables in a text, the inline ones and those that only a
// dotted key names included. The cost of every view is bounded by it: a view fills
// in the defaults of each table, and `{}` in a list of hooks means twelve values. A
// tool's call that removes so many tables has two views of them, their difference and
// the fields in it, and stays below 150 MB and two seconds (TestCallTool_denseChanges);
// twice as many took 220 MB.
const MaxTables = 12_000

// byteOrderMark may precede a text. It is kept and has no meaning.
var byteOrderMark = []byte("\xef\xbb\xbf")

// Document is one TOML text together with its tree. It is immutable; an edit
// makes a new one. It may be used by many goroutines at once.
type Document struct {
	text []byte // with the byte order mark
	tree tree.Object

	mu     sync.Mutex // protects the fields below, which DropPlaces frees
	layout *layout
	values []any // of the layout's spelled, for the next edit
}

// Parse reads a text, which must not be changed any more: the document keeps it. An
// error is a *SyntaxError. The empty text is a document without keys.
//
// Values that JSON does not have (dates, times, inf, nan) are strings in the
// tree, with the spelling of the text. Integers above 2^63-1 are uint64: they
// are not TOML 1.0, but Meerkat writes them.
func Parse(text []byte) (*Document, error) { return ParseLike(text, nil) }

// ParseLike is Parse of a text that resembles a known document, an earlier or a later
// text of one file: the trees share their equal objects and lists, and a value that is
// spelled alike is not decoded again. known may be nil.
func ParseLike(text []byte, known *Document) (*Document, error) {
	if len(text) > MaxBytes {
		return nil, &SyntaxError{Line: 1, Column: 1, Reason: reasonTooLong}
	}
	return parse(slices.Clip(text), known)
}

// parse reads a text, which must not be longer than MaxBytes. With a known document, both share the equal parts of their
// trees.
func parse(text []byte, known *Document) (*Document, error) {
	body := bytes.TrimPrefix(text, byteOrderMark)
	if at := firstInvalid(body); at >= 0 {
		return nil, syntaxError(body, at, "the text is not UTF-8: save it as UTF-8")
	}
	if err := checkSize(body); err != nil {
		return nil, err
	}
	l, err := scan(body)
	if err != nil {
		return nil, err
	}
	t, values, err := l.decode(known)
	if err != nil {
		return nil, err
	}
	l.escapes = nil // only decode needs them
	return &Document{text: text, layout: l, tree: t, values: values}, nil
}

// firstInvalid returns the offset of the first byte that is not UTF-8, or -1.
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

// DropPlaces frees the memory for the places of the keys, which is most of a document's.
// A document that is only compared does not need them. The first call that does finds
// them again.
func (d *Document) DropPlaces() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.layout, d.values = nil, nil
}

// places returns where everything is in the text.
func (d *Document) places() *layout {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.layout == nil {
		l, err := scan(bytes.TrimPrefix(d.text, byteOrderMark))
		if err != nil {
			panic("document: a text that was read is not TOML: " + err.Error())
		}
		l.escapes = nil
		d.layout = l
	}
	return d.layout
}

// Text is the document's bytes, with the byte order mark. They must not be
// changed.
func (d *Document) Text() []byte { return d.text }

// Tree is the document's tree. It must not be changed.
func (d *Document) Tree() tree.Object { return d.tree }
