package policy

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"realmconf/tools/layout"
)

// quote returns a text that others chose as a person is shown it in a question: in
// quotation marks, and with every character escaped that could be taken for the
// question's own text, also by a host that joins its lines, or renders them as Markdown
// or HTML:
//
//   - as \u0022: quotation marks and characters that look like them, backslashes, the
//     signs of HTML, all but the first of several spaces, and what VisibleText escapes;
//   - with a backslash: the signs of Markdown, which it renders as themselves then.
func quote(s string) string { return `"` + joinCells(cellsOf(s)) + `"` }

// cell is a character of a text, as it is shown.
type cell string

// cellsOf returns the characters of a text as quote shows them, without the marks
// around.
func cellsOf(s string) []cell {
	text, invalid := decode(s)
	escaped := findLookAlikes(text)
	for i, r := range text {
		escaped[i] = escaped[i] || IsHidden(r) || isOddMark(text, i) || imitatesQuestion(text, i)
	}
	for _, i := range invalid {
		escaped[i] = true
	}
	cells := make([]cell, len(text))
	for i, r := range text {
		switch {
		case len(invalid) > 0 && invalid[0] == i:
			invalid = invalid[1:]
			cells[i] = cell(fmt.Sprintf(`\x%02x`, r))
		case escaped[i]:
			cells[i] = cell(escape(r))
		case isMarkdown(text, escaped, i):
			cells[i] = cell(`\` + string(r))
		default:
			cells[i] = cell(string(r))
		}
	}
	return cells
}

// escape returns the escape sequence of a character.
func escape(r rune) string {
	if r < ' ' || r >= unicode.MaxASCII {
		return strings.Trim(strconv.QuoteRuneToASCII(r), "'")
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// decode returns the characters of a text, and the places of bytes that are not UTF-8.
func decode(s string) (text []rune, invalid []int) {
	text = make([]rune, 0, len(s))
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			invalid = append(invalid, len(text))
			r = rune(s[i])
		}
		text = append(text, r)
		i += size
	}
	return text, invalid
}

// imitatesQuestion reports whether the character at i looks like a sign that a question
// is written with, or changes how a host shows it.
func imitatesQuestion(text []rune, i int) bool {
	r, before := text[i], rune(0)
	if i > 0 {
		before = text[i-1]
	}
	switch {
	case strings.ContainsRune("\"\\<>&", r):
		return true
	case r == ' ':
		return before == ' '
	case strings.ContainsRune(apostrophes, r): // two look like a quotation mark
		return strings.ContainsRune(apostrophes, before)
	}
	return unicode.Is(quotationLookAlikes, r)
}

const apostrophes = "'’‘‚‛´`"

// isMarkdown reports whether the character at i is a sign of Markdown. An underscore
// within a word is not, unless an escape sequence is beside it: that begins with a sign.
func isMarkdown(text []rune, escaped []bool, i int) bool {
	if text[i] != '_' {
		return strings.ContainsRune("*`[]#|~", text[i])
	}
	start, end := i, i
	for start > 0 && text[start-1] == '_' {
		start--
	}
	for end < len(text) && text[end] == '_' {
		end++
	}
	isWord := func(i int) bool { return !escaped[i] && (unicode.IsLetter(text[i]) || unicode.IsDigit(text[i])) }
	return start == 0 || end == len(text) || !isWord(start-1) || !isWord(end)
}

// joinCells returns the text of cells. Text that is written from right to left is
// isolated, so that it does not turn the text beside it.
func joinCells(cells []cell) string {
	var b strings.Builder
	for _, c := range cells {
		b.WriteString(string(c))
	}
	return isolate(b.String())
}

// isolate keeps text that is written from right to left by itself (Unicode Annex 9,
// section 2.4).
func isolate(s string) string {
	isRightToLeft := func(r rune) bool {
		return r >= 0x0590 && r <= 0x08ff || r >= 0xfb1d && r <= 0xfdff || r >= 0xfe70 && r <= 0xfeff
	}
	if strings.ContainsFunc(s, isRightToLeft) {
		const start, end = "\u2068", "\u2069"
		return start + s + end
	}
	return s
}

// width returns how many columns cells take.
func width(cells []cell) int {
	n := 0
	for _, c := range cells {
		n += layout.Width(string(c))
	}
	return n
}
