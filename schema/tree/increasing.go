package tree

import "slices"

// longestIncreasing returns the positions of a longest increasing subsequence of
// the numbers that are not negative, which are all different. Among several it
// prefers numbers that equal their position: an entry at its old index should
// not be reported as moved.
//
// It goes through the numbers once. For each it finds the best subsequence that
// ends in a smaller number, by a Fenwick tree: in n log n.
func longestIncreasing(numbers []int) []int {
	// The score of the best subsequence that ends at a position is its length
	// times len(numbers)+1, plus the count of numbers at their position.
	score := make([]int, len(numbers))
	before := make([]int, len(numbers)) // the position before in that subsequence, or -1
	// best[k] is the position with the best score in the range of numbers that
	// node k of the Fenwick tree covers.
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
