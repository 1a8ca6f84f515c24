package policy

import (
	"fmt"
	"unicode/utf8"
)

// Widths of texts in a question, in columns.
const (
	valueWidth  = 120 // of a value
	reasonWidth = 300
	contextPart = 24 // of a value, before the place where it differs from the other one
)

// window returns a text in quotation marks, if it is not wider than a limit; else the
// part of it around a place, a number of bytes, with how much is left out on both
// sides. It reports whether anything is.
func window(s string, place, limit int) (shown string, isCut bool) {
	const most = utf8.UTFMax * (1 + maxMarks) // bytes in one column
	if len(s) <= limit*most {
		if cells := cellsOf(s); width(cells) <= limit {
			return `"` + joinCells(cells) + `"`, false
		}
	}
	place = min(place, len(s))
	from := runeStart(s, max(0, place-limit*most))
	to := runeStart(s, min(len(s), place+limit*most))
	cells := cellsOf(s[from:to])
	middle := utf8.RuneCountInString(s[from:place])

	start, end := middle, middle
	used := 0
	for start > 0 && used+width(cells[start-1:start]) <= contextPart {
		start--
		used += width(cells[start : start+1])
	}
	for end < len(cells) && used+width(cells[end:end+1]) <= limit {
		used += width(cells[end : end+1])
		end++
	}
	for start > 0 && used+width(cells[start-1:start]) <= limit { // the end is short
		start--
		used += width(cells[start : start+1])
	}
	before := utf8.RuneCountInString(s[:from]) + start
	after := utf8.RuneCountInString(s[to:]) + len(cells) - end
	shown = `"` + joinCells(cells[start:end]) + `"`
	if before > 0 {
		shown = leftOut(before) + " + " + shown
	}
	if after > 0 {
		shown += " + " + leftOut(after)
	}
	return shown, true
}

// leftOut takes the place of characters.
func leftOut(n int) string {
	if n == 1 {
		return "(1 character left out)"
	}
	return fmt.Sprintf("(%d characters left out)", n)
}

// runeStart returns the last place up to i at which a character begins, or i in a text
// that is not UTF-8.
func runeStart(s string, i int) int {
	for n := range utf8.UTFMax {
		if i == len(s) || i-n < 0 || utf8.RuneStart(s[i-n]) {
			return max(0, i-n)
		}
	}
	return i
}
