package policy

import (
	"cmp"
	"strconv"
	"strings"
	"unicode"

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

// visibleName returns a name that the client chose, or a path, as a person is
// shown it: in quotes if it has other signs than names and paths usually have.
func visibleName(s string) string {
	isPlain := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("/_-.~*@+", r)
	}
	if shown := visible(s); s != "" && shown == s && strings.IndexFunc(s, func(r rune) bool { return !isPlain(r) }) < 0 {
		return s
	}
	return visible(jsonQuote(s))
}

// visible returns a text with an escape for every sign that a reader cannot see
// or would mistake for another: line breaks, blanks other than the space,
// signs that turn the direction of writing. Text that is written from right to
// left is isolated, so that it does not turn the text beside it.
func visible(s string) string {
	var b strings.Builder
	rightToLeft := false
	for _, r := range s {
		switch {
		case isHidden(r):
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
			continue
		case unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko):
			rightToLeft = true
		}
		b.WriteRune(r)
	}
	if rightToLeft {
		const isolate, end = "\u2068", "\u2069" // Unicode Annex 9, section 2.4
		return isolate + b.String() + end
	}
	return b.String()
}

// isHidden reports whether a rune shows nothing, or looks like another one.
func isHidden(r rune) bool {
	if r < unicode.MaxASCII {
		return r < ' ' || r == 0x7f
	}
	const blankPattern = '\u2800' // of Braille
	return !strconv.IsGraphic(r) || unicode.Is(unicode.Zs, r) || r == blankPattern ||
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) ||
		r >= 0x17b4 && r <= 0x17b5 || r >= 0x180b && r <= 0x180f || r >= 0xe0000 && r <= 0xe0fff
}
