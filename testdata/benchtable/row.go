package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// row is one line of the table.
type row struct {
	name     string
	measured string // with its unit
	floor    string // empty if there is none
	ratio    float64
	goal     float64
	atLeast  bool // the goal is the lowest good ratio, otherwise the highest
}

// meetsGoal reports whether the ratio is as good as the goal.
func (r row) meetsGoal() bool {
	if r.atLeast {
		return r.ratio >= r.goal
	}
	return r.ratio <= r.goal
}

// isWorseThan reports whether the ratio is worse than an earlier one by more than a part
// of it.
func (r row) isWorseThan(before, tolerance float64) bool {
	if r.atLeast {
		return r.ratio < before*(1-tolerance)
	}
	return r.ratio > before*(1+tolerance)
}

func (r row) goalText() string {
	if r.atLeast {
		return fmt.Sprintf("≥ %.3g", r.goal)
	}
	return fmt.Sprintf("≤ %.3g", r.goal)
}

// processors is the suffix that go test adds to the name of a benchmark.
var processors = regexp.MustCompile(`-\d+$`)

// parseRows returns the rows of the output of go test -bench, in the order of their
// first lines.
func parseRows(output string) []row {
	var names []string
	runs := make(map[string][]row)
	for line := range strings.Lines(output) {
		fields := strings.Fields(line)
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		name := strings.TrimPrefix(processors.ReplaceAllString(fields[0], ""), "Benchmark")
		for _, r := range rowsOf(strings.ReplaceAll(name, "_", " "), fields[2:]) {
			if runs[r.name] == nil {
				names = append(names, r.name)
			}
			runs[r.name] = append(runs[r.name], r)
		}
	}
	var rows []row
	for _, name := range names {
		all := runs[name]
		slices.SortFunc(all, func(a, b row) int { return cmp.Compare(a.ratio, b.ratio) })
		rows = append(rows, all[len(all)/2])
	}
	return rows
}

// rowsOf returns the rows of one line: pairs of a number and a unit.
func rowsOf(name string, pairs []string) []row {
	metrics := make(map[string]string)
	for i := 0; i+1 < len(pairs); i += 2 {
		metrics[pairs[i+1]] = pairs[i]
	}
	var rows []row
	for _, unit := range slices.Sorted(maps.Keys(metrics)) {
		prefix, isRatio := strings.CutSuffix(unit, "ratio")
		if !isRatio {
			continue
		}
		r := row{name: strings.TrimSpace(name + " " + strings.TrimSuffix(prefix, "-"))}
		r.ratio, _ = strconv.ParseFloat(metrics[unit], 64)
		goal := metrics[prefix+"at-most"]
		if atLeast, ok := metrics[prefix+"at-least"]; ok {
			goal, r.atLeast = atLeast, true
		}
		r.goal, _ = strconv.ParseFloat(goal, 64)
		for other, value := range metrics {
			if unit, ok := strings.CutPrefix(other, prefix+"measured-"); ok {
				r.measured = value + " " + unit
			} else if unit, ok := strings.CutPrefix(other, prefix+"floor-"); ok {
				r.floor = value + " " + unit
			}
		}
		rows = append(rows, r)
	}
	return rows
}

// printTable prints the rows as a table in Markdown.
func printTable(out io.Writer, rows []row, known map[string]float64) {
	fmt.Fprintln(out, "| benchmark | floor | realmconf | ratio | goal | met | ratio in the baseline |\n| --- | --- | --- | --- | --- | --- | --- |")
	for _, r := range rows {
		met, before := "no", ""
		if r.meetsGoal() {
			met = "yes"
		}
		if ratio, ok := known[r.name]; ok {
			before = fmt.Sprintf("%.3g", ratio)
		}
		fmt.Fprintf(out, "| %s | %s | %s | %.3g | %s | %s | %s |\n", r.name, r.floor, r.measured, r.ratio, r.goalText(), met, before)
	}
}

// readBaseline returns the ratios of a baseline: on each line the name of a row, a tab
// and its ratio. A missing file has none.
func readBaseline(name string) (map[string]float64, error) {
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	known := make(map[string]float64)
	for line := range strings.Lines(string(text)) {
		row, ratio, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if known[row], err = strconv.ParseFloat(ratio, 64); err != nil {
			return nil, fmt.Errorf("%s: %q is not a name, a tab and a ratio", name, line)
		}
	}
	return known, nil
}

// formatBaseline returns a baseline with the ratios of rows, and those of other rows as
// they were.
func formatBaseline(rows []row, known map[string]float64) []byte {
	all := maps.Clone(known)
	for _, r := range rows {
		all[r.name] = r.ratio
	}
	var text []byte
	for _, name := range slices.Sorted(maps.Keys(all)) {
		text = fmt.Appendf(text, "%s\t%.3g\n", name, all[name])
	}
	return text
}
