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

// ClipMiddle returns a text that has at most limit bytes as JSON, in valid UTF-8.
// Of a longer one it keeps the beginning and the end, which in an error says what
// to do, with … between them.
func ClipMiddle(text string, limit int) string {
	const more = "…"
	if len(text) <= limit/maxEscape && utf8.ValidString(text) {
		return text
	}
	if len(text) > 4*limit { // more than the two ends that may stay
		text = text[:2*limit] + text[len(text)-2*limit:]
	} else if valid := strings.ToValidUTF8(text, "�"); escapedLength(valid) <= limit {
		return valid
	}
	room := limit - len(more)
	head, tail := 0, len(text)
	for size := 0; head < len(text); {
		r, n := utf8.DecodeRuneInString(text[head:])
		if size += escapeLength(r); size > room*2/3 {
			break
		}
		head += n
	}
	for size := 0; tail > head; {
		r, n := utf8.DecodeLastRuneInString(text[:tail])
		if size += escapeLength(r); size > room-room*2/3 {
			break
		}
		tail -= n
	}
	return strings.ToValidUTF8(text[:head], "�") + more + strings.ToValidUTF8(text[tail:], "�")
}

// maxEscape is the highest number of bytes that JSON has for one byte of a text.
const maxEscape = 6

// escapedLength returns the length of a text as JSON, without the quotes.
func escapedLength(text string) int {
	size := 0
	for _, r := range text {
		size += escapeLength(r)
	}
	return size
}

func escapeLength(r rune) int {
	switch {
	case r < ' ':
		return maxEscape
	case r == '"' || r == '\\':
		return 2
	}
	return utf8.RuneLen(r)
}
