package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/rogpeppe/go-internal/testscript"

	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// noRaceWait turns off the second that a program with the race detector waits at its end.
const noRaceWait = "atexit_sleep_ms=0"

// TestMain makes the test binary the program as well: "realmconf" in a script,
// or in exec.Command, runs main.
func TestMain(m *testing.M) {
	_ = os.Setenv("GORACE", noRaceWait)
	testscript.Main(m, map[string]func(){"realmconf": main})
}

// TestScripts runs the program as its users do.
//
// A long script says with "[short] stop" where a short run ends.
func TestScripts(t *testing.T) {
	useBuiltProgram(t)
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", os.Getenv("PATH"))
			schemas, err := filepath.Abs(filepath.Join("testdata", "schemas"))
			env.Setenv("SCHEMAS", schemas)
			return err
		},
		UpdateScripts: os.Getenv("UPDATE") != "",
		Cmds:          map[string]func(*testscript.TestScript, bool, []string){"listing": listing},
	})
}

// listing DIR FILE writes into FILE everything that a program could have changed
// below DIR: names, modes, times and bytes.
func listing(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: listing DIR FILE")
	}
	var b strings.Builder
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		var text []byte
		if info.Mode().IsRegular() {
			if text, err = os.ReadFile(name); err != nil {
				return err
			}
		}
		_, err = fmt.Fprintf(&b, "%s %s %s %q\n", name, info.Mode(), info.ModTime().Format(time.RFC3339Nano), text)
		return err
	}))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(b.String()), 0o600))
}

// patchedLine is the one line of the example configuration that the clients
// below change, after the change.
const patchedLine = "max_retries = 7\n"

// TestSDKClient reads, patches, conflicts and reads again through the official
// MCP client, in every protocol revision.
func TestSDKClient(t *testing.T) {
	for _, revision := range []string{"", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"} {
		t.Run("revision "+revision, func(t *testing.T) {
			stateRoot, dir := copyRealm(t)
			session := connectSDK(t, stateRoot, revision)
			if got, want := session.InitializeResult().ProtocolVersion, revision; want != "" && got != want {
				t.Errorf("negotiated %s, want %s", got, want)
			}
			tools, err := session.ListTools(t.Context(), nil)
			if err != nil || len(tools.Tools) != 8 {
				t.Fatalf("tools: got %v, %v, want 8", tools, err)
			}
			for _, tool := range tools.Tools {
				if !strings.Contains(document(t, "README.md"), "`"+tool.Name+"`") {
					t.Errorf("the README does not name the tool %s", tool.Name)
				}
			}
			readPatchConflictRead(t, func(name string, arguments map[string]any) (tree.Object, bool) {
				t.Helper()
				result, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: name, Arguments: arguments})
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				content := result.Content[len(result.Content)-1].(*mcp.TextContent)
				reply, err := tree.DecodeObject([]byte(content.Text))
				if err != nil {
					t.Fatalf("%s: %v\n%s", name, err, content.Text)
				}
				return reply, result.IsError
			})
			if err := session.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
			checkOneLineChanged(t, dir, patchedLine)
		})
	}
}

// TestSDKClient_stateless makes sure that the client's default is the stateless
// revision, and not an older one after an error.
func TestSDKClient_stateless(t *testing.T) {
	stateRoot, _ := copyRealm(t)
	session := connectSDK(t, stateRoot, "")
	defer session.Close()
	if got, want := session.InitializeResult().ProtocolVersion, "2026-07-28"; got != want {
		t.Errorf("negotiated %s, want %s", got, want)
	}
}

// connectSDK starts the program for realm team and connects the official client
// to it. Without a revision, the client chooses.
func connectSDK(t *testing.T, stateRoot, revision string) *mcp.ClientSession {
	t.Helper()
	client := mcp.NewClient(&mcp.Implementation{Name: "sdk", Version: "1"}, nil)
	program := exec.Command("realmconf", "--realm", "team", "--state-root", stateRoot)
	session, err := client.Connect(context.WithoutCancel(t.Context()),
		&mcp.CommandTransport{Command: program}, &mcp.ClientSessionOptions{ProtocolVersion: revision})
	if err != nil {
		t.Fatal(err)
	}
	return session
}

// TestLineClient does the same as TestSDKClient with JSON-RPC requests, one a
// line, and no handshake.
func TestLineClient(t *testing.T) {
	stateRoot, dir := copyRealm(t)
	server := startProcess(t, exec.Command("realmconf", "--realm", "team", "--state-root", stateRoot))
	id := 0
	readPatchConflictRead(t, func(tool string, params map[string]any) (tree.Object, bool) {
		t.Helper()
		id++
		method := "config/" + strings.TrimPrefix(tool, "config_")
		request := tree.Append(nil, tree.Object{"jsonrpc": "2.0", "id": id, "method": method, "params": params})
		reply := server.call(string(request) + "\n")
		if reply["id"] != int64(id) {
			t.Fatalf("id: got %v, want %d", reply["id"], id)
		}
		if fault, failed := reply["error"].(tree.Object); failed {
			return fault["data"].(tree.Object), true
		}
		return reply["result"].(tree.Object), false
	})
	server.in.Close()
	if rest, err := io.ReadAll(server.out); err != nil || len(rest) > 0 {
		t.Errorf("after the last reply: %q, %v, want nothing", rest, err)
	}
	if err := server.command.Wait(); err != nil {
		t.Errorf("exit: %v, want 0", err)
	}
	checkOneLineChanged(t, dir, patchedLine)
}

// readPatchConflictRead reads, changes one key, repeats the change with the
// generation that is now stale, and reads again.
func readPatchConflictRead(t *testing.T, call func(tool string, arguments map[string]any) (reply tree.Object, failed bool)) {
	t.Helper()
	before, failed := call("config_get", map[string]any{"path": "/retry/max_retries"})
	if failed || before["value"] != int64(3) || before["generation"] != int64(1) {
		t.Fatalf("get: got %v", before)
	}
	patch := map[string]any{
		"patch":               map[string]any{"retry": map[string]any{"max_retries": int64(7)}},
		"expected_generation": int64(1),
	}
	patched, failed := call("config_patch", patch)
	if failed || patched["generation"] != int64(2) || patched["previous_generation"] != int64(1) || patched["changed"] != true {
		t.Fatalf("patch: got %v", patched)
	}
	stale, failed := call("config_patch", patch)
	if !failed || stale["kind"] != "generation_conflict" || stale["expected"] != int64(1) || stale["current"] != int64(2) {
		t.Fatalf("stale patch: got %v", stale)
	}
	after, failed := call("config_get", map[string]any{})
	config, _ := after["config"].(tree.Object)
	retry, _ := config["retry"].(tree.Object)
	if failed || after["generation"] != int64(2) || retry["max_retries"] != int64(7) {
		t.Fatalf("second get: got %v", after)
	}
}

// pythonProgram returns the full path of Python: a version manager's wrapper takes a
// second for each start.
var pythonProgram = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("python3", "-c", "import sys; print(sys.executable)").Output()
	return strings.TrimSpace(string(out)), err
})

// incrementClients returns the commands of the example clients that add one to a
// number. A short run leaves out the client in Go, which takes a second to link.
func incrementClients(t *testing.T) [][]string {
	t.Helper()
	useBuiltProgram(t)
	python, err := pythonProgram()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join("testdata", "clients")
	clients := [][]string{{python, filepath.Join(dir, "python", "increment.py")}, {"bash", filepath.Join(dir, "bash", "increment.sh")}}
	if testing.Short() {
		return clients
	}
	return append(clients, []string{build(t, "increment", "./testdata/clients/go", "build", "-ldflags=-s -w")})
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
	each, before := treetest.Cases(5, 1), 3 // the default of the number
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
		name, notInteger := filepath.Base(client[len(client)-1]), "/retry/multiplier" // 2.0
		if len(client) == 1 {
			notInteger = "/agent/budget_warning_threshold" // a tool's 2.0 is 2
		}
		for i, test := range []struct {
			args   []string
			code   int
			stderr string
		}{
			{nil, 2, "usage: " + name + " POINTER FLAG…"},
			{[]string{"10", "/retry/max_retries"}, 2, "usage: "},
			{append([]string{notInteger}, flags...), 1, notInteger + " is not an integer"},
			{append([]string{"/rest/host"}, flags...), 1, "/rest/host is not an integer"},
			{append([]string{"/rest"}, flags...), 1, "/rest is not an integer"},
			{append([]string{"/rest/prot"}, flags...), 1, "did you mean /rest/port?"},
			{append([]string{"/rest/port", "--read-only"}, flags...), 1, "read-only"},
			{[]string{"/rest/port", "--realm", "a.b"}, 2, "realm id"},
		} {
			if testing.Short() && i%3 > 0 {
				continue
			}
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

// process is a running program that answers requests line by line.
type process struct {
	tb      testing.TB
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	output  io.Closer // the pipe under out
}

func startProcess(tb testing.TB, command *exec.Cmd) *process {
	tb.Helper()
	p := &process{tb: tb, command: command}
	var err error
	if p.in, err = command.StdinPipe(); err != nil {
		tb.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	p.output = out
	p.out = bufio.NewReaderSize(out, 1<<20)
	if err := command.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(p.stop)
	return p
}

// stop closes the program's input and waits for its end. It may be called twice.
func (p *process) stop() {
	_ = p.in.Close()
	_ = p.command.Wait()
}

// exchange sends lines together, and reads and drops as many answers as given.
func (p *process) exchange(requests []byte, answers int) {
	if _, err := p.in.Write(requests); err != nil {
		p.tb.Fatal(err)
	}
	for range answers {
		p.readLine()
	}
}

// readLine returns the next line, which is valid until the next call.
func (p *process) readLine() []byte {
	line, err := p.out.ReadSlice('\n')
	if err != nil {
		p.tb.Fatalf("%v: %v", p.command.Args, err)
	}
	return line
}

// call sends one request and returns its decoded answer.
func (p *process) call(request string) tree.Object {
	p.tb.Helper()
	if _, err := io.WriteString(p.in, request); err != nil {
		p.tb.Fatal(err)
	}
	line := p.readLine()
	answer, err := tree.DecodeObject(line)
	if err != nil {
		p.tb.Fatalf("%v\n%s", err, line)
	}
	return answer
}

// valueAt returns the value at a pointer in a line of JSON.
func valueAt(t *testing.T, line, pointer string) any {
	t.Helper()
	value, err := tree.Decode([]byte(line))
	if err != nil {
		t.Fatalf("not JSON: %v\n%s", err, line)
	}
	p, err := tree.ParsePointer(pointer)
	if err != nil {
		t.Fatal(err)
	}
	got, _, ok := p.Get(value)
	if !ok {
		t.Fatalf("no value at %s in %s", pointer, line)
	}
	return got
}

// copyRealm makes a state root that holds a copy of testdata/realm as realm
// team, and returns the root and the copy's directory.
func copyRealm(tb testing.TB) (stateRoot, dir string) {
	tb.Helper()
	stateRoot = tb.TempDir()
	dir = filepath.Join(stateRoot, "team")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "realm"))); err != nil {
		tb.Fatal(err)
	}
	return stateRoot, dir
}

// checkOneLineChanged compares config.toml with the original: exactly one line
// may differ, and must be the one given.
func checkOneLineChanged(t *testing.T, dir, want string) {
	t.Helper()
	before := readLines(t, filepath.Join("testdata", "realm", "config.toml"))
	after := readLines(t, filepath.Join(dir, "config.toml"))
	if len(before) != len(after) {
		t.Fatalf("config.toml has %d lines, want %d", len(after), len(before))
	}
	var changed []string
	for i := range before {
		if before[i] != after[i] {
			changed = append(changed, after[i])
		}
	}
	if len(changed) != 1 || changed[0] != want {
		t.Errorf("changed lines: got %q, want only %q", changed, want)
	}
}

func readLines(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.SplitAfter(string(text), "\n")
}
