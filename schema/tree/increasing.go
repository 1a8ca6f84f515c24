package tree

import "slices"

// longestIncreasing is the positions of a longest increasing subsequence of
// the numbers that are not negative, none of which stands twice. Among several
// it prefers numbers that equal their position: an entry at its old index
// should not be said to have moved.
func longestIncreasing(numbers []int) []int {
	score := make([]int, len(numbers))  // of the best subsequence that ends here: its length, then such numbers
	before := make([]int, len(numbers)) // the position before in that subsequence, or -1
	// A Fenwick tree for maxima: the best position among numbers up to one.
	best := make([]int, slices.Max(append([]int{0}, numbers...))+2)
	for k := range best {
		best[k] = -1
	}
	last := -1
	for at, n := range numbers {
		if n < 0 {
			continue
		}
		before[at], score[at] = -1, len(numbers)+1
		for k := n; k > 0; k -= k & -k {
			if p := best[k]; p >= 0 && (before[at] < 0 || score[p] > score[before[at]]) {
				before[at] = p
			}
		}
		if p := before[at]; p >= 0 {
			score[at] += score[p]
		}
		if n == at {
			score[at]++
		}
		for k := n + 1; k < len(best); k += k & -k {
			if p := best[k]; p < 0 || score[at] > score[p] {
				best[k] = at
			}
		}
		if last < 0 || score[at] > score[last] {
			last = at
		}
	}
	var longest []int
	for at := last; at >= 0; at = before[at] {
		longest = append(longest, at)
	}
	slices.Reverse(longest)
	return longest
}
