// Benchtable runs the benchmarks, prints their rows as a table, and says which ratio is
// worse than in baseline.txt. Run it from the root of the module:
//
//	go run ./testdata/benchtable            run the benchmarks, and compare
//	go run ./testdata/benchtable -in FILE   read the output of "go test -bench" instead; - is the standard input
//	go run ./testdata/benchtable -write     make the result the baseline
//
// A benchmark reports a row by metrics with one prefix, which may be empty: "measured-UNIT"
// and "floor-UNIT" are two times (the floor may be missing), "ratio" relates them, and
// "at-most" or "at-least" is the goal of the ratio. Of several runs (-count), the median
// ratio counts, with the times of the same run. The exit status is 1 if a row is worse
// by more than the tolerance, and 2 if there is no result.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// commands are the arguments of go test that measure every row.
var commands = []string{
	"-run ^$ -bench Get|Start|Write|Race|ConfigSize -benchtime 2s . ./runtime",
	"-run ^$ -bench Memory -benchtime 1000000x .",
	"-run ^$ -bench Growth -benchtime 8x ./runtime ./tools ./rpc",
}

func main() {
	in := flag.String("in", "", "read the output of the benchmarks from `FILE`")
	baseline := flag.String("baseline", "testdata/benchtable/baseline.txt", "the `FILE` with the ratios to compare with")
	write := flag.Bool("write", false, "write the ratios into the baseline")
	tolerance := flag.Float64("tolerance", 0.25, "how much worse a ratio may be, as a part of it")
	flag.Parse()
	isWorse, err := run(*in, *baseline, *write, *tolerance, os.Stdout)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "benchtable:", err)
		os.Exit(2)
	case isWorse:
		os.Exit(1)
	}
}

// run prints the table, and reports whether a row is worse than in the baseline.
func run(in, baseline string, write bool, tolerance float64, out io.Writer) (isWorse bool, err error) {
	text, err := output(in)
	if err != nil {
		return false, err
	}
	rows := parseRows(text)
	if len(rows) == 0 {
		return false, fmt.Errorf("there is no row in the output of the benchmarks:\n%s", text)
	}
	known, err := readBaseline(baseline)
	if err != nil {
		return false, err
	}
	printTable(out, rows, known)
	if write {
		return false, os.WriteFile(baseline, formatBaseline(rows, known), 0o644)
	}
	for _, r := range rows {
		if before, ok := known[r.name]; ok && r.isWorseThan(before, tolerance) {
			isWorse = true
			fmt.Fprintf(out, "worse: %s: ratio %.3g, was %.3g, goal %s\n", r.name, r.ratio, before, r.goalText())
		}
	}
	return isWorse, nil
}

// output returns the output of the benchmarks, from a file or by running them.
func output(in string) (string, error) {
	switch in {
	case "":
		var all strings.Builder
		for _, arguments := range commands {
			command := exec.Command("go", append([]string{"test"}, strings.Fields(arguments)...)...)
			command.Stderr = os.Stderr
			text, err := command.Output()
			if err != nil {
				return "", fmt.Errorf("%s: %w\n%s", command, err, text)
			}
			all.Write(text)
		}
		return all.String(), nil
	case "-":
		text, err := io.ReadAll(os.Stdin)
		return string(text), err
	default:
		text, err := os.ReadFile(in)
		return string(text), err
	}
}
