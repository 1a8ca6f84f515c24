package tree

import (
	"bytes"
	"fmt"
	"math"
)

// MaxDepth is how deep arrays and objects may be nested. Deeper text is refused,
// so that recursion is bounded; no configuration needs more.
const MaxDepth = 128

// DecodeError tells why some bytes are not the JSON that was asked for. Its text
// names the place and never quotes the bytes, which may be a secret.
type DecodeError struct {
	Kind   DecodeKind
	Offset int     // in bytes, from 0
	Path   Pointer // of the value in question, as far as it is known
	Reason string
}

// DecodeKind is the sort of a DecodeError.
type DecodeKind int

const (
	// Malformed is text that is not JSON (RFC 8259), or not UTF-8.
	Malformed DecodeKind = iota
	// Duplicate is an object with two members of one name.
	Duplicate
	// Range is a number that is too large: an integer of more than 64 bits, or
	// a float beyond 64-bit floating point.
	Range
	// Shape is JSON that is not an object, or a list, where one is needed.
	Shape
)

// Error names the place and the reason.
func (e *DecodeError) Error() string {
	if len(e.Path) > 0 {
		return fmt.Sprintf("byte %d (%s): %s", e.Offset, e.Path, e.Reason)
	}
	return fmt.Sprintf("byte %d: %s", e.Offset, e.Reason)
}

// Decode reads one JSON value, exactly: integers keep every digit. Mistakes that
// encoding/json silently corrects (duplicate members, bytes that are not UTF-8,
// single surrogates, integers of more than 64 bits) are a *DecodeError. A value
// with more than MaxKeys values in it is a *LimitError; the count ends there, so
// that no more memory is used.
func Decode(data []byte) (any, error) { return decodeUpTo(MaxKeys, data) }

// DecodeObject is Decode for text that must be an object.
func DecodeObject(data []byte) (Object, error) { return objectOf(data, Decode) }

// Known is the value of a member that most objects of a sequence have in common.
type Known struct {
	Name  string
	Raw   []byte // the value in its own bytes, without spaces around it
	Value any    // stands for it in an object
}

// DecodeObjectKnown is DecodeObject, except that a member of the object which is known
// is not decoded again. It returns also the bytes of the member that has the name, nil
// if there is none. It decodes everything of a text that is so long that it could have
// more than MaxKeys values.
func DecodeObjectKnown(data []byte, known Known) (o Object, raw []byte, err error) {
	d := decoder{data: data, build: true, left: MaxKeys}
	if len(data) <= MaxKeys {
		d.known = known
	}
	o, err = objectOf(data, func([]byte) (any, error) { return d.document() })
	return o, d.raw, err
}

// DecodeUnlimited is Decode without the limit, for text that no client sent: the
// replies of this program, which show a file of any size, and a person's files.
func DecodeUnlimited(data []byte) (any, error) { return decodeUpTo(math.MaxInt, data) }

// DecodeObjectUnlimited is DecodeUnlimited for text that must be an object.
func DecodeObjectUnlimited(data []byte) (Object, error) { return objectOf(data, DecodeUnlimited) }

func decodeUpTo(limit int, data []byte) (any, error) {
	d := decoder{data: data, build: true, left: limit}
	v, err := d.document()
	if err != nil {
		return nil, err
	}
	return v, nil
}

func objectOf(data []byte, decode func([]byte) (any, error)) (Object, error) {
	v, err := decode(data)
	if err != nil {
		return nil, err
	}
	o, ok := v.(map[string]any)
	if !ok {
		d := decoder{data: data}
		d.space()
		return nil, d.fail(Shape, d.pos, "an object is needed here, not "+WithArticle(TypeName(v)))
	}
	return o, nil
}

// decoder is one pass over the text. Without build it only checks.
type decoder struct {
	data  []byte
	pos   int
	depth int
	build bool
	left  int // values that may still be built, besides the root

	known Known  // a member of the root; none if it has no name
	raw   []byte // the value of the root's member with that name
}

func (d *decoder) document() (any, error) {
	d.space()
	v, err := d.value()
	if err != nil {
		return nil, err
	}
	return v, d.end()
}

// end checks that only space is left.
func (d *decoder) end() error {
	d.space()
	if d.pos < len(d.data) {
		return d.malformed("there is more after the value")
	}
	return nil
}

func (d *decoder) space() {
	for d.pos < len(d.data) {
		switch d.data[d.pos] {
		case ' ', '\t', '\n', '\r':
			d.pos++
		default:
			return
		}
	}
}

// peek returns the next byte, or 0 at the end: no JSON token starts with 0.
func (d *decoder) peek() byte {
	if d.pos < len(d.data) {
		return d.data[d.pos]
	}
	return 0
}

// fail returns an error without a path. Each value that the place is in adds its step on
// the way out, by inMember or inEntry: a text without a mistake needs no path.
func (d *decoder) fail(kind DecodeKind, offset int, reason string) error {
	return &DecodeError{Kind: kind, Offset: offset, Reason: reason}
}

// inMember returns an error that occurred in a member.
func inMember(err error, name []byte) error { return inValue(err, Pointer{string(name)}) }

// inEntry returns an error that occurred in an entry of a list.
func inEntry(err error, index int) error { return inValue(err, Pointer(nil).Index(index)) }

func inValue(err error, at Pointer) error {
	if e, ok := err.(*DecodeError); ok {
		e.Path = append(at, e.Path...)
	}
	return err
}

func (d *decoder) malformed(reason string) error { return d.fail(Malformed, d.pos, reason) }

func (d *decoder) duplicate(name []byte, at int) error {
	return d.fail(Duplicate, at, fmt.Sprintf("member %q is given twice: give it once", name))
}

func (d *decoder) value() (any, error) {
	switch c := d.peek(); {
	case c == '{':
		return d.objectValue()
	case c == '[':
		return d.array()
	case c == '"':
		s, err := d.string()
		if !d.build {
			return nil, err
		}
		return string(s), err
	case c == '-' || (c >= '0' && c <= '9'):
		return d.number()
	case c == 't':
		return true, d.literal("true")
	case c == 'f':
		return false, d.literal("false")
	case c == 'n':
		return nil, d.literal("null")
	case d.pos >= len(d.data):
		return nil, d.malformed("the text ends where a value is needed")
	default:
		return nil, d.malformed("a value is needed here")
	}
}

func (d *decoder) literal(word string) error {
	if len(d.data)-d.pos < len(word) || string(d.data[d.pos:d.pos+len(word)]) != word {
		return d.malformed("a value is needed here")
	}
	d.pos += len(word)
	return nil
}

func (d *decoder) objectValue() (any, error) {
	if !d.build {
		return nil, d.checkObject()
	}
	if err := d.enter(); err != nil {
		return nil, err
	}
	o := make(map[string]any)
	for isFirst := true; ; isFirst = false {
		name, at, more, err := d.member(isFirst)
		if err != nil || !more {
			return o, err
		}
		if _, has := o[string(name)]; has {
			return nil, inMember(d.duplicate(name, at), name)
		}
		if err := d.count(); err != nil {
			return nil, err
		}
		v, err := d.memberValue(name)
		if err != nil {
			return nil, inMember(err, name)
		}
		if d.depth <= 2 {
			o[memberName(name)] = v
		} else {
			o[string(name)] = v
		}
	}
}

// memberValue reads the value of a member, unless it is known.
func (d *decoder) memberValue(name []byte) (any, error) {
	if d.depth > 1 || d.known.Name == "" || string(name) != d.known.Name {
		return d.value()
	}
	start := d.pos
	if d.hasKnown() {
		d.pos += len(d.known.Raw)
		d.raw = d.data[start:d.pos:d.pos]
		return d.known.Value, nil
	}
	v, err := d.value()
	d.raw = d.data[start:d.pos:d.pos]
	return v, err
}

// hasKnown reports whether the next value is the known one. One that only begins with
// its bytes goes on: only an object and a list end with their last byte.
func (d *decoder) hasKnown() bool {
	raw := d.known.Raw
	return len(raw) > 0 && (raw[0] == '{' || raw[0] == '[') && bytes.HasPrefix(d.data[d.pos:], raw)
}

// checkObject reads an object of which nothing is built.
func (d *decoder) checkObject() error {
	if err := d.enter(); err != nil {
		return err
	}
	for isFirst := true; ; isFirst = false {
		name, _, more, err := d.member(isFirst)
		if err != nil || !more {
			return err
		}
		if _, err := d.value(); err != nil {
			return inMember(err, name)
		}
	}
}

// member reads the name of the next member of an object, up to its value, or the end of
// the object.
func (d *decoder) member(isFirst bool) (name []byte, at int, more bool, err error) {
	d.space()
	if d.peek() == '}' {
		d.leave()
		return nil, 0, false, nil
	}
	if !isFirst {
		if d.peek() != ',' {
			return nil, 0, false, d.malformed("\",\" or \"}\" is needed here")
		}
		d.pos++
		d.space()
	}
	at = d.pos
	if d.peek() != '"' {
		return nil, 0, false, d.malformed("a member name in double quotes is needed here")
	}
	if name, err = d.string(); err != nil {
		return nil, 0, false, err
	}
	d.space()
	if d.peek() != ':' {
		return nil, 0, false, d.malformed("\":\" is needed here")
	}
	d.pos++
	d.space()
	return name, at, true, nil
}

func (d *decoder) array() (any, error) {
	if err := d.enter(); err != nil {
		return nil, err
	}
	a := []any{}
	d.space()
	for i := 0; d.peek() != ']'; i++ {
		if i > 0 {
			if d.peek() != ',' {
				return nil, d.malformed("\",\" or \"]\" is needed here")
			}
			d.pos++
			d.space()
		}
		if err := d.count(); err != nil {
			return nil, err
		}
		v, err := d.value()
		if err != nil {
			return nil, inEntry(err, i)
		}
		if d.build {
			a = append(a, v)
		}
		d.space()
	}
	d.leave()
	return a, nil
}

// count counts one more value that is built.
func (d *decoder) count() error {
	if !d.build {
		return nil
	}
	if d.left == 0 {
		return &LimitError{Counted: "keys and list entries", Limit: MaxKeys}
	}
	d.left--
	return nil
}

func (d *decoder) enter() error {
	if d.depth == MaxDepth {
		return d.malformed(fmt.Sprintf("nested deeper than %d levels", MaxDepth))
	}
	d.depth++
	d.pos++
	return nil
}

func (d *decoder) leave() {
	d.depth--
	d.pos++
}
