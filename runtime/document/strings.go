package document

import "strings"

// renderString writes a string in double quotes. A text of several lines gets
// three of them, so that a prompt can be read and compared line by line.
func renderString(v string, s style) string {
	if strings.Contains(v, "\n") && !s.oneLine && s.eol == "\n" && fitsLines(v) {
		return renderLong(v)
	}
	return renderBasic(v)
}

// restyleString writes a string with the quotes of the one that it replaces, if
// they can hold the new value.
func restyleString(old, v string, s style) string {
	long := strings.Contains(v, "\n")
	switch {
	case strings.HasPrefix(old, "'''"):
		if s.eol == "\n" && fitsLines(v) && !strings.Contains(v, "''") && !strings.HasSuffix(v, "'") && (long || strings.Contains(old, "\n")) {
			return "'''\n" + v + "'''"
		}
		if !long && isLiteral(v) {
			return "'" + v + "'"
		}
	case strings.HasPrefix(old, `"""`):
		if s.eol == "\n" && fitsLines(v) && strings.Contains(old, "\n") {
			return renderLong(v)
		}
	case strings.HasPrefix(old, "'"):
		if isLiteral(v) {
			return "'" + v + "'"
		}
	}
	return renderString(v, s)
}

// isLiteral reports whether single quotes can hold a string.
func isLiteral(v string) bool {
	for _, c := range v {
		if c == '\'' || isControl(c) {
			return false
		}
	}
	return true
}

// fitsLines reports whether a text can be written line by line: it has no control
// characters, and no blanks at line ends, which editors strip.
func fitsLines(v string) bool {
	for _, c := range v {
		if c != '\n' && isControl(c) {
			return false
		}
	}
	for line := range strings.SplitSeq(v, "\n") {
		if strings.HasSuffix(line, " ") || strings.HasSuffix(line, "\t") {
			return false
		}
	}
	return true
}

func isControl(c rune) bool { return c != '\t' && c < ' ' || c == 0x7f }

// renderLong writes a string in three quotes, with the text on lines of its own.
// Escapes are needed only for backslashes, for every third quote of a run, and
// for a quote before the closing ones.
func renderLong(v string) string {
	var b strings.Builder
	b.WriteString(`"""` + "\n")
	quotes := 0 // the number directly before, without escapes
	for i := range len(v) {
		switch c := v[i]; {
		case c == '\\':
			b.WriteString(`\\`)
			quotes = 0
		case c == '"' && (quotes == 2 || i == len(v)-1):
			b.WriteString(`\"`)
			quotes = 0
		case c == '"':
			b.WriteByte(c)
			quotes++
		default:
			b.WriteByte(c)
			quotes = 0
		}
	}
	b.WriteString(`"""`)
	return b.String()
}

const hexDigits = "0123456789ABCDEF"

// renderBasic writes a string in double quotes, with the escapes of every version
// of TOML.
func renderBasic(v string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range v {
		switch c {
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case '\b':
			b.WriteString(`\b`)
		case '\t':
			b.WriteString(`\t`)
		case '\n':
			b.WriteString(`\n`)
		case '\f':
			b.WriteString(`\f`)
		case '\r':
			b.WriteString(`\r`)
		default:
			if isControl(c) {
				b.WriteString(`\u00`)
				b.WriteByte(hexDigits[c>>4])
				b.WriteByte(hexDigits[c&15])
				continue
			}
			b.WriteRune(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
