package layout

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/diff"

	"realmconf/schema/tree"
)

// ShortText is how many bytes of a text a reader compares with another one at a
// glance.
const ShortText = 60

// Line is a line of a difference: '-' for the old side, '+' for the new one, ' ' for
// both.
type Line struct {
	Sign byte
	Text string
}

// DiffLines returns the lines in which two texts differ, with those around them, as
// diff -u; nil if neither has several lines.
func DiffLines(before, after string) []Line {
	if !strings.Contains(before, "\n") && !strings.Contains(after, "\n") {
		return nil
	}
	var lines []Line
	text := diff.Diff("", []byte(before), "", []byte(after))
	for line := range bytes.Lines(text) {
		sign, line := line[0], strings.TrimSuffix(string(line[1:]), "\n")
		switch {
		case len(lines) == 0 && sign != '@': // the names of the two texts
		case sign == '@':
			lines = append(lines, Line{' ', "@" + line})
		case sign == '\\': // no line break at the end
			lines = append(lines, Line{' ', `\` + line})
		default:
			lines = append(lines, Line{sign, line})
		}
	}
	return lines
}

// DescribePlace says where two texts differ, and how if that is short; "" if one of
// them is so short that a reader sees it.
func DescribePlace(before, after string) string {
	if len(before) <= ShortText || len(after) <= ShortText {
		return ""
	}
	return describePlace(before, after)
}

// describePlace says where two texts differ, and how if that is short.
func describePlace(before, after string) string {
	start, from, to := DifferingPart(before, after)
	place := utf8.RuneCountInString(before[:start]) + 1
	switch {
	case len(from) > ShortText || len(to) > ShortText:
		return fmt.Sprintf("(differs from character %d on)", place)
	case from == "":
		return fmt.Sprintf("(at character %d: %s is new)", place, tree.Append(nil, to))
	case to == "":
		return fmt.Sprintf("(at character %d: %s is gone)", place, tree.Append(nil, from))
	}
	return fmt.Sprintf("(at character %d: %s became %s)", place, tree.Append(nil, from), tree.Append(nil, to))
}

// DifferingPart returns the place from which two texts differ and what each has
// there, without the end that both have. It splits no character.
func DifferingPart(before, after string) (start int, from, to string) {
	for start < min(len(before), len(after)) && before[start] == after[start] {
		start++
	}
	for start > 0 && !(isRuneStart(before, start) && isRuneStart(after, start)) {
		start--
	}
	from, to = before[start:], after[start:]
	end := 0
	for end < min(len(from), len(to)) && from[len(from)-1-end] == to[len(to)-1-end] {
		end++
	}
	for end > 0 && !(isRuneStart(from, len(from)-end) && isRuneStart(to, len(to)-end)) {
		end--
	}
	return start, from[:len(from)-end], to[:len(to)-end]
}

// isRuneStart reports whether a character begins at i, or the text ends there.
func isRuneStart(text string, i int) bool { return i >= len(text) || utf8.RuneStart(text[i]) }
