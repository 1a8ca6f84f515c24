package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// readme is the document whose examples are run.
var readme = filepath.Join("..", "..", "runtime", "store", "etcd", "README.md")

// block is an example: commands in a shell, on one of the machines.
type block struct {
	machine  string // from the comment in its first line: the servers, machine one, …
	text     string
	goesOn   bool // it runs until Ctrl-C
	expected string
}

// blocks returns the examples that begin with a comment, in their order.
func blocks(t *testing.T) []block {
	t.Helper()
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	var list []block
	for _, m := range regexp.MustCompile("(?s)```sh\n# ([^:\n]*)(:[^\n]*)?\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		b := block{machine: m[1], text: m[3], goesOn: m[1] == "the servers" || strings.Contains(m[2], "until Ctrl-C")}
		if want := regexp.MustCompile(`(?m) # (\S+)$`).FindStringSubmatch(strings.Split(m[3], "<<")[0]); want != nil {
			b.expected = want[1]
		}
		list = append(list, b)
	}
	return list
}

// TestReadme runs the examples of the store's README as they are printed, but for the
// ports: each machine is a home and a working directory of its own. A block whose
// command ends with a comment is repeated until it prints that.
func TestReadme(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Symlink(buildProgram(t), filepath.Join(dir, "realmconf")); err != nil {
		t.Fatal(err)
	}
	port := freePorts(t, 3)
	ports := strings.NewReplacer("2379", fmt.Sprint(port), "2380", fmt.Sprint(port+1), "2381", fmt.Sprint(port+2))
	list := blocks(t)
	if len(list) < 6 || list[0].machine != "the servers" {
		t.Fatalf("the README has the examples %+v", list)
	}
	waitFor(t, start(t, dir, block{machine: "the servers", text: strings.TrimSpace(list[0].text) + fmt.Sprintf(" -port %d", port)}), "etcd://127.0.0.1:")
	var mirrored *output
	for _, b := range list[1:] {
		b.text = ports.Replace(b.text)
		if b.goesOn {
			mirrored = start(t, dir, b)
			waitFor(t, mirrored, "mirroring realm")
			continue
		}
		for deadline := time.Now().Add(20 * time.Second); ; {
			out, err := shell(t.Context(), dir, b).CombinedOutput()
			if err != nil {
				t.Fatalf("%s: %v\n%s%s", b.machine, err, b.text, out)
			}
			if strings.Contains(string(out), b.expected) {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s: got %s, want %q\n%s", b.machine, out, b.expected, b.text)
			}
		}
	}
	if mirrored == nil {
		t.Fatal("no example has a mirror")
	}
	waitFor(t, mirrored, "pull")
}

// shell returns a shell that runs a block.
func shell(ctx context.Context, dir string, b block) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", b.text)
	home := filepath.Join(dir, b.machine)
	cmd.Dir = home
	if b.machine == "the servers" { // the block changes the directory from the top of the repository
		cmd.Dir = filepath.Join("..", "..")
	}
	_ = os.Mkdir(home, 0o700) // it may be there
	cmd.Env = append(os.Environ(), "COMMIT=abc123", "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	if b.machine != "the servers" {
		cmd.Env = append(cmd.Env, "HOME="+home, "XDG_DATA_HOME=")
	}
	return cmd
}

// output collects what a process prints.
type output struct {
	mu   sync.Mutex // protects the fields below
	text strings.Builder
	grew chan struct{} // closed and replaced when the text grew
}

// Write adds to the text.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.grew)
	o.grew = make(chan struct{})
	return o.text.Write(p)
}

// start runs a block until the test ends, when it gets Ctrl-C.
func start(t *testing.T, dir string, b block) *output {
	t.Helper()
	o := &output{grew: make(chan struct{})}
	cmd := shell(context.WithoutCancel(t.Context()), dir, b)
	cmd.Stdout, cmd.Stderr = o, o
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGINT); err != nil {
			t.Error(err)
		}
		var exit *exec.ExitError
		if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
			t.Errorf("%s: %v", b.machine, err)
		}
	})
	return o
}

// waitFor waits until a process has printed a text.
func waitFor(t *testing.T, o *output, text string) {
	t.Helper()
	for deadline := time.After(2 * time.Minute); ; { // the servers may have to be built
		o.mu.Lock()
		has, grew := strings.Contains(o.text.String(), text), o.grew
		o.mu.Unlock()
		if has {
			return
		}
		select {
		case <-grew:
		case <-deadline:
			o.mu.Lock()
			defer o.mu.Unlock()
			t.Fatalf("got %q, want %q in it", o.text.String(), text)
		}
	}
}

// freePorts returns the first of n ports that are free now.
func freePorts(t *testing.T, n int) int {
	t.Helper()
	for port := 20000 + os.Getpid()%10000; port < 32000; port += n {
		var held []io.Closer
		for i := range n {
			if l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port+i)); err == nil {
				held = append(held, l)
			}
		}
		for _, l := range held {
			l.Close()
		}
		if len(held) == n {
			return port
		}
	}
	t.Fatal("no free ports")
	return 0
}
