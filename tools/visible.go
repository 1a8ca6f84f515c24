package tools

import (
	"strconv"
	"strings"
	"unicode"

	"realmconf/schema/tree"
)

// name is a word of the client's, or a path, as a person is shown it: as it is
// when it is made of what words and paths are made of, else in quotes.
func name(s string) string {
	plain := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("/_-.~*@+", r)
	}
	if shown := visible(s); s != "" && shown == s && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return visible(string(tree.Append(nil, s)))
}

// visible is a text in which everything can be seen: what has no shape of its
// own, like a line break, a blank that is none, or a sign that turns the
// direction of writing, is written as an escape. Text that is written from right
// to left is kept together, so that it does not turn what stands beside it.
func visible(s string) string {
	var b strings.Builder
	turned := false
	for _, r := range s {
		switch {
		case hidden(r):
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
			continue
		case unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko):
			turned = true
		}
		b.WriteRune(r)
	}
	if turned {
		const isolate, end = "\u2068", "\u2069" // Unicode Annex 9, section 2.4
		return isolate + b.String() + end
	}
	return b.String()
}

// hidden reports whether a rune shows nothing, or is not what it looks like.
func hidden(r rune) bool {
	if r < unicode.MaxASCII {
		return r < ' ' || r == 0x7f
	}
	const blankPattern, joiner = '\u2800', '\u034f' // of Braille; the combining grapheme joiner
	return !strconv.IsGraphic(r) || unicode.Is(unicode.Zs, r) || r == blankPattern || r == joiner ||
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) ||
		r >= 0x17b4 && r <= 0x17b5 || r >= 0x180b && r <= 0x180f || r >= 0xe0000 && r <= 0xe0fff
}
