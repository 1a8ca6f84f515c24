package cli

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/diff"

	"realmconf/schema/tree"
)

// A string that is longer than shortText, or has several lines, is compared as a
// text: a reader would not find the place that differs.
const shortText = 60

// textLines returns the lines of a change between two texts: for texts of several
// lines those that differ, and else the two texts and the place. It returns nil if
// the change is not one of texts.
func textLines(path string, c tree.Object) []diffLine {
	before, isText := c["old"].(string)
	after, isTextToo := c["new"].(string)
	switch {
	case !isText || !isTextToo:
		return nil
	case strings.Contains(before, "\n") || strings.Contains(after, "\n"):
		return unifiedLines(path, before, after)
	case len(before) <= shortText || len(after) <= shortText:
		return nil
	}
	lines := append(sideLines('-', "old", path, c), sideLines('+', "new", path, c)...)
	return append(lines, diffLine{' ', path, "  " + describePlace(before, after)})
}

// unifiedLines returns the difference of two texts of several lines, as diff -u.
func unifiedLines(path, before, after string) []diffLine {
	lines := []diffLine{{' ', path, path + ", line by line:"}}
	text := diff.Diff("", []byte(before), "", []byte(after))
	for line := range bytes.Lines(text) {
		sign, line := line[0], strings.TrimSuffix(string(line[1:]), "\n")
		switch {
		case len(lines) == 1 && sign != '@': // the names of the two texts
		case sign == '@':
			lines = append(lines, diffLine{' ', path, "@" + line})
		case sign == '\\': // no line break at the end
			lines = append(lines, diffLine{' ', path, `\` + line})
		default:
			lines = append(lines, diffLine{sign, path, line})
		}
	}
	return lines
}

// describePlace says where two texts differ, and how if that is short.
func describePlace(before, after string) string {
	start, from, to := differingPart(before, after)
	place := utf8.RuneCountInString(before[:start]) + 1
	switch {
	case len(from) > shortText || len(to) > shortText:
		return fmt.Sprintf("(differs from character %d on)", place)
	case from == "":
		return fmt.Sprintf("(at character %d: %s is new)", place, tree.Append(nil, to))
	case to == "":
		return fmt.Sprintf("(at character %d: %s is gone)", place, tree.Append(nil, from))
	}
	return fmt.Sprintf("(at character %d: %s became %s)", place, tree.Append(nil, from), tree.Append(nil, to))
}

// differingPart returns the place from which two texts differ and what each has
// there, without the end that both have. It splits no character.
func differingPart(before, after string) (start int, from, to string) {
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
