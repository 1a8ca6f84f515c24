package schema

import (
	"strings"
	"unicode"
)

// NotShown takes the place of a part of a comment.
const NotShown = "(not shown)"

// HideSecrets returns a comment of a configuration, a line without its sign, for the
// person whose file it is: without everything that may be a secret. These are the value
// of a key that is commented out, unless it is a number or a boolean; what follows a name
// that says so (isSecretName); and words that look like keys, or drawn at random. A
// comment is a person's text, so a secret in other words stays: no client may see it.
func HideSecrets(comment string) string {
	if before, value, isAssignment := strings.Cut(comment, "="); isAssignment {
		name := before[strings.LastIndexAny(strings.TrimSpace(before), " .")+1:]
		if plain := strings.TrimSpace(value); plain == "" || isPlainValue(plain) && !isSecretName(strings.TrimSpace(name)) {
			return HideSecrets(before) + "=" + value
		}
		return HideSecrets(before) + "= " + NotShown
	}
	if first := strings.TrimSpace(comment); first != "" && strings.ContainsRune(`"'`, rune(first[0])) {
		return " " + NotShown // of a list or a text that goes on
	}
	var b strings.Builder
	for rest := comment; rest != ""; {
		start := strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsSpace(r) })
		if start < 0 {
			b.WriteString(rest)
			break
		}
		b.WriteString(rest[:start])
		rest = rest[start:]
		end := strings.IndexFunc(rest, unicode.IsSpace)
		if end < 0 {
			end = len(rest)
		}
		word := rest[:end]
		rest = rest[end:]
		name, value, _ := strings.Cut(word, ":")
		switch {
		case isSecretName(strings.Trim(name, punctuation)):
			if strings.TrimSpace(value+rest) == "" {
				b.WriteString(word)
				continue
			}
			b.WriteString(name + " " + NotShown)
			return b.String()
		case mayBeSecretWord(word):
			b.WriteString(NotShown)
		default:
			b.WriteString(word)
		}
	}
	return b.String()
}

// punctuation may be around a word.
const punctuation = "\"'`()[]{}<>,;:.!?"

// isPlainValue reports whether a value of TOML is a number or a boolean, with another
// comment behind or not.
func isPlainValue(value string) bool {
	value, _, _ = strings.Cut(value, "#")
	switch value = strings.TrimSpace(value); value {
	case "true", "false":
		return true
	}
	return len(value) < minRandom && value != "" && strings.Trim(value, "0123456789.+-_") == ""
}

// Lengths from which a run of letters and digits may be drawn at random.
const (
	minRandom  = 16 // with letters and digits in it, or nothing but digits
	minLetters = 28
)

// mayBeSecretWord reports whether a word looks like a key, an address with a secret part,
// or has a run of characters that may be drawn at random.
func mayBeSecretWord(word string) bool {
	word = strings.Trim(word, punctuation)
	if LooksLikeKey(word) || isURL(word) && cutAddress(word, false).hasSecret() {
		return true
	}
	isInRun := func(r rune) bool { return r < 0x80 && isAlphanumeric(byte(r)) || strings.ContainsRune("+-_", r) }
	for run := range strings.FieldsFuncSeq(word, func(r rune) bool { return !isInRun(r) }) {
		hasDigit, hasUpper := strings.ContainsAny(run, "0123456789"), strings.ToLower(run) != run
		if len(run) >= minRandom && (hasDigit || hasUpper && strings.ToUpper(run) != run) || len(run) >= minLetters {
			return true
		}
	}
	return false
}
