package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"realmconf/runtime/store/etcd"
)

// program is the built program with a store in its environment.
type program struct {
	path string
	env  []string
}

// builtProgram is the program, with TLS, which is built once for all tests: linking it
// takes longer than most of them.
type builtProgram struct {
	once sync.Once
	dir  string
	out  []byte // of the build
	err  error
}

// built is removed by TestMain.
var built builtProgram

// buildProgram returns the path of the program.
func buildProgram(t *testing.T) string {
	t.Helper()
	built.once.Do(built.build)
	if built.err != nil {
		t.Fatalf("%v\n%s", built.err, built.out)
	}
	return built.path()
}

func (b *builtProgram) path() string { return filepath.Join(b.dir, "realmconf") }

func (b *builtProgram) build() {
	if b.dir, b.err = os.MkdirTemp("", "realmconf"); b.err != nil {
		return
	}
	build := exec.Command("go", "build", "-tags", "etcds", "-ldflags=-s -w", "-o", b.path(), ".")
	build.Dir = filepath.Join("..", "..") // the program's own module
	b.out, b.err = build.CombinedOutput()
}

// remove removes the program, if it was built.
func (b *builtProgram) remove() error {
	if b.dir == "" {
		return nil
	}
	return os.RemoveAll(b.dir)
}

// run runs a command, and returns its output and its exit code.
func (p program) run(t *testing.T, stdin string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), p.path, args...)
	cmd.Env = append(os.Environ(), p.env...)
	cmd.Dir = t.TempDir()
	cmd.Stdin = strings.NewReader(stdin)
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(cmd.Dir); err != nil || len(entries) > 0 {
		t.Errorf("%v left %v in the working directory, %v", args, entries, err)
	}
	return out.String(), problems.String(), cmd.ProcessState.ExitCode()
}

// TestProgram runs the commands on a shared realm.
func TestProgram(t *testing.T) {
	t.Parallel()
	c := startCluster(t, 1)
	path := buildProgram(t)
	url := "etcd://" + c.nodes[0].client + "/program"
	team := program{path, []string{"REALMCONF_STORE=" + url}}
	for _, tt := range []struct {
		args         []string
		stdin        string
		code         int
		stdout, text string // parts of the output, and of standard error
	}{
		{args: []string{"get"}, code: 2, text: "needs --realm"},
		{args: []string{"get", "--realm", "team", "--state-root", "/x"}, code: 2, text: "--state-root is about directories"},
		{args: []string{"get", "--realm", "team", "--store", "etcd://me:hunter2@h"}, code: 2, text: "ETCDCTL_PASSWORD"},
		{args: []string{"get", "/rest/port", "--realm", "team"}, stdout: "8080", text: "does not exist yet"},
		{args: []string{"set-key", "/rest/port", "9000", "--realm", "team", "--reason", "why"}, stdout: `"generation":1`},
		{args: []string{"patch", `{"retry":{"max_retries":5}}`, "--realm", "team", "--expected-generation", "0"}, code: 3, text: "1 is current"},
		{args: []string{"patch", `{"retry":{"max_retries":5}}`, "--realm", "team", "--expected-generation", "1"}, stdout: `"generation":2`},
		{args: []string{"set-key", "/rest/port", "1", "--realm", "team", "--read-only"}, code: 1, text: "--read-only"},
		{args: []string{"history", "--realm", "team"}, stdout: `"host":"`},
		{args: []string{"diff", "1", "2", "--realm", "team"}, stdout: `/retry/max_retries`},
		{args: []string{"revert", "2", "--realm", "team"}, stdout: `"generation":3`},
		{args: []string{"rollback", "2", "--realm", "team"}, stdout: `"generation":4`},
		{args: []string{"show", "1", "/rest/port", "--realm", "team"}, stdout: "9000"},
		{args: []string{"set", "-", "--realm", "base"}, stdin: "[retry]\nmax_retries = 7\n", stdout: `"generation":1`},
		{args: []string{"realms"}, stdout: `"realm_id":"base"`},
		{args: []string{"realms"}, stdout: `"last_change":{"at":"`},
		{args: []string{"export", "--realm", "absent"}, code: 1, text: "does not exist yet"},
		{args: []string{"import", "-", "--realm", "imported"}, stdin: "# kept\n[rest]\nport = 0x50\n", stdout: `"generation":1`, text: `realm "imported" did not exist and was made in ` + url + ", beside base and team"},
		{args: []string{"import", "-", "--realm", "imported", "--expected-generation", "0"}, stdin: "[rest]\nport = 1\n", code: 3, text: "1 is current"},
		{args: []string{"import", "-", "--realm", "imported", "--dry-run"}, stdin: "[rest]\nport = 1\n", stdout: `"dry_run":true`},
		{args: []string{"export", "--realm", "imported"}, stdout: "# kept\n[rest]\nport = 0x50\n"},
		{args: []string{"doctor", "--realm", "team"}, stdout: `"generation":4`},
		{args: []string{"doctor", "--realm", "team", "--store", "etcd://127.0.0.1:1"}, code: 1, stdout: "no etcd server answers at 127.0.0.1:1"},
		{args: []string{"get", "--realm", "team", "--store", "etcd://127.0.0.1:1"}, code: 4, text: "this machine reaches them\n"},
		{args: []string{"set-key", "/rest/port", "1", "--realm", "team", "--store", "etcd://127.0.0.1:1"}, code: 4, text: "nothing was written"},
		{args: []string{"host", "claude-code", "--realm", "team"}, stdout: url},
		{args: []string{"--realm", "team"}, stdin: `{"jsonrpc":"2.0","id":1,"method":"config/get","params":{"path":"/rest/port"}}` + "\n", stdout: `"value":9000`},
	} {
		stdout, stderr, code := team.run(t, tt.stdin, tt.args...)
		if code != tt.code || !strings.Contains(stdout, tt.stdout) || !strings.Contains(stderr, tt.text) || strings.Contains(stdout+stderr, "hunter2") {
			t.Errorf("%v: exit %d, want %d with %q and %q\nstdout: %.600s\nstderr: %s", tt.args, code, tt.code, tt.stdout, tt.text, stdout, stderr)
		}
	}
}

// TestProgram_texts runs commands on realms whose text is not TOML, and that are new: what
// is said must not be about files and disks.
func TestProgram_texts(t *testing.T) {
	t.Parallel()
	c := startCluster(t, 1)
	o := etcd.Options{Endpoints: c.endpoints(), Prefix: "/texts", Realm: "team"}
	mustCommit(t, openIn(t, o)(), "[realm.team]\nparent = \"base\"\n")
	for _, broken := range []string{"base", "broken"} {
		b := o
		b.Realm = broken
		mustCommit(t, openIn(t, b)(), "[rest\n")
	}
	p := program{buildProgram(t), []string{"REALMCONF_STORE=" + o.URL(), "ETCDCTL_PASSWORD=hunter2", "HOME=" + t.TempDir()}}
	call := func(method, params string) string {
		return `{"jsonrpc":"2.0","id":1,"method":"` + method + `","params":` + params + "}\n"
	}
	for _, tt := range []struct {
		args  []string
		stdin string
		want  string // a part of the output
	}{
		{[]string{"get", "--realm", "broken"}, "", "the configuration is not TOML: line 1"},
		{[]string{"set-key", "/rest/port", "1", "--realm", "broken", "--expected-generation", "7"}, "", "7 expected, 1 is current"},
		{[]string{"doctor", "--realm", "broken"}, "", "the configuration is not TOML: line 1"},
		{[]string{"export", "--realm", "broken"}, "", "[rest\n"},
		{[]string{"get", "--effective", "--realm", "team"}, "", `realm \"base\": the configuration is not TOML`},
		{[]string{"doctor", "--realm", "team"}, "", `the configuration is not TOML`},
		{[]string{"realms"}, "", `the configuration is not TOML`},
		{[]string{"host", "codex", "--realm", "team"}, "", o.URL()},
		{[]string{"init", "--realm", "team"}, "", "realm team in " + o.URL()},
		{[]string{"--realm", "broken"}, call("config/get", "{}"), "the configuration is not TOML"},
		{[]string{"--realm", "broken"}, call("initialize", `{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"a","version":"1"}}`), "that machines share"},
		{[]string{"--realm", "typo"}, call("config/patch", `{"patch":{"rest":{"port":1}}}`), `"kind":"new_realm"`},
		{[]string{"--realm", "typo"}, call("config/get", `{"path":"/rest/port"}`), `"value":1`},
	} {
		stdout, stderr, _ := p.run(t, tt.stdin, tt.args...)
		text := stdout + stderr
		if !strings.Contains(strings.ReplaceAll(text, `\"`, `"`), strings.ReplaceAll(tt.want, `\"`, `"`)) {
			t.Errorf("%v: got %s, want %q", tt.args, text, tt.want)
		}
		for _, word := range []string{"config.toml is", "config.toml cannot", "Never edit config.toml", "the file", "disk", "examines the realm's files", "hunter2", ".rkat"} {
			if strings.Contains(text, word) {
				t.Errorf("%v: %q is in %s", tt.args, word, text)
			}
		}
	}
}

// TestProgram_directory checks that a realm in a directory knows nothing of a store.
func TestProgram_directory(t *testing.T) {
	t.Parallel()
	local := program{buildProgram(t), nil}
	stdout, stderr, code := local.run(t, "", "doctor", "--realm", "team", "--state-root", t.TempDir())
	var reply map[string]any
	if err := json.Unmarshal([]byte(stdout), &reply); err != nil || code != 0 || reply["root"] == nil || reply["place"] != nil {
		t.Errorf("exit %d, %v\n%s%s", code, err, stdout, stderr)
	}
}

// TestProgram_edit saves a text in an editor while another machine commits.
func TestProgram_edit(t *testing.T) {
	t.Parallel()
	c := startCluster(t, 1)
	o := etcd.Options{Endpoints: c.endpoints(), Prefix: "/edit", Realm: "team"}
	s := openIn(t, o)()
	mustCommit(t, s, "# kept\n[rest]\nport = 1\n")
	editor := filepath.Join(t.TempDir(), "editor")
	if err := os.WriteFile(editor, []byte("#!/bin/sh\nsed -i 's/port = 1/port = 2/' \"$1\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	p := program{buildProgram(t), []string{"REALMCONF_STORE=" + o.URL(), "EDITOR=" + editor, "VISUAL="}}
	if _, stderr, code := p.run(t, "", "edit", "--realm", "team"); code != 0 {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if state := mustLoad(t, s); string(state.Text) != "# kept\n[rest]\nport = 2\n" || state.Version.Generation != 2 {
		t.Errorf("got %q at generation %d", state.Text, state.Version.Generation)
	}
}

// TestProgram_TLS runs commands with a certificate.
func TestProgram_TLS(t *testing.T) {
	t.Parallel()
	r := &realm{options: etcd.Options{Prefix: "/test", Realm: "team"}}
	newCertificates(t).place(r)
	o := r.options
	p := program{buildProgram(t), []string{
		"REALMCONF_STORE=" + o.URL(), "ETCDCTL_CACERT=" + o.CACert, "ETCDCTL_CERT=" + o.Cert, "ETCDCTL_KEY=" + o.Key,
	}}
	if stdout, stderr, code := p.run(t, "", "set-key", "/rest/port", "9000", "--realm", "team"); code != 0 || !strings.Contains(stdout, `"generation":1`) {
		t.Errorf("set-key: exit %d: %s%s", code, stdout, stderr)
	}
	stdout, stderr, code := p.run(t, "", "doctor", "--realm", "team")
	if code != 0 || strings.Contains(stdout, "no TLS") || !strings.Contains(stdout, "etcds://") {
		t.Errorf("doctor: exit %d: %s%s", code, stdout, stderr)
	}
	p.env[1] = "ETCDCTL_CACERT=" + o.Cert
	if stdout, stderr, code := p.run(t, "", "get", "--realm", "team"); code != 4 || !strings.Contains(stderr, "is not trusted: set ETCDCTL_CACERT") {
		t.Errorf("get with another authority: exit %d: %s%s", code, stdout, stderr)
	}
}
