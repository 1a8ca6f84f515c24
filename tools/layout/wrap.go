// Package layout lays out texts for a person: lines of a width, and the difference of
// two texts.
package layout

import "strings"

// Wrap splits a line into lines of at most a width, at spaces where there are any.
// The lines after the first begin with the indent. 0 means no limit; a line that is
// too narrow for the indent and a word is split anywhere.
func Wrap(text string, width int, indent string) []string {
	var lines []string
	if width <= Width(indent)+1 {
		indent = ""
	}
	for width > 0 && Width(text) > width {
		end, used := 0, 0
		for i, r := range text {
			if used += runeWidth(r); used > width && i > 0 {
				end = i
				break
			}
		}
		if end == 0 {
			break // one character, wider than the line
		}
		minimum := 0 // the indent is no place to split at
		if len(lines) > 0 {
			minimum = len(indent)
		}
		next := end
		if text[end] == ' ' {
			next = end + 1
		} else if space := strings.LastIndexByte(text[minimum:end], ' '); space > 0 {
			end, next = minimum+space, minimum+space+1
		}
		lines = append(lines, text[:end])
		text = indent + text[next:]
	}
	return append(lines, text)
}
