package tree

import (
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Nearest returns the candidate that was probably intended by a name, for "did
// you mean". It is the one with the fewest typing errors (a letter too many, too
// few, wrong, or two swapped), and with at most one for every three letters, or
// one in two letters, so that the guess is good enough. Of several it is the one
// with the longest common beginning, then the first. If no candidate is near, it
// is the only one that begins with the name. A name of more than maxNearest letters
// has no typing errors: to compare two long names takes time in the product of
// their lengths.
func Nearest(name string, candidates []string) (string, bool) {
	if len(name) > maxNearest*utf8.UTFMax {
		return "", false
	}
	best, found, alike := "", false, 0
	letters := []rune(name)
	limit := len(letters) / 3
	if len(letters) == 2 {
		limit = 1
	}
	if len(letters) > maxNearest {
		return "", false
	}
	mask := maskOf(name)
	for _, c := range candidates {
		if len(c) > (len(letters)+limit)*utf8.UTFMax {
			continue
		}
		if haveOtherLetters(mask, maskOf(c), limit) {
			continue
		}
		d := slips(letters, []rune(c), limit)
		same := commonPrefix(name, c)
		if c != name && (d < limit || d == limit && (!found || same > alike)) {
			best, found, alike = c, true, same
			limit = d
		}
	}
	if !found {
		return onlyLonger(name, candidates)
	}
	return best, found
}

// Misspelt returns the candidate of which a name is certainly a misspelling, the first of
// several: they differ in one typing error, the right one is long enough, and they have
// the same digits, so that they are no two names of a series.
func Misspelt(name string, candidates []string) (string, bool) {
	const shortest = 5 // letters of the right one
	letters := []rune(name)
	if len(letters) < shortest-1 || len(letters) > maxNearest {
		return "", false
	}
	for _, c := range candidates {
		if len(c) < shortest || len(c) > (len(letters)+1)*utf8.UTFMax || digits(c) != digits(name) {
			continue
		}
		if slips(letters, []rune(c), 1) == 1 {
			return c, true
		}
	}
	return "", false
}

// maskOf returns a set of the letters of a name, in which several letters are one.
func maskOf(name string) uint64 {
	var mask uint64
	for _, r := range name {
		mask |= 1 << (uint32(r) % 64)
	}
	return mask
}

// haveOtherLetters reports whether the letters of two names alone say that there are more typing
// errors than a limit: each adds one letter and takes one away at most.
func haveOtherLetters(a, b uint64, limit int) bool { return bits.OnesCount64(a^b) > 2*limit }

// digits returns the digits of a name.
func digits(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, name)
}

// maxNearest is the highest number of letters of a name that may be misspelt. No
// schema has a longer one.
const maxNearest = 100

// onlyLonger returns the candidate that begins with a name, if only one does.
func onlyLonger(name string, candidates []string) (string, bool) {
	const shortest = 4 // letters that are specific enough
	longer := ""
	for _, c := range candidates {
		if len(name) < shortest || !strings.HasPrefix(c, name) || c == name || c == longer {
			continue
		}
		if longer != "" {
			return "", false
		}
		longer = c
	}
	return longer, longer != ""
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// slips returns the optimal string alignment distance, or a number above limit.
func slips(a, b []rune, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	rows := make([]int, 3*(len(b)+1)) // reused: there are names with many candidates
	before, last, row := rows[:len(b)+1], rows[len(b)+1:2*(len(b)+1)], rows[2*(len(b)+1):]
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
