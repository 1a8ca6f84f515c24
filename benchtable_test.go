package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestBenchTable compares the output of benchmarks with a baseline: of three runs the
// median counts, a row within the tolerance is not worse, and one without a baseline
// neither.
func TestBenchTable(t *testing.T) {
	program := build(t, "benchtable", "./testdata/benchtable", "build")
	dir := t.TempDir()
	output, baseline := filepath.Join(dir, "output"), filepath.Join(dir, "baseline")
	const text = `goos: linux
BenchmarkGet/method,_part/1_in_flight-2 	 100	 2.500 at-most	 10.00 floor-µs	 20.00 ours-µs	 2.000 ratio
BenchmarkGet/method,_part/1_in_flight-2 	 100	 2.500 at-most	 10.00 floor-µs	 90.00 ours-µs	 9.000 ratio
BenchmarkGet/method,_part/1_in_flight-2 	 100	 2.500 at-most	 10.00 floor-µs	 21.00 ours-µs	 2.100 ratio
BenchmarkRace-2 	 100	 150.0 steps-at-least	 80.00 steps-ours-steps/s	 80.00 steps-ratio	 1.5 tries	 6.000 worst-wait-at-most	 5.000 worst-wait-ratio
BenchmarkOther-2 	 100	 12 ns/op
PASS
`
	for name, content := range map[string]string{output: text, baseline: "Get/method, part/1 in flight\t2\nRace steps\t120\nnot run\t1\n"} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(wantExit int, arguments ...string) string {
		t.Helper()
		out, err := exec.Command(program, append([]string{"-in", output, "-baseline", baseline}, arguments...)...).CombinedOutput()
		exit := 0
		if failed := (*exec.ExitError)(nil); errors.As(err, &failed) {
			exit = failed.ExitCode()
		}
		if exit != wantExit {
			t.Errorf("%q: got exit status %d, want %d:\n%s", arguments, exit, wantExit, out)
		}
		return string(out)
	}
	const table = `| benchmark | floor | realmconf | ratio | goal | met | ratio in the baseline |
| --- | --- | --- | --- | --- | --- | --- |
| Get/method, part/1 in flight | 10.00 µs | 21.00 µs | 2.1 | ≤ 2.5 | yes | 2 |
| Race steps |  | 80.00 steps/s | 80 | ≥ 150 | no | 120 |
| Race worst-wait |  |  | 5 | ≤ 6 | yes |  |
`
	if got, want := run(1), table+"worse: Race steps: ratio 80, was 120, goal ≥ 150\n"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := run(0, "-tolerance", "0.5"); got != table {
		t.Errorf("with a tolerance: got\n%s\nwant\n%s", got, table)
	}
	run(0, "-write")
	const want = "Get/method, part/1 in flight\t2.1\nRace steps\t80\nRace worst-wait\t5\nnot run\t1\n"
	if got, err := os.ReadFile(baseline); err != nil || string(got) != want {
		t.Errorf("the baseline that was written: got %q, %v, want %q", got, err, want)
	}
	if err := os.WriteFile(output, []byte("PASS\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := run(2); !strings.Contains(got, "there is no row") {
		t.Errorf("without a row: got %s", got)
	}
}
