package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"realmconf/runtime/store/etcd"
)

// mirroring is a mirror of the built program.
type mirroring struct {
	command *exec.Cmd
	lines   *bufio.Scanner
	root    string // its state root
	program program
}

// startMirror mirrors the realm team into a state root.
func startMirror(t *testing.T, p program, root string, args ...string) *mirroring {
	t.Helper()
	m := &mirroring{root: root, program: p}
	m.command = exec.Command(p.path, append([]string{"mirror", "--realm", "team", "--state-root", root}, args...)...)
	m.command.Env = append(os.Environ(), p.env...)
	out, err := m.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := m.command.Start(); err != nil {
		t.Fatal(err)
	}
	m.lines = bufio.NewScanner(out)
	t.Cleanup(func() {
		m.command.Process.Kill()
		m.command.Wait()
	})
	return m
}

// reach reads events up to one of a kind. After a minute without it, it ends the mirror.
func (m *mirroring) reach(t *testing.T, kind string) string {
	t.Helper()
	defer time.AfterFunc(time.Minute, func() { m.command.Process.Kill() }).Stop()
	for m.lines.Scan() {
		if line := m.lines.Text(); strings.Contains(line, `"event":"`+kind+`"`) {
			return line
		}
	}
	t.Fatalf("the mirror ended without %s", kind)
	return ""
}

// text returns the file of the machine.
func (m *mirroring) text(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(m.root, "team", "config.toml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// save writes the file of the machine as an editor does.
func (m *mirroring) save(t *testing.T, text string) {
	t.Helper()
	name := filepath.Join(m.root, "team", "config.toml")
	if err := os.WriteFile(name+"~", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(name+"~", name); err != nil {
		t.Fatal(err)
	}
}

// TestMirror has two machines, of which one sends its changes, on one and three servers.
func TestMirror(t *testing.T) {
	path := buildProgram(t)
	for _, nodes := range []int{1, 3} {
		t.Run(strconv.Itoa(nodes), func(t *testing.T) {
			t.Parallel()
			c := startCluster(t, nodes)
			o := etcd.Options{Endpoints: c.endpoints(), Prefix: "/mirror", Realm: "team"}
			s := openIn(t, o)()
			const start = "# the team's\n[rest]\nport = 1\n\n[retry]\nmax_retries = 1\n"
			mustCommit(t, s, start)
			shared := program{path, []string{"REALMCONF_STORE=" + o.URL()}}
			first := startMirror(t, shared, t.TempDir(), "--push")
			second := startMirror(t, shared, t.TempDir())
			first.reach(t, "in_step")
			second.reach(t, "in_step")
			if first.text(t) != start || second.text(t) != start {
				t.Errorf("got %q and %q, want the shared text", first.text(t), second.text(t))
			}
			if _, stderr, code := shared.run(t, "", "mirror", "--realm", "team", "--state-root", first.root); code != 4 || !strings.Contains(stderr, "another process mirrors this directory") {
				t.Errorf("a second mirror of the directory: exit %d, %s", code, stderr)
			}

			// An editor's change on one machine arrives on the other.
			edited := strings.Replace(start, "port = 1", "port = 2 # moved", 1)
			first.save(t, edited)
			first.reach(t, "push")
			second.reach(t, "pull")
			if got := second.text(t); got != edited {
				t.Errorf("the other machine has %q, want %q", got, edited)
			}

			// A mirror that was killed merges what both sides have changed meanwhile.
			first.command.Process.Kill()
			first.command.Wait()
			first.save(t, strings.Replace(edited, "port = 2", "port = 3", 1))
			if _, stderr, code := shared.run(t, "", "set-key", "/retry/max_retries", "9", "--realm", "team"); code != 0 {
				t.Fatalf("exit %d: %s", code, stderr)
			}
			first = startMirror(t, shared, first.root, "--push")
			first.reach(t, "merge")
			first.reach(t, "in_step")
			merged := strings.NewReplacer("port = 1", "port = 3 # moved", "max_retries = 1", "max_retries = 9").Replace(start)
			if got := first.text(t); got != merged {
				t.Errorf("got %q, want %q", got, merged)
			}
			if got := string(mustLoad(t, s).Text); got != merged {
				t.Errorf("the store has %q, want %q", got, merged)
			}

			// A signal ends it, without an error.
			first.command.Process.Signal(syscall.SIGTERM)
			for first.lines.Scan() {
			}
			if err := first.command.Wait(); err != nil {
				t.Errorf("after SIGTERM: %v, want exit 0", err)
			}
			if stdout, stderr, code := shared.run(t, "", "mirror", "--once", "--push", "--realm", "team", "--state-root", first.root); code != 0 || !strings.Contains(stdout, `"event":"in_step"`) {
				t.Errorf("--once: exit %d, %s%s", code, stdout, stderr)
			}
			if stdout, _, code := shared.run(t, "", "history", "--realm", "team", "--state-root", first.root); code == 0 {
				t.Errorf("a directory beside a store: exit 0, %s", stdout)
			}
		})
	}
}

// TestMirror_interrupted cuts the connections of a mirror, which tells it and goes on.
func TestMirror_interrupted(t *testing.T) {
	t.Parallel()
	c := startCluster(t, 1)
	o := etcd.Options{Endpoints: c.endpoints(), Prefix: "/cut", Realm: "team"}
	s := openIn(t, o)()
	mustCommit(t, s, "[rest]\nport = 1\n")
	m := startMirror(t, program{buildProgram(t), []string{"REALMCONF_STORE=" + o.URL()}}, t.TempDir(), "--push")
	m.reach(t, "in_step")
	c.nodes[0].process.Process.Signal(syscall.SIGSTOP)
	m.save(t, "[rest]\nport = 2\n")
	line := m.reach(t, "retry")
	if !strings.Contains(line, `"side":"shared"`) || !strings.Contains(line, c.nodes[0].client) || strings.Contains(line, m.root) {
		t.Errorf("got %s, want the endpoint and no path", line)
	}
	c.nodes[0].process.Process.Signal(syscall.SIGCONT)
	m.reach(t, "in_step")
	if got := string(mustLoad(t, s).Text); got != "[rest]\nport = 2\n" {
		t.Errorf("the store has %q", got)
	}

	// The lock of the directory goes with it: a mirror without it must end.
	if err := os.RemoveAll(filepath.Join(m.root, "team")); err != nil {
		t.Fatal(err)
	}
	m.reach(t, "failed")
	if err := m.command.Wait(); m.command.ProcessState.ExitCode() != 4 {
		t.Errorf("after the removal of the directory: %v, want exit 4", err)
	}
}
