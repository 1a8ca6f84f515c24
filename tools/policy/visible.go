package policy

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"realmconf/schema/tree"
)

// Place returns a pointer as texts name it: the empty pointer is the configuration.
func Place(p tree.Pointer) string { return cmp.Or(p.String(), "the configuration") }

// visiblePlace returns a pointer as a person is shown it.
func visiblePlace(p tree.Pointer) string {
	if len(p) == 0 {
		return Place(p)
	}
	return visibleName(p.String())
}

// jsonQuote returns a text as a JSON string, of any length.
func jsonQuote(s string) string { return string(tree.Append(nil, s)) }

// visibleName returns a name that the client chose, or a path, as a person is shown it:
// quoted if it has other signs than names and paths usually have, or could be taken for
// the beginning of a list.
func visibleName(s string) string {
	quoted := quote(s)
	if quoted != `"`+s+`"` || !isPlainName(s) {
		return quoted
	}
	return s
}

// isPlainName reports whether a text is one word, or a path of such words.
func isPlainName(s string) bool {
	isWord := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	hasOtherSign := func(r rune) bool { return !isWord(r) && !strings.ContainsRune("/_-.@+", r) }
	first, _ := utf8.DecodeRuneInString(strings.TrimPrefix(s, "/"))
	last, _ := utf8.DecodeLastRuneInString(s)
	return isWord(first) && isWord(last) && !strings.ContainsFunc(s, hasOtherSign)
}

// EscapeHidden returns a text with an escape sequence for every character that a
// reader cannot see or would mistake for another (IsHidden), and for every byte
// that is not UTF-8.
func EscapeHidden(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case IsHidden(r):
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		default:
			b.WriteString(s[:size])
		}
		s = s[size:]
	}
	return b.String()
}

// VisibleText returns a text of others, which a person decides about, as a terminal shows
// it. It has an escape sequence for what EscapeHidden escapes, for marks that cross out
// or surround letters, and for characters that a reader would take for ASCII ones
// (findLookAlikes); prose in other alphabets stays. Spaces that follow another space are
// shown as middle dots, but not those that the text begins with.
//
// js/visible.js of the review page has the same rules.
func VisibleText(s string) string {
	text, invalid := decode(s)
	escaped := findLookAlikes(text)
	var b strings.Builder
	isIndent := true
	for i, r := range text {
		isIndent = isIndent && r == ' '
		isAfterSpace := i > 0 && text[i-1] == ' '
		switch {
		case len(invalid) > 0 && invalid[0] == i:
			invalid = invalid[1:]
			fmt.Fprintf(&b, `\x%02x`, r)
		case r == ' ' && isAfterSpace && !isIndent:
			b.WriteRune(middleDot)
		case escaped[i], IsHidden(r) && !isJoinerInScript(text, i), isOddMark(text, i),
			r == middleDot && (isAfterSpace || i+1 < len(text) && text[i+1] == ' '):
			b.WriteString(escape(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

const middleDot = '·'

// maxMarks is how many marks one letter may carry: more reach into other lines.
const maxMarks = 3

// isOddMark reports whether the character at i is a mark that surrounds or crosses out
// another one, or belongs to no letter, or is one of too many.
func isOddMark(text []rune, i int) bool {
	r := text[i]
	switch {
	case unicode.Is(unicode.Me, r):
		return true
	case !unicode.Is(unicode.Mn, r):
		return false
	case r >= 0x0334 && r <= 0x0338: // strokes
		return true
	}
	for n := 1; n <= maxMarks && n <= i; n++ {
		switch before := text[i-n]; {
		case unicode.IsLetter(before):
			return false
		case !unicode.IsMark(before):
			return true
		}
	}
	return true
}

// isJoinerInScript reports whether the character at i joins or separates two letters of
// a script that needs that, as Persian does.
func isJoinerInScript(text []rune, i int) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	isIn := func(r rune) bool { return scriptOf(r) == otherScript || unicode.IsMark(r) }
	return (text[i] == nonJoiner || text[i] == joiner) && i > 0 && i+1 < len(text) && isIn(text[i-1]) && scriptOf(text[i+1]) == otherScript
}

// IsHidden reports whether a character shows nothing, changes the terminal or the
// direction of writing, or looks like another one: control characters, line
// breaks, blanks other than the space.
func IsHidden(r rune) bool {
	if r < unicode.MaxASCII {
		return r < ' ' || r == 0x7f
	}
	const blankPattern = '\u2800' // of Braille
	return !strconv.IsGraphic(r) || unicode.Is(unicode.Zs, r) || r == blankPattern ||
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) ||
		r >= 0x17b4 && r <= 0x17b5 || r >= 0x180b && r <= 0x180f || r >= 0xe0000 && r <= 0xe0fff
}
