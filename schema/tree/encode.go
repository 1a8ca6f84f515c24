package tree

import (
	"bytes"
	"encoding/json"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Append appends a value as compact JSON. Members are sorted by name, so equal
// values give equal bytes; floats are as short as they can be and still look
// like floats (0.8, 2.0, 1e300); only necessary escapes are written.
//
// A json.RawMessage is appended as it is, and other types as encoding/json
// writes them, so that a reply may have rendered parts, and structs whose fields
// are in sorted order. encoding/json writes the floats inside those: 2.0 becomes
// 2 there, unless the type marshals itself.
func Append(dst []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...)
	case bool:
		return strconv.AppendBool(dst, v)
	case string:
		return AppendString(dst, v)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case uint64:
		return strconv.AppendUint(dst, v, 10)
	case int:
		return strconv.AppendInt(dst, int64(v), 10)
	case float64:
		return appendFloat(dst, v)
	case []any:
		dst = append(dst, '[')
		for i, e := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = Append(dst, e)
		}
		return append(dst, ']')
	case map[string]any:
		var room [16]string // most objects need no more
		keys := room[:0]
		if len(v) > len(room) {
			keys = make([]string, 0, len(v))
		}
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		dst = append(dst, '{')
		for i, k := range keys {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(AppendString(dst, k), ':')
			dst = Append(dst, v[k])
		}
		return append(dst, '}')
	case json.RawMessage:
		if v == nil {
			return append(dst, "null"...)
		}
		return append(dst, v...)
	default:
		return appendOther(dst, v)
	}
}

// appendOther writes a struct of this program, which is not a tree value. A type
// that JSON cannot write is a mistake of the program, not of its user.
func appendOther(dst []byte, v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("tree: not a JSON value: " + err.Error())
	}
	return append(dst, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}

// appendFloat writes a float so that it reads back as the same float, and as a
// float. JSON has no word for NaN and the infinities; callers keep them out,
// and null is what a reader can survive.
func appendFloat(dst []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(dst, "null"...)
	}
	format := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, format, -1, 64)
	if format == 'f' {
		if bytes.IndexByte(dst[start:], '.') < 0 {
			dst = append(dst, ".0"...)
		}
		return dst
	}
	// Of the exponent's sign and two digits only what says something: 1e-7, 1e300.
	exponent := start + bytes.IndexByte(dst[start:], 'e') + 1
	kept := exponent
	if dst[exponent] == '-' {
		kept++
	}
	digits := bytes.TrimLeft(dst[exponent+1:], "0")
	return append(dst[:kept], digits...)
}

const hex = "0123456789abcdef"

// AppendString appends a string as JSON, with only the escapes that JSON demands.
func AppendString[T string | []byte](dst []byte, s T) []byte {
	if len(s)+2 > cap(dst)-len(dst) {
		dst = slices.Grow(dst, max(len(s)+2, cap(dst))) // append would grow a long text by a quarter
	}
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		if i+8 <= len(s) {
			n := countPlain(eightBytes(s, i))
			if i += n; n == 8 {
				continue
			}
		}
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(string(s[i:min(i+utf8.UTFMax, len(s))]))
			if r == utf8.RuneError && size == 1 {
				dst = append(append(dst, s[start:i]...), `\ufffd`...)
				start = i + size
			}
			i += size
			continue
		}
		if c >= 0x20 && c != '"' && c != '\\' {
			i++
			continue
		}
		dst = append(dst, s[start:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		i++
		start = i
	}
	return append(append(dst, s[start:]...), '"')
}

// eightBytes returns the bytes of s from i on, the first one lowest.
func eightBytes[T string | []byte](s T, i int) uint64 {
	_ = s[i+7]
	return uint64(s[i]) | uint64(s[i+1])<<8 | uint64(s[i+2])<<16 | uint64(s[i+3])<<24 |
		uint64(s[i+4])<<32 | uint64(s[i+5])<<40 | uint64(s[i+6])<<48 | uint64(s[i+7])<<56
}

// countPlain returns how many of eight bytes come before the first one that is not ASCII
// or needs an escape in JSON. Long texts have few of those.
func countPlain(bytes uint64) int {
	const each, high = 0x0101010101010101, 0x8080808080808080
	// Each subtraction sets the high bit of the first byte that is below what is
	// subtracted, of those behind it perhaps, and of none before it.
	control := bytes - ' '*each
	quote := bytes ^ '"'*each - each
	backslash := bytes ^ '\\'*each - each
	return bits.TrailingZeros64((bytes|control|quote|backslash)&high) / 8
}
