package policy

import (
	"strings"
	"unicode"
)

// disguises are the characters that look like others, or like the signs that a
// question is written with, whatever is beside them. Common texts do not need them.
var disguises = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x0250, Hi: 0x02ff, Stride: 1}, // phonetic letters and modifiers
		{Lo: 0x03e2, Hi: 0x03ef, Stride: 1}, // Coptic
		{Lo: 0x0589, Hi: 0x0589, Stride: 1}, // a full stop like a colon
		{Lo: 0x05c3, Hi: 0x05c3, Stride: 1},
		{Lo: 0x05f4, Hi: 0x05f4, Stride: 1}, // like a quotation mark
		{Lo: 0x066a, Hi: 0x066d, Stride: 1}, // like %, comma and asterisk
		{Lo: 0x0701, Hi: 0x0709, Stride: 1}, // like full stops and colons
		{Lo: 0x13a0, Hi: 0x13ff, Stride: 1}, // Cherokee
		{Lo: 0x1680, Hi: 0x16ff, Stride: 1}, // Ogham and runes
		{Lo: 0x1d00, Hi: 0x1dbf, Stride: 1}, // phonetic letters
		{Lo: 0x2010, Hi: 0x2012, Stride: 1}, // like hyphens
		{Lo: 0x2016, Hi: 0x2017, Stride: 1},
		{Lo: 0x201c, Hi: 0x201f, Stride: 1}, // quotation marks
		{Lo: 0x2024, Hi: 0x2025, Stride: 1}, // like full stops
		{Lo: 0x2032, Hi: 0x203a, Stride: 1}, // like quotation marks
		{Lo: 0x2044, Hi: 0x2044, Stride: 1}, // like a slash
		{Lo: 0x2057, Hi: 0x2057, Stride: 1},
		{Lo: 0x2102, Hi: 0x2102, Stride: 1}, // letters of mathematics, and those like K and Å
		{Lo: 0x2107, Hi: 0x2107, Stride: 1},
		{Lo: 0x210a, Hi: 0x2115, Stride: 1},
		{Lo: 0x2118, Hi: 0x211d, Stride: 1},
		{Lo: 0x2124, Hi: 0x214f, Stride: 1},
		{Lo: 0x2150, Hi: 0x218f, Stride: 1}, // numbers like letters
		{Lo: 0x2212, Hi: 0x2212, Stride: 1}, // like a hyphen
		{Lo: 0x2215, Hi: 0x2219, Stride: 1}, // like a slash, a backslash and full stops
		{Lo: 0x2223, Hi: 0x2223, Stride: 1},
		{Lo: 0x2236, Hi: 0x2236, Stride: 1}, // like a colon
		{Lo: 0x223c, Hi: 0x223c, Stride: 1},
		{Lo: 0x2460, Hi: 0x24ff, Stride: 1}, // letters in circles
		{Lo: 0x2571, Hi: 0x2572, Stride: 1},
		{Lo: 0x275b, Hi: 0x2775, Stride: 1}, // ornaments like quotation marks and brackets
		{Lo: 0x27e6, Hi: 0x27ef, Stride: 1},
		{Lo: 0x29f8, Hi: 0x29f9, Stride: 1},
		{Lo: 0x2c60, Hi: 0x2c7f, Stride: 1}, // Latin letters of phonetics
		{Lo: 0x2c80, Hi: 0x2cff, Stride: 1}, // Coptic
		{Lo: 0x3003, Hi: 0x3003, Stride: 1},
		{Lo: 0x301d, Hi: 0x301f, Stride: 1},
		{Lo: 0xa4d0, Hi: 0xa4ff, Stride: 1}, // Lisu
		{Lo: 0xa720, Hi: 0xa7ff, Stride: 1}, // Latin letters of phonetics
		{Lo: 0xab30, Hi: 0xabbf, Stride: 1}, // and Cherokee
		{Lo: 0xfb00, Hi: 0xfb17, Stride: 1}, // ligatures
		{Lo: 0xff02, Hi: 0xff02, Stride: 1},
		{Lo: 0xff07, Hi: 0xff07, Stride: 1},
		{Lo: 0xff0f, Hi: 0xff19, Stride: 1}, // full-width digits and the slash
		{Lo: 0xff20, Hi: 0xff40, Stride: 1}, // and letters
		{Lo: 0xff41, Hi: 0xff60, Stride: 1},
		{Lo: 0xffe0, Hi: 0xffee, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x10000, Hi: 0x1efff, Stride: 1}, // other alphabets, and the letters of mathematics
		{Lo: 0x1f100, Hi: 0x1f1ff, Stride: 1}, // letters in squares
		{Lo: 0x1f676, Hi: 0x1f678, Stride: 1},
	},
}

// latinTwins are the letters of other alphabets that look like Latin ones.
const latinTwins = "абвекмнорстухіјѕһӏԁԛԝьАВЕЅІЈКМНОРСТУХҮԚԜҺЬЗ" + "αικνορτυχγεΑΒΕΖΗΙΚΜΝΟΡΤΥΧϲϳ" + "աոսօհցքզյլՕՍՏԼ"

// script is an alphabet, as far as it matters which letters look like others.
type script int

const (
	noScript script = iota // digits, signs
	latin
	greek
	cyrillic
	armenian
	eastAsian // its texts have Latin words in them, and it looks like no alphabet
	otherScript
)

func scriptOf(r rune) script {
	switch {
	case r < unicode.MaxASCII && unicode.IsLetter(r), unicode.Is(unicode.Latin, r):
		return latin
	case unicode.Is(unicode.Greek, r):
		return greek
	case unicode.Is(unicode.Cyrillic, r):
		return cyrillic
	case unicode.Is(unicode.Armenian, r):
		return armenian
	case !unicode.IsLetter(r):
		return noScript
	case r >= 0x3000 && r <= 0x30ff, r >= 0xff61 && r <= 0xffdc,
		unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo):
		return eastAsian
	}
	return otherScript
}

// findLookAlikes returns for each character of a text whether it looks like another
// one:
//
//   - a character of disguises;
//   - a letter in a word that begins in another alphabet, or has Latin letters;
//   - each letter of a word that could be a Latin one, unless the text is in the
//     word's own alphabet;
//   - a digit of another script beside Latin letters or digits.
func findLookAlikes(text []rune) []bool {
	found := make([]bool, len(text))
	hasLatin := false
	var isCertain [otherScript + 1]bool // a letter shows that the text is in this alphabet
	for i, r := range text {
		found[i] = unicode.Is(disguises, r)
		s := scriptOf(r)
		hasLatin = hasLatin || s == latin || r >= '0' && r <= '9'
		isCertain[s] = isCertain[s] || !strings.ContainsRune(latinTwins, r)
	}
	for start := 0; start < len(text); start++ {
		end := start
		for end < len(text) && isInWord(text[end]) {
			end++
		}
		markWord(text[start:end], found[start:end], hasLatin, isCertain)
		start = end
	}
	return found
}

func isInWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// markWord is findLookAlikes for one word.
func markWord(word []rune, found []bool, hasLatin bool, isCertain [otherScript + 1]bool) {
	own, hasTwinsOnly := noScript, true
	for _, r := range word {
		s := scriptOf(r)
		if s != noScript && s != eastAsian && (own == noScript || s == latin) {
			own = s
		}
		hasTwinsOnly = hasTwinsOnly && (s == noScript || strings.ContainsRune(latinTwins, r))
	}
	isTwin := own != noScript && own != latin && hasTwinsOnly && (hasLatin || !isCertain[own])
	for i, r := range word {
		s := scriptOf(r)
		switch {
		case s == noScript:
			found[i] = found[i] || r > unicode.MaxASCII && unicode.IsDigit(r) && hasLatin
		case s != own && s != eastAsian, isTwin:
			found[i] = true
		}
	}
}
