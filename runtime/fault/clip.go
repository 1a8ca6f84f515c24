package fault

import (
	"strings"
	"unicode/utf8"
)

// maxClaim is the length of a text from a realm's files that is shown, in bytes.
const maxClaim = 200

// Clip returns the beginning of a text that anybody may have written into a
// realm's files, at most 200 bytes, in valid UTF-8. It ends with … if it was
// shortened.
func Clip(text string) string {
	const more = "…"
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text[:min(len(text), 2*maxClaim)], "�")
	}
	if len(text) > maxClaim {
		end := maxClaim - len(more)
		for !utf8.RuneStart(text[end]) {
			end--
		}
		text = text[:end] + more
	}
	return text
}
