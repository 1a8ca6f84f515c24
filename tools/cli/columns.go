package cli

import (
	"strings"

	"realmconf/tools/layout"
)

// formatTable aligns rows in columns. Each column is as wide as its widest cell
// and at most as wide as its limit; 0 means no limit.
func formatTable(rows [][]string, limits []int) []string {
	widths := make([]int, len(limits))
	for _, row := range rows {
		for i := range row {
			row[i] = layout.Truncate(oneLine(row[i]), limits[i])
			widths[i] = max(widths[i], layout.Width(row[i]))
		}
	}
	lines := make([]string, 0, len(rows))
	for _, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			b.WriteString(cell)
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]-layout.Width(cell)+2))
			}
		}
		lines = append(lines, strings.TrimRight(b.String(), " "))
	}
	return lines
}
