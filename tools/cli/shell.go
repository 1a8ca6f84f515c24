package cli

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"realmconf/tools/policy"
)

// shellWord returns a text as one word of a shell: in bash, zsh, ksh and POSIX.1-2024
// a text with hidden characters, too.
func shellWord(text string) string {
	isPlain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/-_.,:@%+", r)
	}
	switch {
	case !utf8.ValidString(text) || strings.ContainsFunc(text, policy.IsHidden):
		return dollarQuote(text)
	case text != "" && strings.IndexFunc(text, func(r rune) bool { return !isPlain(r) }) < 0:
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// dollarQuote returns a text in the form $'…', which has escape sequences: octal
// ones have a fixed length, so that a digit may follow.
func dollarQuote(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		switch {
		case c == '\'' || c == '\\':
			b.WriteString(`\` + string(rune(c)))
		case c >= ' ' && c < utf8.RuneSelf && c != 0x7f:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, `\%03o`, c)
		}
	}
	return "$'" + b.String() + "'"
}
