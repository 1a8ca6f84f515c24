package tree

import (
	"strconv"
	"unicode/utf8"
)

// number reads a number by RFC 8259's grammar and keeps it exact.
func (d *decoder) number() (any, error) {
	start := d.pos
	if d.peek() == '-' {
		d.pos++
	}
	if d.peek() == '0' {
		d.pos++
	} else if !d.digits() {
		return nil, d.malformed("a digit is needed here")
	}
	isFloat := false
	if d.peek() == '.' {
		isFloat = true
		d.pos++
		if !d.digits() {
			return nil, d.malformed("a digit is needed here")
		}
	}
	if c := d.peek(); c == 'e' || c == 'E' {
		isFloat = true
		d.pos++
		if c := d.peek(); c == '+' || c == '-' {
			d.pos++
		}
		if !d.digits() {
			return nil, d.malformed("a digit is needed here")
		}
	}
	if !d.build {
		return nil, nil
	}
	text := string(d.data[start:d.pos])
	if isFloat {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, d.fail(Range, start, "the number is too large")
		}
		return f, nil
	}
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return i, nil
	}
	u, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return nil, d.fail(Range, start, "the integer does not fit in 64 bits")
	}
	return u, nil
}

func (d *decoder) digits() bool {
	start := d.pos
	for c := d.peek(); c >= '0' && c <= '9'; c = d.peek() {
		d.pos++
	}
	return d.pos > start
}

// string reads a string, which must be UTF-8. The result may be a part of the
// text.
func (d *decoder) string() ([]byte, error) {
	d.pos++
	start := d.pos
	var out []byte // nil before the first escape
	for {
		if d.pos >= len(d.data) {
			return nil, d.malformed("the text ends inside a string")
		}
		switch c := d.data[d.pos]; {
		case c == '"':
			s := d.data[start:d.pos]
			d.pos++
			if out == nil {
				return s, nil
			}
			return append(out, s...), nil
		case c == '\\':
			out = append(out, d.data[start:d.pos]...)
			r, err := d.escape()
			if err != nil {
				return nil, err
			}
			out = utf8.AppendRune(out, r)
			start = d.pos
		case c < 0x20:
			return nil, d.malformed("a control character inside a string must be escaped")
		case c < utf8.RuneSelf:
			d.pos++
		default:
			r, size := utf8.DecodeRune(d.data[d.pos:])
			if r == utf8.RuneError && size == 1 {
				return nil, d.malformed("these bytes are not UTF-8")
			}
			d.pos += size
		}
	}
}

// escape reads one escape sequence; a surrogate must come with its other half.
func (d *decoder) escape() (rune, error) {
	start := d.pos
	d.pos++
	if d.pos == len(d.data) {
		return 0, d.malformed("the text ends inside a string")
	}
	c := d.peek()
	d.pos++
	switch c {
	case '"', '\\', '/':
		return rune(c), nil
	case 'b':
		return '\b', nil
	case 'f':
		return '\f', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	case 'u':
		r, ok := d.hex4()
		if !ok {
			return 0, d.malformed("four hexadecimal digits are needed here")
		}
		if r < 0xd800 || r > 0xdfff {
			return r, nil
		}
		if r < 0xdc00 && d.peek() == '\\' && d.pos+1 < len(d.data) && d.data[d.pos+1] == 'u' {
			d.pos += 2
			if low, ok := d.hex4(); ok && low >= 0xdc00 && low <= 0xdfff {
				return (r-0xd800)<<10 + (low - 0xdc00) + 0x10000, nil
			}
		}
		return 0, d.fail(Malformed, start, "half of a surrogate pair is missing")
	default:
		return 0, d.fail(Malformed, start, "this escape sequence does not exist")
	}
}

func (d *decoder) hex4() (rune, bool) {
	if len(d.data)-d.pos < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(string(d.data[d.pos:d.pos+4]), 16, 32)
	if err != nil {
		return 0, false
	}
	d.pos += 4
	return rune(n), true
}
