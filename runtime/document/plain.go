package document

import "strconv"

// plainValue returns the value of a scalar of which there can be no two opinions: true or
// false, a decimal number of a few digits, a string of one line of printable ASCII
// characters without a backslash. It returns nil for any other scalar, which the TOML
// decoder reads, too.
func (d *decoder) plainValue(v *value) any {
	raw := d.text[v.start():v.end()]
	switch v.kind {
	case boolean:
		return raw[0] == 't'
	case integer:
		if n, isPlain := plainInteger(raw); isPlain {
			return n
		}
	case float:
		if n, err := strconv.ParseFloat(string(raw), 64); err == nil && isPlainFloat(raw) {
			return n
		}
	case stringValue:
		if isPlainString(raw) {
			return d.strings.copyOf(raw[1 : len(raw)-1])
		}
	}
	return nil
}

// mostPlain is a length of integers that always fit.
const mostPlain = 17

// plainInteger returns the value of some decimal digits with a minus sign or none, and
// single underscores between them.
func plainInteger(raw []byte) (n int64, isPlain bool) {
	digits := raw
	if raw[0] == '-' {
		digits = raw[1:]
	}
	if len(raw) > mostPlain || !isPlainNumber(digits) {
		return 0, false
	}
	for i, c := range digits {
		switch {
		case '0' <= c && c <= '9':
			n = 10*n + int64(c-'0')
		case c != '_' || digits[i-1] == '_' || i == len(digits)-1:
			return 0, false
		}
	}
	if len(digits) < len(raw) {
		n = -n
	}
	return n, true
}

// isPlainNumber reports whether the digits of a number begin with one from 1 to 9, or are
// 0 alone.
func isPlainNumber(digits []byte) bool {
	return len(digits) > 0 && ('1' <= digits[0] && digits[0] <= '9' || len(digits) == 1 && digits[0] == '0')
}

// isPlainFloat reports whether a float is digits, a point and digits, with a minus sign or
// none.
func isPlainFloat(raw []byte) bool {
	if raw[0] == '-' {
		raw = raw[1:]
	}
	point := -1
	for i, c := range raw {
		switch {
		case c == '.' && point < 0:
			point = i
		case c < '0' || c > '9':
			return false
		}
	}
	return point > 0 && point < len(raw)-1 && isPlainNumber(raw[:point])
}

// isPlainString reports whether a string has one quote at each end, and between them only
// characters that the value has, too.
func isPlainString(raw []byte) bool {
	for _, c := range raw[1 : len(raw)-1] {
		if c < ' ' || c > '~' || c == '\\' || c == raw[0] {
			return false
		}
	}
	return true
}
