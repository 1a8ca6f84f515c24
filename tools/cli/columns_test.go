package cli

import (
	"slices"
	"testing"
)

func TestFormatTable(t *testing.T) {
	for _, tt := range []struct {
		name   string
		rows   [][]string
		limits []int
		want   []string
	}{
		{"aligned", [][]string{{"A", "B", "C"}, {"1", "22", "333"}, {"11", "2", ""}}, []int{0, 0, 0}, []string{"A   B   C", "1   22  333", "11  2"}},
		{"limited", [][]string{{"A", "B"}, {"123456", "x"}}, []int{4, 0}, []string{"A     B", "123…  x"}},
		{"wide characters", [][]string{{"設定", "x"}, {"abc", "y"}}, []int{0, 0}, []string{"設定  x", "abc   y"}},
		{"white space", [][]string{{"a \n b", "x\ty"}}, []int{0, 0}, []string{"a b  x y"}},
		{"fewer cells than limits", [][]string{{"a", "b"}}, []int{0, 0, 0}, []string{"a  b"}},
		{"no rows", nil, []int{0}, []string{}},
	} {
		if got := formatTable(tt.rows, tt.limits); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
