package policy

import (
	"strings"
	"unicode"
)

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

// findLookAlikes returns for each character of a text whether a reader would take it for
// an ASCII character, as in a command, a host, a path or a key:
//
//   - a character of asciiLookAlikes, but for a sign within its own script;
//   - a letter in a word that begins in another alphabet, or has Latin letters;
//   - each letter of a word that could be a Latin one, unless it is in prose of its own
//     alphabet;
//   - a digit of another script, unless it is in prose of that script.
//
// js/visible.js of the review page has the same rules.
func findLookAlikes(text []rune) []bool {
	found := make([]bool, len(text))
	for i, r := range text {
		found[i] = unicode.Is(asciiLookAlikes, r) && !isScriptSign(text, i)
	}
	words := wordsOf(text)
	for start := 0; start < len(words); {
		end := start + 1
		for end < len(words) && isProse(text[words[end-1].end:words[end].start]) {
			end++
		}
		var isCertain [otherScript + 1]bool // a letter shows that the passage is in this alphabet
		for _, w := range words[start:end] {
			for _, r := range text[w.start:w.end] {
				s := scriptOf(r)
				isCertain[s] = isCertain[s] || !strings.ContainsRune(latinLookAlikes, r)
			}
		}
		for _, w := range words[start:end] {
			certain := isCertain
			if isInToken(text, w) {
				certain = [otherScript + 1]bool{}
			}
			markWord(text[w.start:w.end], found[w.start:w.end], certain)
		}
		start = end
	}
	return found
}

// wordPlace is the place of a word in a text.
type wordPlace struct{ start, end int }

func wordsOf(text []rune) []wordPlace {
	var words []wordPlace
	for start := 0; start < len(text); start++ {
		end := start
		for end < len(text) && isInWord(text[end]) {
			end++
		}
		if end > start {
			words = append(words, wordPlace{start, end})
		}
		start = end
	}
	return words
}

func isInWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// isProse reports whether two words with this between them are words of one passage: a
// space, with punctuation or without, or a hyphen.
func isProse(between []rune) bool {
	hasSpace := false
	for _, r := range between {
		if r == ' ' || r == '\n' {
			hasSpace = true
		} else if !strings.ContainsRune(",.;:!?()«»–—…،؛؟।", r) {
			return len(between) == 1 && r == '-'
		}
	}
	return hasSpace
}

// isInToken reports whether a word is part of a path, a host, a name or an option.
func isInToken(text []rune, w wordPlace) bool {
	const signs = `/\_@$~=+%#&|`
	if w.start > 0 && strings.ContainsRune(signs+".-", text[w.start-1]) && (w.start < 2 || !isInWord(text[w.start-2]) || text[w.start-1] != '-') {
		return true
	}
	if w.end == len(text) {
		return false
	}
	next := text[w.end]
	return strings.ContainsRune(signs, next) || (next == '.' || next == ':') && w.end+1 < len(text) && text[w.end+1] != ' ' && text[w.end+1] != '\n'
}

// markWord is findLookAlikes for one word.
func markWord(word []rune, found []bool, isCertain [otherScript + 1]bool) {
	own, looksLatin := noScript, true
	for _, r := range word {
		s := scriptOf(r)
		if s != noScript && s != eastAsian && (own == noScript || s == latin) {
			own = s
		}
		looksLatin = looksLatin && (s == noScript || strings.ContainsRune(latinLookAlikes, r))
	}
	isLookAlike := own != noScript && own != latin && looksLatin && !isCertain[own]
	hasDigit := strings.ContainsAny(string(word), "0123456789")
	for i, r := range word {
		s := scriptOf(r)
		switch {
		case s == noScript:
			found[i] = found[i] || r > unicode.MaxASCII && unicode.IsDigit(r) && (own == latin || hasDigit || !isCertain[otherScript])
		case s != own && s != eastAsian, isLookAlike:
			found[i] = true
		}
	}
}

// isScriptSign reports whether the character at i is a sign that follows a letter or a
// digit of its own script.
func isScriptSign(text []rune, i int) bool {
	if i == 0 || !unicode.Is(scriptSigns, text[i]) {
		return false
	}
	before := text[i-1]
	s := scriptOf(before)
	return s == armenian || s == otherScript || before > unicode.MaxASCII && unicode.IsDigit(before)
}
