package document

import (
	"slices"
	"strings"
	"testing"
)

func TestMerge(t *testing.T) {
	mine := func(mine, _ []string) []string { return mine }
	for _, tt := range []struct {
		base, mine, theirs, want string // a letter per line
		clashes                  int
	}{
		{"abcd", "aXcd", "abcY", "aXcY", 0},
		{"abc", "abc", "ac", "ac", 0},
		{"abc", "aXc", "aXc", "aXc", 0},
		{"abc", "aXc", "aYc", "aXc", 1},
		{"", "a", "", "a", 0},
	} {
		lines := func(s string) []byte {
			return []byte(strings.Join(strings.Split(s, ""), "\n") + strings.Repeat("\n", min(1, len(s))))
		}
		got, clashes := Merge(lines(tt.base), lines(tt.mine), lines(tt.theirs), mine)
		if string(got) != string(lines(tt.want)) || clashes != tt.clashes {
			t.Errorf("%v: got %q and %d clashes", tt, got, clashes)
		}
	}
}

func TestMatchLines(t *testing.T) {
	for _, tt := range []struct {
		a, b string // a letter per line
		want []int
	}{
		{"", "", []int{}},
		{"abc", "abc", []int{0, 1, 2}},
		{"abc", "", []int{-1, -1, -1}},
		{"abc", "xaybzc", []int{1, 3, 5}},
		{"abcab", "ab", []int{0, 1, -1, -1, -1}},
		{"abx", "aby", []int{0, 1, -1}},
		{"xaby", "ab", []int{-1, 0, 1, -1}},
	} {
		if got := matchLines(strings.Split(tt.a, "")[:len(tt.a)], strings.Split(tt.b, "")[:len(tt.b)]); !slices.Equal(got, tt.want) {
			t.Errorf("%q in %q: got %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}
