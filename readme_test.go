package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// TestReadme_firstCommand runs the first command of the README from the top of the
// repository and checks its three answers.
func TestReadme_firstCommand(t *testing.T) {
	command := readmeLine(t, "go run ")
	bash := exec.Command("bash", "-euc", command)
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
	_, after, _ := strings.Cut(readme(t), "It answers, in short:\n\n```\n")
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
}

// TestReadme_testCommand makes sure that the README has a test command, which is
// the one that continuous integration runs.
func TestReadme_testCommand(t *testing.T) {
	if got := readmeLine(t, "go test "); !strings.Contains(got, "./...") {
		t.Errorf("the README's test command is %q, want one for ./...", got)
	}
}

// TestReadme_session sends the requests that the README shows, compares the
// answers with the README's, in which {…} matches any object, and then config.toml
// with the text that it shows.
func TestReadme_session(t *testing.T) {
	stateRoot := t.TempDir()
	server := startProcess(t, exec.Command("realmconf", "--realm", "demo", "--state-root", stateRoot))
	sent := 0
	for line := range strings.Lines(readme(t)) {
		if request, ok := strings.CutPrefix(line, "> {"); ok {
			sent++
			if _, err := server.in.Write([]byte("{" + request)); err != nil {
				t.Fatal(err)
			}
		}
		if want, ok := strings.CutPrefix(line, "< "); ok {
			got, err := server.out.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			pattern := strings.ReplaceAll(regexp.QuoteMeta(want), regexp.QuoteMeta("{…}"), `\{.*\}`)
			if !regexp.MustCompile("^" + pattern + "$").MatchString(got) {
				t.Errorf("answer:\n got %swant %s", got, want)
			}
		}
	}
	server.in.Close()
	if err := server.command.Wait(); err != nil || sent == 0 {
		t.Errorf("after %d requests: %v, want some, and exit 0", sent, err)
	}
	shown := codeBlock(t, "toml")
	got, err := os.ReadFile(stateRoot + "/demo/config.toml")
	if err != nil || string(got) != shown {
		t.Errorf("config.toml: got %q, %v, want %q", got, err, shown)
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
	if err := json.Unmarshal([]byte(codeBlock(t, "json")), &snippet); err != nil {
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
	_, after, _ := strings.Cut(readme(t), "## Command line")
	_, after, _ = strings.Cut(after, "```sh\n")
	commands, _, found := strings.Cut(after, "```")
	if !found || strings.Count(commands, "\n") < 5 {
		t.Fatalf("the README shows no commands: %q", commands)
	}
	bash := exec.Command("bash", "-euxc", commands)
	bash.Dir = t.TempDir()
	bash.Env = append(os.Environ(), "HOME="+t.TempDir())
	if out, err := bash.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestReadme_errorTexts provokes the errors whose texts the table of errors shows.
func TestReadme_errorTexts(t *testing.T) {
	request := func(method, params string) string {
		return `{"jsonrpc":"2.0","id":1,"method":"` + method + `","params":` + params + "}\n"
	}
	hello := request("initialize", `{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"a","version":"1"}}`)
	provoked := map[string]struct {
		config, request string
		args            []string
	}{
		"method_not_found": {request: request("config/gte", "{}")},
		"invalid_params":   {request: request("config/get", `{"path":"rest.port"}`)},
		"not_found":        {request: request("config/get", `{"path":"/rest/prot"}`)},
		"read_only":        {request: request("config/patch", `{"rest":{"port":1}}`), args: []string{"--read-only"}},
		"corrupt_config":   {request: request("config/get", "{}"), config: strings.Repeat("\n", 13) + "model = = 1\n"},
		"would_drop": {request: hello + request("tools/call", `{"name":"config_patch","arguments":{"patch":{"hooks":{"entries":[]}},"expected_generation":1}}`),
			config: "[[hooks.entries]]\nid = \"audit\"\n"},
	}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| -?[0-9]+ \\| `([^`]*)`").FindAllStringSubmatch(readme(t), -1) {
		kind, want := row[1], row[2]
		how, ok := provoked[kind]
		if !ok {
			t.Errorf("%s: the README shows a text that no test provokes: %s", kind, want)
			continue
		}
		delete(provoked, kind)
		root := t.TempDir()
		if how.config != "" {
			if err := os.MkdirAll(root+"/demo", 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(root+"/demo/config.toml", []byte(how.config), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command("realmconf", append(how.args, "--realm", "demo", "--state-root", root)...)
		cmd.Stdin = strings.NewReader(how.request)
		out, err := cmd.Output()
		escaped, _ := json.Marshal(want)
		if err != nil || !strings.Contains(string(out), strings.Trim(string(escaped), `"`)) {
			t.Errorf("%s: got %s, %v, want %s in it", kind, out, err, want)
		}
	}
	for kind := range provoked {
		t.Errorf("the README shows no text for %s", kind)
	}
}

// TestReadme_errorsBeforeTools provokes the errors of calls that reach no tool.
func TestReadme_errorsBeforeTools(t *testing.T) {
	const (
		hello  = `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"a","version":"1"}}}` + "\n"
		modern = `"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}},`
		future = `"_meta":{"io.modelcontextprotocol/protocolVersion":"2099-01-01","io.modelcontextprotocol/clientCapabilities":{}},`
	)
	for _, tt := range []struct {
		input, method, params string
		code                  int64
		kind                  any
	}{
		{hello, "tools/call", `"name":"config_gte","arguments":{}`, -32602, "invalid_params"},
		{hello, "tools/call", `"name":"config_get","arguments":[]`, -32602, "invalid_params"},
		{"", "tools/call", `"name":"config_get","arguments":{}`, -32602, "invalid_params"},
		{"", "resources/read", modern + `"uri":"realmconf://confg"`, -32602, "not_found"},
		{hello, "resources/read", `"uri":"realmconf://confg"`, -32002, "not_found"},
		{"", "tools/list", future + `"cursor":null`, -32022, nil},
	} {
		cmd := exec.Command("realmconf", "--realm", "demo", "--state-root", t.TempDir())
		cmd.Stdin = strings.NewReader(tt.input + `{"jsonrpc":"2.0","id":1,"method":"` + tt.method + `","params":{` + tt.params + "}}\n")
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		answers := strings.Split(strings.TrimSpace(string(out)), "\n")
		answer := answers[len(answers)-1]
		if got := valueAt(t, answer, "/error/code"); got != tt.code || !strings.Contains(readme(t), fmt.Sprint(tt.code)) {
			t.Errorf("%s %s: got %v, want %d, and the README to say so", tt.method, tt.params, got, tt.code)
		}
		if tt.kind != nil {
			if got := valueAt(t, answer, "/error/data/kind"); got != tt.kind {
				t.Errorf("%s %s: got %v, want %v", tt.method, tt.params, got, tt.kind)
			}
		} else if !strings.Contains(answer, `"data":{"requested":"2099-01-01","supported":[`) {
			t.Errorf("%s %s: got %s, want what is supported and no kind", tt.method, tt.params, answer)
		}
	}
}

// TestReadme_flags compares the table of flags with the program's own list.
func TestReadme_flags(t *testing.T) {
	help, err := exec.Command("realmconf", "--help").CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| `--([a-z-]+)").FindAllStringSubmatch(readme(t), -1) {
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

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// readmeLine returns the first line of the README with a prefix.
func readmeLine(t *testing.T, prefix string) string {
	t.Helper()
	for line := range strings.Lines(readme(t)) {
		if strings.HasPrefix(line, prefix) {
			return strings.TrimSpace(line)
		}
	}
	t.Fatalf("README.md has no line that starts with %q", prefix)
	return ""
}

// codeBlock returns the README's first fenced block of a language.
func codeBlock(t *testing.T, language string) string {
	t.Helper()
	_, after, ok := strings.Cut(readme(t), "```"+language+"\n")
	text, _, closed := strings.Cut(after, "```")
	if !ok || !closed {
		t.Fatalf("README.md has no %s block", language)
	}
	return text
}

// incrementClients returns the commands of the example clients that add one to a
// number. Python is called by its full path: a version manager's wrapper takes a
// second for each start.
func incrementClients(t *testing.T) [][]string {
	t.Helper()
	python, err := exec.Command("python3", "-c", "import sys; print(sys.executable)").Output()
	if err != nil {
		t.Fatal(err)
	}
	return [][]string{
		{strings.TrimSpace(string(python)), filepath.Join("testdata", "clients", "python", "increment.py")},
		{"bash", filepath.Join("testdata", "clients", "bash", "increment.sh")},
	}
}

// TestExampleClients_noLostUpdate lets the example clients count in one realm at
// the same time: each number is reached once.
func TestExampleClients_noLostUpdate(t *testing.T) {
	stateRoot := t.TempDir()
	flags := []string{"--realm", "team", "--state-root", stateRoot}

	commands := incrementClients(t)
	var clients sync.WaitGroup
	var mu sync.Mutex
	reached := map[string]int{}
	run := func(client []string) {
		var stderr strings.Builder
		cmd := exec.Command(client[0], append(append(client[1:len(client):len(client)], "/retry/max_retries"), flags...)...)
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Errorf("%q: %v\n%s", cmd.Args, err, stderr.String())
		}
		mu.Lock()
		defer mu.Unlock()
		for _, number := range strings.Fields(string(out)) {
			reached[number]++
		}
	}
	each, before := 5, 3 // the default of the number
	if testing.Short() {
		each = 1
	}
	for range 2 {
		for _, client := range commands {
			clients.Go(func() {
				for range each {
					run(client)
				}
			})
		}
	}
	clients.Wait()
	first, last := before+1, before+2*len(commands)*each
	for n := first; n <= last; n++ {
		if number := strconv.Itoa(n); reached[number] != 1 {
			t.Errorf("%s was reached %d times, want once", number, reached[number])
		}
	}
	if len(reached) != last-first+1 {
		t.Errorf("%d numbers were reached, want %d", len(reached), last-first+1)
	}
	got, err := exec.Command("realmconf", append([]string{"get", "/retry/max_retries"}, flags...)...).Output()
	if err != nil || string(got) != strconv.Itoa(last)+"\n" {
		t.Errorf("in the end: got %q, %v, want %d", got, err, last)
	}
}

// TestExampleClients_refusal gives the example clients no key, keys that hold no
// integer, and a realm that refuses the write.
func TestExampleClients_refusal(t *testing.T) {
	stateRoot := t.TempDir()
	flags := []string{"--realm", "team", "--state-root", stateRoot}
	for _, client := range incrementClients(t) {
		for _, test := range []struct {
			args   []string
			code   int
			stderr string
		}{
			{nil, 2, "usage: " + filepath.Base(client[1]) + " POINTER FLAG…"},
			{[]string{"10", "/retry/max_retries"}, 2, "usage: "},
			{append([]string{"/retry/multiplier"}, flags...), 1, "/retry/multiplier is not an integer"},
			{append([]string{"/rest/host"}, flags...), 1, "/rest/host is not an integer"},
			{append([]string{"/rest"}, flags...), 1, "/rest is not an integer"},
			{append([]string{"/rest/prot"}, flags...), 1, "did you mean /rest/port?"},
			{append([]string{"/rest/port", "--read-only"}, flags...), 1, "read-only"},
			{[]string{"/rest/port", "--realm", "a.b"}, 2, "realm id"},
		} {
			cmd := exec.Command(client[0], append(client[1:len(client):len(client)], test.args...)...)
			var stderr strings.Builder
			cmd.Stderr = &stderr
			_ = cmd.Run()
			if got := cmd.ProcessState.ExitCode(); got != test.code || !strings.Contains(stderr.String(), test.stderr) || strings.Contains(stderr.String(), "Traceback") {
				t.Errorf("%v: exit %d, want %d; %s", cmd.Args, got, test.code, stderr.String())
			}
		}
	}
	if left, err := os.ReadDir(stateRoot); err != nil || len(left) > 0 {
		t.Errorf("written: %v, %v", left, err)
	}
}
