package cli

import (
	"realmconf/schema/tree"
	"realmconf/tools/layout"
)

// textLines returns the lines of a change between two texts: for texts of several
// lines those that differ, and else the two texts and the place. It returns nil if
// the change is not one of texts, or a reader sees the place.
func textLines(path string, c tree.Object) []diffLine {
	before, isText := c["old"].(string)
	after, isTextToo := c["new"].(string)
	if !isText || !isTextToo {
		return nil
	}
	if byLine := layout.DiffLines(before, after); byLine != nil {
		lines := []diffLine{{' ', path, path + ", line by line:"}}
		for _, l := range byLine {
			lines = append(lines, diffLine{l.Sign, path, l.Text})
		}
		return lines
	}
	place := layout.DescribePlace(before, after)
	if place == "" {
		return nil
	}
	lines := append(sideLines('-', "old", path, c), sideLines('+', "new", path, c)...)
	return append(lines, diffLine{' ', path, "  " + place})
}
