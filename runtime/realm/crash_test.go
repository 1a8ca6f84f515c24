//go:build unix

package realm

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/schema/tree/treetest"
)

// The test binary is also the process that dies: with these variables it begins
// to create a realm in a directory, and kills itself at a step. At the step "held"
// it holds the lock until its input ends.
const (
	crashDir  = "REALMCONF_TEST_CRASH_DIR"
	crashStep = "REALMCONF_TEST_CRASH_STEP"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		if err := crashIn(dir, os.Getenv(crashStep)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if root := os.Getenv(userRoot); root != "" {
		if err := runAsUser(root); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if dir := os.Getenv(victimDir); dir != "" {
		if err := runAsVictim(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	treetest.Main(m)
}

// crashIn runs the process that dies.
func crashIn(dir, step string) error {
	die := func(at string) {
		if at == step {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
	l := &Location{ID: "team", Root: dir, ManifestPath: filepath.Join(dir, manifestName), fs: dying{die: die}}
	lock, err := l.takeLock(tryTake)
	if err != nil {
		return err
	}
	defer lock.Release()
	die("locked")
	if step == "held" {
		fmt.Println("held")
		_, err := io.Copy(io.Discard, os.Stdin)
		return err
	}
	m := &Manifest{RealmID: "team", Backend: defaultBackend, IDSource: Explicit, CreatedAt: "7"}
	return l.publish(m, lock.private)
}

// dying is a file system that has only hard links, and on which the process dies
// before or after it makes one.
type dying struct {
	disk.OS
	die func(at string)
}

func (d dying) RenameNoReplace(from, to string) error { return errors.ErrUnsupported }

func (d dying) Link(from, to string) error {
	what := "lock"
	if filepath.Base(to) == manifestName {
		what = "manifest"
	}
	d.die(what + " written")
	err := d.OS.Link(from, to)
	d.die(what + " linked")
	return err
}

func another(ctx context.Context, t *testing.T, l *Location, step string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	must(t, err)
	mkdir(t, l.Root)
	cmd := exec.CommandContext(ctx, exe)
	cmd.Env = append(os.Environ(), crashDir+"="+l.Root, crashStep+"="+step, "GORACE=atexit_sleep_ms=0")
	return cmd
}

// kill runs another process until it has killed itself at a step.
func kill(t *testing.T, l *Location, step string) {
	t.Helper()
	err := another(t.Context(), t, l, step).Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		t.Fatalf("%s: got %v, want it killed", step, err)
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
		t.Fatalf("%s: got %v, want it killed", step, err)
	}
}

func TestEnsureManifest_afterAKilledProcess(t *testing.T) {
	t.Parallel()               // it waits
	const bubble = "946684800" // when time begins under synctest
	for step, want := range map[string]struct {
		left    []string // sorted; of a private name only the prefix
		created string
	}{
		"lock written":     {[]string{temporaryPrefix}, bubble},
		"lock linked":      {[]string{lockName, temporaryPrefix}, bubble},
		"locked":           {[]string{lockName}, bubble},
		"manifest written": {[]string{lockName, temporaryPrefix}, bubble},
		"manifest linked":  {[]string{lockName, temporaryPrefix, manifestName}, "7"},
	} {
		for _, times := range []int{1, 2} { // the second takes the lock over, where it can, and dies too
			if times == 2 && step != "locked" && step != "manifest written" {
				continue
			}
			w := newWorld(t)
			l := w.locate(t, Selection{Realm: "team"})
			for range times {
				kill(t, l, step)
			}
			left := names(t, l.Root)
			for i, name := range left {
				if strings.HasPrefix(name, temporaryPrefix) {
					left[i] = temporaryPrefix
				}
			}
			if !slices.Equal(left, want.left) {
				t.Errorf("%s: it left %q, want %q", step, left, want.left)
			}
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				m, err := l.EnsureManifest(t.Context())
				if err != nil {
					t.Fatalf("%s: %v", step, err)
				}
				if m.CreatedAt != want.created {
					t.Errorf("%s: created at %s, want %s", step, m.CreatedAt, want.created)
				}
				if waited := time.Since(start); waited != 0 {
					t.Errorf("%s: waited %v for a dead process", step, waited)
				}
			})
			if got := names(t, l.Root); !slices.Equal(got, []string{manifestName}) {
				t.Errorf("%s: got %q, want the manifest alone", step, got)
			}
		}
	}
}

func TestEnsureManifest_waitsForALivingProcess(t *testing.T) {
	t.Parallel() // it waits
	w := newWorld(t)
	l := w.locate(t, Selection{Realm: "team"})
	holder := another(t.Context(), t, l, "held")
	in, err := holder.StdinPipe()
	must(t, err)
	out, err := holder.StdoutPipe()
	must(t, err)
	must(t, holder.Start())
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "held\n" {
		t.Fatalf("got %q, %v", line, err)
	}
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		_, err := l.EnsureManifest(t.Context())
		if waited := time.Since(start); !fault.Is(err, fault.LockTimeout) || waited < lockTimeout {
			t.Errorf("after %v got %v, want lock_timeout after %v", waited, err, lockTimeout)
		}
	})
	if got := names(t, l.Root); !slices.Equal(got, []string{lockName}) {
		t.Errorf("got %q, want the other's lock alone", got)
	}
	in.Close()
	must(t, holder.Wait())
	if got := names(t, l.Root); len(got) != 0 {
		t.Errorf("got %q, want the lock released", got)
	}
}
