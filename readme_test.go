package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"realmconf/tools/cli/clitest"
)

// TestReadme_firstCommand runs the first command of the README from the top of the
// repository, and compares its three answers and the file that it writes with
// those that the README shows.
func TestReadme_firstCommand(t *testing.T) {
	command := readmeLine(t, "go run ")
	bash := exec.Command("bash", "-euc", command)
	temp := t.TempDir()
	bash.Env = append(os.Environ(), "TMPDIR="+temp)
	var stdout, stderr bytes.Buffer
	bash.Stdout, bash.Stderr = &stdout, &stderr
	if err := bash.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, stderr.Bytes())
	}
	answers := strings.Split(strings.TrimSpace(stdout.String()), "\n")
	if len(answers) != 3 {
		t.Fatalf("got %d answers, want 3:\n%s", len(answers), stdout.Bytes())
	}
	for i, want := range []struct {
		pointer string
		value   any
	}{
		{"/result/value/model", ""},
		{"/result/generation", int64(1)},
		{"/error/data/current", int64(1)},
	} {
		if got := valueAt(t, answers[i], want.pointer); got != want.value {
			t.Errorf("answer %d: %s is %v, want %v\n%s", i+1, want.pointer, got, want.value, answers[i])
		}
	}
	_, after, _ := strings.Cut(document(t, "README.md"), "The answers, shortened:\n\n```\n")
	shown, _, found := strings.Cut(after, "\n```")
	if lines := strings.Split(shown, "\n"); !found || len(lines) != len(answers) {
		t.Fatalf("the README shows %d answers, want %d:\n%s", len(lines), len(answers), shown)
	}
	for i, line := range strings.Split(shown, "\n") {
		pattern := "^" + strings.ReplaceAll(regexp.QuoteMeta(line), "…", ".*") + "$"
		if !regexp.MustCompile(pattern).MatchString(answers[i]) {
			t.Errorf("answer %d:\n got %s\nwant %s", i+1, answers[i], line)
		}
	}
	files, err := filepath.Glob(filepath.Join(temp, "*", "demo", "config.toml"))
	if err != nil || len(files) != 1 {
		t.Fatalf("config.toml: found %v, %v, want one", files, err)
	}
	if got, err := os.ReadFile(files[0]); err != nil || string(got) != codeBlock(t, "README.md", "toml") {
		t.Errorf("config.toml: got %q, %v, want the README's", got, err)
	}
}

// TestReadme_testCommand makes sure that the README has a test command, which is
// the one that continuous integration runs.
func TestReadme_testCommand(t *testing.T) {
	if got := readmeLine(t, "go test "); !strings.Contains(got, "./...") {
		t.Errorf("the README's test command is %q, want one for ./...", got)
	}
}

// TestReadme_hostSnippet starts the server as the README tells hosts to.
func TestReadme_hostSnippet(t *testing.T) {
	var snippet struct {
		MCPServers map[string]struct {
			Command string
			Args    []string
		}
	}
	if err := json.Unmarshal([]byte(codeBlock(t, "README.md", "json")), &snippet); err != nil {
		t.Fatal(err)
	}
	server := snippet.MCPServers["realmconf"]
	cmd := exec.Command(server.Command, append(server.Args, "--state-root", t.TempDir())...)
	cmd.Stdin = strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"ping"}` + "\n")
	out, err := cmd.Output()
	if want := `{"id":1,"jsonrpc":"2.0","result":{}}` + "\n"; err != nil || string(out) != want {
		t.Errorf("got %s, %v, want %s", out, err, want)
	}
}

// TestReadme_commandLine runs the commands that the README shows, in their order.
func TestReadme_commandLine(t *testing.T) {
	_, after, _ := strings.Cut(document(t, "README.md"), "## Command line")
	_, after, _ = strings.Cut(after, "```sh\n")
	commands, _, found := strings.Cut(after, "```")
	if !found || strings.Count(commands, "\n") < 5 {
		t.Fatalf("the README shows no commands: %q", commands)
	}
	useBuiltProgram(t)
	bash := exec.Command("bash", "-euxc", commands)
	bash.Dir = t.TempDir()
	bash.Env = append(os.Environ(), "HOME="+t.TempDir())
	if out, err := bash.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestReadme_terms: where the README and the help first use a term, they say what it
// means.
func TestReadme_terms(t *testing.T) {
	useBuiltProgram(t)
	help, err := exec.Command("realmconf", "--help").CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, text, term, meaning string }{
		{"README", document(t, "README.md"), "workspace realm", "the realm that belongs to the working directory"},
		{"README", document(t, "README.md"), "posture", "what agents may do"},
		{"README", document(t, "README.md"), "MCP app", "pages that a server gives to a host"},
		{"README", document(t, "README.md"), "x-risk", "the classes of harm"},
		{"README", document(t, "README.md"), "MCP", "Model Context Protocol"},
		{"README", document(t, "README.md"), "etcd", "a database"},
		{"help", string(help), "workspace realm", "which belongs to"},
		{"help", string(help), "exec", "runs code"},
		{"help", string(help), "posture", "what agents may do"},
		{"help", string(help), "unclassed", "without a class"},
		{"help", string(help), "MCP", "Model Context Protocol"},
		{"help", string(help), "etcd", "a database"},
	} {
		before, after, found := strings.Cut(tt.text, tt.term)
		near := before[max(0, len(before)-120):] + tt.term + after[:min(len(after), 120)]
		if !found || !strings.Contains(strings.Join(strings.Fields(near), " "), tt.meaning) {
			t.Errorf("%s: the first %q is not explained: %q", tt.name, tt.term, near)
		}
	}
}

// TestReadme_release: the first step needs neither Go nor this repository.
func TestReadme_release(t *testing.T) {
	_, run, _ := strings.Cut(document(t, "README.md"), "\n## Run it\n")
	release, _, found := strings.Cut(run, "go run ")
	if !found || !strings.Contains(release, "`realmconf init`") || !strings.Contains(release, "release") {
		t.Errorf("before the first command that needs Go: got %q, want the first step with a release", release)
	}
}

// TestReadme_length keeps the README short enough for ten minutes.
func TestReadme_length(t *testing.T) {
	const most = 160
	if n := strings.Count(document(t, "README.md"), "\n"); n > most {
		t.Errorf("README.md has %d lines, want at most %d", n, most)
	}
}

// TestDocuments_links follows every link between the documents, and looks for
// every file that they name in backquotes.
func TestDocuments_links(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	named := regexp.MustCompile("`((?:rpc|tools|runtime|schema|testdata|\\.ci|\\.github)(?:(?:/[\\w.-]+)*/|(?:/[\\w.-]+)+\\.[a-z]+))`")
	heading := regexp.MustCompile(`(?m)^#+ (.*)$`)
	punctuation := regexp.MustCompile(`[^\w -]`)
	checked := 0
	for _, name := range documents(t) {
		text := document(t, name)
		for _, match := range link.FindAllStringSubmatch(text, -1) {
			file, anchor, hasAnchor := strings.Cut(match[1], "#")
			if strings.Contains(file, "://") {
				continue
			}
			target := name
			if file != "" {
				target = path.Join(path.Dir(name), file)
			}
			checked++
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s: %v", name, match[1], err)
				continue
			}
			if !hasAnchor {
				continue
			}
			found := false
			for _, h := range heading.FindAllStringSubmatch(document(t, target), -1) {
				found = found || strings.ReplaceAll(punctuation.ReplaceAllString(strings.ToLower(h[1]), ""), " ", "-") == anchor
			}
			if !found {
				t.Errorf("%s links to %s, which has no such heading", name, match[1])
			}
		}
		for _, match := range named.FindAllStringSubmatch(text, -1) {
			checked++
			_, err := os.Stat(match[1])
			if _, beside := os.Stat(path.Join(path.Dir(name), match[1])); err != nil && beside != nil {
				t.Errorf("%s names %s: %v", name, match[1], err)
			}
		}
	}
	if checked < 20 {
		t.Errorf("%d links and names were checked, want at least 20", checked)
	}
}

// TestContributing_names looks for the files and names at which CONTRIBUTING.md
// tells a reader to start.
func TestContributing_names(t *testing.T) {
	text := document(t, "CONTRIBUTING.md")
	rows := regexp.MustCompile("(?m)^\\| `([a-z/.]+)`.*\\| ([^|]*) \\|$").FindAllStringSubmatch(text, -1)
	file := regexp.MustCompile("`([a-z_/]+\\.go)`")
	checked := 0
	for _, row := range rows {
		for _, match := range file.FindAllStringSubmatch(row[2], -1) {
			checked++
			if _, err := os.Stat(path.Join(row[1], match[1])); err != nil {
				t.Errorf("%s: %v", row[1], err)
			}
		}
	}
	for _, match := range regexp.MustCompile("`([A-Za-z]+)` (?:in |\\()`([a-z_/]+\\.go)`").FindAllStringSubmatch(text, -1) {
		checked++
		if !regexp.MustCompile(`(?m)^(?:func (?:\([^)]*\) )?` + match[1] + `\(|type ` + match[1] + ` )`).MatchString(document(t, match[2])) {
			t.Errorf("%s has no function or type %s", match[2], match[1])
		}
	}
	var tests strings.Builder
	for _, name := range goFiles(t) {
		if isTest(name) {
			tests.WriteString(document(t, name))
		}
	}
	for _, match := range regexp.MustCompile("`(Test[A-Za-z]+_?[A-Za-z]+)`").FindAllStringSubmatch(text, -1) {
		checked++
		if !strings.Contains(tests.String(), "\nfunc "+match[1]+"(t *testing.T)") {
			t.Errorf("there is no test %s", match[1])
		}
	}
	if checked < 50 {
		t.Errorf("%d names were checked, want at least 50", checked)
	}
}

// TestContributing_drawing compares the drawing in CONTRIBUTING.md with the imports: each
// arrow is an import, and each import between packages of the drawing is an arrow or
// follows from several.
func TestContributing_drawing(t *testing.T) {
	arrows := map[string][]string{}
	drawn := map[string]bool{}
	for _, line := range regexp.MustCompile(`(?m)^([a-z/]+) +──▶ (.*)$`).FindAllStringSubmatch(document(t, "CONTRIBUTING.md"), -1) {
		from := line[1]
		drawn[from] = true
		for _, to := range strings.Split(line[2], ", ") {
			if !slices.Contains(imports[from], to) {
				t.Errorf("%s does not import %s", from, to)
				continue
			}
			arrows[from] = append(arrows[from], to)
			drawn[to] = true
		}
	}
	var leads func(from, to string) bool
	leads = func(from, to string) bool {
		return slices.ContainsFunc(arrows[from], func(next string) bool { return next == to || leads(next, to) })
	}
	for from := range drawn {
		for _, to := range imports[from] {
			if drawn[to] && !leads(from, to) {
				t.Errorf("no arrows lead from %s to %s, which it imports", from, to)
			}
		}
		for _, to := range arrows[from] {
			if slices.ContainsFunc(arrows[from], func(next string) bool { return leads(next, to) }) {
				t.Errorf("the arrow from %s to %s follows from others", from, to)
			}
		}
	}
	if len(drawn) < 20 {
		t.Errorf("%d packages are drawn, want at least 20", len(drawn))
	}
}

// documents returns the names of all Markdown files.
func documents(t *testing.T) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && (e.Name() == "node_modules" || name != "." && strings.HasPrefix(e.Name(), ".")):
			return filepath.SkipDir
		case strings.HasSuffix(name, ".md"):
			names = append(names, filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestReadme_flags compares the table of flags with the program's own list.
func TestReadme_flags(t *testing.T) {
	help, err := exec.Command("realmconf", "--help").CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| `--([a-z-]+)").FindAllStringSubmatch(document(t, "tools/cli/README.md"), -1) {
		documented[row[1]] = true
	}
	offered := map[string]bool{}
	for _, flag := range regexp.MustCompile(`(?m)^  --([a-z-]+)`).FindAllStringSubmatch(string(help), -1) {
		offered[flag[1]] = true
		if !documented[flag[1]] {
			t.Errorf("the README does not name --%s", flag[1])
		}
	}
	for name := range documented {
		if !offered[name] {
			t.Errorf("the README names --%s, which the program does not have", name)
		}
	}
}

func document(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.FromSlash(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// readmeLine returns the first line of the README with a prefix.
func readmeLine(t *testing.T, prefix string) string {
	t.Helper()
	for line := range strings.Lines(document(t, "README.md")) {
		if strings.HasPrefix(line, prefix) {
			return strings.TrimSpace(line)
		}
	}
	t.Fatalf("README.md has no line that starts with %q", prefix)
	return ""
}

// codeBlock returns a document's first fenced block of a language.
func codeBlock(t *testing.T, name, language string) string {
	t.Helper()
	_, after, ok := strings.Cut(document(t, name), "```"+language+"\n")
	text, _, closed := strings.Cut(after, "```")
	if !ok || !closed {
		t.Fatalf("%s has no %s block", name, language)
	}
	return text
}

// useBuiltProgram makes "realmconf" the built program and not the test binary, which
// takes twice the processor time to start, with the race detector five times. It is for
// tests that start many; the race detector sees the commands in the tests of tools/cli.
func useBuiltProgram(t *testing.T) {
	t.Helper()
	t.Setenv("PATH", filepath.Dir(clitest.Program(t))+string(filepath.ListSeparator)+os.Getenv("PATH"))
}

// TestBenchTable compares the output of benchmarks with a baseline: of three runs the
// median counts, a row within the tolerance is not worse, and one without a baseline
// neither.
func TestBenchTable(t *testing.T) {
	program := build(t, "benchtable", "./testdata/benchtable", "build", "-ldflags=-s -w")
	dir := t.TempDir()
	output, baseline := filepath.Join(dir, "output"), filepath.Join(dir, "baseline")
	const text = `goos: linux
BenchmarkGet/method,_part/1_in_flight-2 	 100	 2.500 at-most	 10.00 floor-µs	 20.00 measured-µs	 2.000 ratio
BenchmarkGet/method,_part/1_in_flight-2 	 100	 2.500 at-most	 10.00 floor-µs	 90.00 measured-µs	 9.000 ratio
BenchmarkGet/method,_part/1_in_flight-2 	 100	 2.500 at-most	 10.00 floor-µs	 21.00 measured-µs	 2.100 ratio
BenchmarkRace-2 	 100	 150.0 steps-at-least	 80.00 steps-measured-steps/s	 80.00 steps-ratio	 1.5 tries	 6.000 worst-wait-at-most	 5.000 worst-wait-ratio
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

// TestRun_allocations guards what the two commands that a person waits for allocate: to
// touch a page of memory for the first time takes longer than to read a file.
func TestRun_allocations(t *testing.T) {
	stateRoot, _ := copyRealm(t)
	for name, most := range map[string]float64{"get": 780, "completion": 570} {
		words := startCommands[name]
		args := slices.Concat(words[:1], []string{"--realm", "team", "--state-root", stateRoot}, words[1:])
		var out strings.Builder
		got := testing.AllocsPerRun(2, func() { run(args, strings.NewReader(""), &out, io.Discard) })
		if got > most || out.Len() == 0 {
			t.Errorf("%s: got %v allocations and %q, want at most %v and a result", name, got, out.String(), most)
		}
	}
}
