package document

import (
	"bytes"
	"slices"
	"strings"
)

// maxCells limits the table of matchLines. Longer differences are not compared
// line by line.
const maxCells = 4 << 20

// Merge is a three-way merge by lines: mine and theirs are based on base. If both
// change the same lines differently, the result has the lines that clash returns,
// and clashes counts these places.
//
//	base     a b c d
//	mine     a X c d
//	theirs   a b c Y       merged: a X c Y
//
// The three texts are read in parallel. A line that all three have is copied. The
// lines up to the next such line are one region, which is decided as a whole.
func Merge(base, mine, theirs []byte, clash func(mine, theirs []string) []string) (merged []byte, clashes int) {
	merged = mergeRegions(base, mine, theirs, func(_, left, right []string) []string {
		clashes++
		return clash(left, right)
	})
	return merged, clashes
}

// mergeRegions is Merge with a function that also gets the lines of base.
func mergeRegions(base, mine, theirs []byte, clash func(base, mine, theirs []string) []string) []byte {
	o, a, b := splitLines(base), splitLines(mine), splitLines(theirs)
	inA, inB := matchLines(o, a), matchLines(o, b)
	var out bytes.Buffer
	out.Grow(max(len(mine), len(theirs)))
	for i, j, k := 0, 0, 0; i < len(o) || j < len(a) || k < len(b); {
		if i < len(o) && inA[i] == j && inB[i] == k { // all three agree
			out.WriteString(o[i])
			i, j, k = i+1, j+1, k+1
			continue
		}
		nextI := i // the end of the region: the next line that all three have
		for nextI < len(o) && (inA[nextI] < 0 || inB[nextI] < 0) {
			nextI++
		}
		nextJ, nextK := len(a), len(b)
		if nextI < len(o) {
			nextJ, nextK = inA[nextI], inB[nextI]
		}
		writeLines(&out, mergeLines(o[i:nextI], a[j:nextJ], b[k:nextK], clash))
		i, j, k = nextI, nextJ, nextK
	}
	return out.Bytes()
}

// mergeLines decides lines as a whole.
func mergeLines(base, mine, theirs []string, clash func(base, mine, theirs []string) []string) []string {
	switch {
	case slices.Equal(mine, theirs), slices.Equal(base, theirs):
		return mine
	case slices.Equal(base, mine):
		return theirs
	}
	return clash(base, mine, theirs)
}

// matchLines returns for each line of a its index in b, or -1, along a longest
// common subsequence.
func matchLines(a, b []string) []int {
	match := make([]int, len(a))
	for i := range match {
		match[i] = -1
	}
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		match[start] = start
		start++
	}
	endA, endB := len(a), len(b)
	for endA > start && endB > start && a[endA-1] == b[endB-1] {
		endA, endB = endA-1, endB-1
		match[endA] = endB
	}
	n, m := endA-start, endB-start
	if n == 0 || m == 0 || n > maxCells/m {
		return match
	}
	longest := make([][]int32, n+1) // longest[i][j]: the length for a[start+i:endA] and b[start+j:endB]
	for i := range longest {
		longest[i] = make([]int32, m+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if a[start+i] == b[start+j] {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	for i, j := 0, 0; i < n && j < m; {
		switch {
		case a[start+i] == b[start+j]:
			match[start+i] = start + j
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
	return match
}

// splitLines returns a text's lines with their line ends.
func splitLines(text []byte) []string {
	list := make([]string, 0, bytes.Count(text, []byte("\n"))+1)
	for l := range strings.Lines(string(text)) {
		list = append(list, l)
	}
	return list
}

func writeLines(out *bytes.Buffer, lines []string) {
	for _, l := range lines {
		out.WriteString(l)
	}
}
