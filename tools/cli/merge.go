package cli

import (
	"fmt"
	"slices"

	"realmconf/runtime/document"
)

// merge is a three-way merge by lines: mine and theirs are based on base. Where
// both change the same lines differently, the result has both versions between
// marks that are not TOML, and clashes counts these places.
func merge(base, mine, theirs []byte, name string) (merged []byte, clashes int) {
	return document.Merge(base, mine, theirs, func(left, right []string) []string {
		return slices.Concat(
			[]string{"<<<<<<< yours\n"}, terminateLines(left),
			[]string{"=======\n"}, terminateLines(right),
			[]string{fmt.Sprintf(">>>>>>> %s\n", name)})
	})
}

// terminateLines returns the lines with a line end after the last one, so that a
// mark can follow.
func terminateLines(lines []string) []string {
	if n := len(lines); n > 0 && lines[n-1][len(lines[n-1])-1] != '\n' {
		lines = slices.Clone(lines)
		lines[n-1] += "\n"
	}
	return lines
}
