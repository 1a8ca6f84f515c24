package document

import (
	"bytes"
	"strings"
)

// skip returns the first offset from at on with a byte that is not in set.
func (l *layout) skip(at int, set string) int {
	for at < len(l.text) && strings.IndexByte(set, l.text[at]) >= 0 {
		at++
	}
	return at
}

// skipTrivia passes over blanks, newlines, commas and comments.
func (l *layout) skipTrivia(at int) int { return l.skipComments(at, " \t\r\n,") }

// skipToComma passes over blanks, newlines and comments.
func (l *layout) skipToComma(at int) int { return l.skipComments(at, " \t\r\n") }

// skipComments passes over the bytes of set and over comments.
func (l *layout) skipComments(at int, set string) int {
	for {
		at = l.skip(at, set)
		if at == len(l.text) || l.text[at] != '#' {
			return at
		}
		at = l.lineEnd(at)
	}
}

// skipString returns the offset behind the string that starts at an offset.
func (l *layout) skipString(at int) int {
	quote := l.text[at]
	mark := []byte{quote, quote, quote}
	if !bytes.HasPrefix(l.text[at:], mark) {
		mark = mark[:1]
	}
	for at += len(mark); at < len(l.text); at++ {
		switch {
		case l.text[at] == '\\' && quote == '"':
			at++
		case bytes.HasPrefix(l.text[at:], mark):
			at += len(mark)
			for len(mark) == 3 && at < len(l.text) && l.text[at] == quote {
				at++ // up to two quotes of the string itself precede the closing ones
			}
			return at
		}
	}
	return at
}

func (l *layout) lineStart(at int) int { return bytes.LastIndexByte(l.text[:at], '\n') + 1 }

// lineEnd returns the offset behind the line ending.
func (l *layout) lineEnd(at int) int {
	if i := bytes.IndexByte(l.text[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(l.text)
}

// restOfLine returns the offset behind the line ending if only blanks and a
// comment are left on the line and before end, and at itself otherwise.
func (l *layout) restOfLine(at, end int) int {
	rest := l.skip(at, " \t\r")
	if rest < end && (l.text[rest] == '#' || l.text[rest] == '\n') {
		return l.lineEnd(rest)
	}
	return at
}

// isComment reports whether the line that starts at an offset is a comment.
func (l *layout) isComment(at int) bool {
	at = l.skip(at, " \t")
	return at < len(l.text) && l.text[at] == '#'
}

// startsBlank reports whether a text begins with a blank line.
func startsBlank(text []byte) bool {
	line, _, ended := bytes.Cut(text, []byte("\n"))
	return ended && len(bytes.TrimSpace(line)) == 0
}

// endsBlank reports whether a text ends with a blank line.
func endsBlank(text []byte) bool {
	if len(text) == 0 || text[len(text)-1] != '\n' {
		return false
	}
	rest := text[:len(text)-1]
	return len(bytes.TrimSpace(rest[bytes.LastIndexByte(rest, '\n')+1:])) == 0
}
