package cli

import (
	"bytes"
	"fmt"
	"slices"
)

// maxMerge is how large the table of a comparison may be, in cells. Texts that
// differ in more lines than that are not compared line by line.
const maxMerge = 4 << 20

// merge brings two texts together that were both made from a third, line by
// line. Where both changed the same lines, both versions stand one after the
// other between marks, which are no TOML: somebody must choose. clashes is how
// many such places there are.
func merge(base, mine, theirs []byte, name string) (merged []byte, clashes int) {
	o, a, b := splitLines(base), splitLines(mine), splitLines(theirs)
	inA, inB := matches(o, a), matches(o, b)
	var out bytes.Buffer
	for i, j, k := 0, 0, 0; i < len(o) || j < len(a) || k < len(b); {
		if i < len(o) && inA[i] == j && inB[i] == k { // all three agree
			out.WriteString(o[i])
			i, j, k = i+1, j+1, k+1
			continue
		}
		ni := i // the next line that all three have
		for ni < len(o) && (inA[ni] < 0 || inB[ni] < 0) {
			ni++
		}
		nj, nk := len(a), len(b)
		if ni < len(o) {
			nj, nk = inA[ni], inB[ni]
		}
		was, left, right := o[i:ni], a[j:nj], b[k:nk]
		switch {
		case slices.Equal(left, right), slices.Equal(was, right):
			writeLines(&out, left)
		case slices.Equal(was, left):
			writeLines(&out, right)
		default:
			clashes++
			out.WriteString("<<<<<<< yours\n")
			writeLines(&out, ended(left))
			out.WriteString("=======\n")
			writeLines(&out, ended(right))
			fmt.Fprintf(&out, ">>>>>>> %s\n", name)
		}
		i, j, k = ni, nj, nk
	}
	return out.Bytes(), clashes
}

// matches says for each line of a where it stands in b, -1 for nowhere, along a
// longest common subsequence.
func matches(a, b []string) []int {
	at := make([]int, len(a))
	for i := range at {
		at[i] = -1
	}
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		at[start] = start
		start++
	}
	endA, endB := len(a), len(b)
	for endA > start && endB > start && a[endA-1] == b[endB-1] {
		endA, endB = endA-1, endB-1
		at[endA] = endB
	}
	n, m := endA-start, endB-start
	if n == 0 || m == 0 || n > maxMerge/m {
		return at
	}
	longest := make([][]int32, n+1) // longest[i][j]: of what follows a[start+i] and b[start+j]
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
			at[start+i] = start + j
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
	return at
}

// splitLines are a text's lines with their ends.
func splitLines(text []byte) []string {
	var list []string
	for l := range bytes.Lines(text) {
		list = append(list, string(l))
	}
	return list
}

func writeLines(out *bytes.Buffer, lines []string) {
	for _, l := range lines {
		out.WriteString(l)
	}
}

// ended is lines of which the last has an end, so that a mark can follow.
func ended(lines []string) []string {
	if n := len(lines); n > 0 && lines[n-1][len(lines[n-1])-1] != '\n' {
		lines = slices.Clone(lines)
		lines[n-1] += "\n"
	}
	return lines
}
