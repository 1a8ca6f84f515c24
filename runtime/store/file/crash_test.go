//go:build linux || darwin

package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/internal/filelock"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree/treetest"
)

// The test binary is also the process that dies: with these variables it counts up
// in a directory, and kills itself at the n-th access to the disk, before or
// after the access takes effect. It prints every number that was acknowledged.
const (
	crashDir  = "REALMCONF_TEST_CRASH_DIR"
	crashStep = "REALMCONF_TEST_CRASH_STEP"  // "17", or "17+" for after the access
	crashOver = "REALMCONF_TEST_CRASH_TIMES" // how often it counts up if it does not die
)

// mortal is a file system that kills the process at one access.
func mortal(at int, after bool) faulty {
	var count atomic.Int64
	die := func() { syscall.Kill(os.Getpid(), syscall.SIGKILL); select {} }
	return faulty{say: func(op, name string) (bool, error) {
		if !changing(op) && op != "lock" {
			return true, nil
		}
		switch n := int(count.Add(1)); {
		case !after && n == at:
			die()
		case after && n == at+1: // the access before has taken effect, and no later one
			die()
		}
		return true, nil
	}}
}

// crashIn runs the process that dies.
func crashIn(dir string) error {
	step, after := strings.CutSuffix(os.Getenv(crashStep), "+")
	at, err := strconv.Atoi(step)
	if err != nil {
		return err
	}
	times, err := strconv.Atoi(os.Getenv(crashOver))
	if err != nil {
		return err
	}
	var sys disk.FS = disk.OS{}
	if at > 0 {
		sys = mortal(at, after)
	}
	o := optionsIn(dir)
	o.History = 8
	s := open(o, sys, filelock.WallClock{}, disk.BootID())
	for range times {
		if err := storetest.Increment(context.Background(), s); err != nil {
			return err
		}
		state, err := s.Load(context.Background())
		if err != nil {
			return err
		}
		os.Stdout.WriteString(fmt.Sprintln(string(state.Text)))
	}
	return nil
}

// doomed returns a process that dies at a step, or never if the step is 0.
func (r realm) doomed(step string, times int) *exec.Cmd {
	r.t.Helper()
	exe, err := os.Executable()
	if err != nil {
		r.t.Fatal(err)
	}
	cmd := exec.CommandContext(r.t.Context(), exe)
	cmd.Env = append(os.Environ(), crashDir+"="+r.dir, crashStep+"="+step, crashOver+"="+strconv.Itoa(times), "GOMAXPROCS=1")
	return cmd
}

// counted is a clock that counts the waits for a lock.
type counted struct {
	filelock.WallClock
	polls *atomic.Int64
}

func (c counted) After(d time.Duration) <-chan time.Time {
	if d == 20*time.Millisecond {
		c.polls.Add(1)
	}
	return c.WallClock.After(d)
}

// survey checks a realm after a process was killed: one read agrees with the
// acknowledged numbers and the one in flight, the first call does not wait, the
// numbers keep their texts, and the next write leaves no temporary files.
func (r realm) survey(what string, l *ledger, low, high int) int {
	r.t.Helper()
	r.audit(l)
	var polls atomic.Int64
	s := open(Options{Document: r.path("config.toml"), Dir: r.dir, RealmTag: "team", History: 8}, disk.OS{}, counted{polls: &polls}, disk.BootID())
	state := load(r.t, s)
	got := 0
	if len(state.Text) > 0 {
		var err error
		if got, err = strconv.Atoi(string(state.Text)); err != nil {
			r.t.Fatal(err)
		}
	}
	if got < low || got > high || state.Pending {
		r.t.Errorf("%s: the number is %d (pending %v), want %d to %d", what, got, state.Pending, low, high)
	}
	l.note(r.t, state.Version.Generation, string(state.Text))
	if err := storetest.Increment(r.t.Context(), s); err != nil {
		r.t.Fatalf("%s: %v", what, err)
	}
	if n := polls.Load(); n > 0 {
		r.t.Errorf("%s: %d waits for the lock of a dead process, want 0", what, n)
	}
	if a := r.audit(l); !a.clean || a.text != strconv.Itoa(got+1) || len(a.kept) > 0 {
		r.t.Errorf("%s: in the end %q (clean %v, kept %q)", what, a.text, a.clean, a.kept)
	}
	r.tidy()
	return got + 1
}

// acknowledged returns the last number that a process printed whole, or 0.
func acknowledged(out []byte, none int) int {
	lines := bytes.Split(out, []byte("\n"))
	if len(lines) < 2 {
		return none
	}
	n, err := strconv.Atoi(string(lines[len(lines)-2]))
	if err != nil {
		return none
	}
	return n
}

// killed reports whether a process died by a signal; another end is an error.
func killed(t *testing.T, err error, stderr string) bool {
	t.Helper()
	var exit *exec.ExitError
	if err == nil {
		return false
	}
	if !errors.As(err, &exit) || exit.ExitCode() != -1 {
		t.Fatalf("the process ended with %v: %s", err, stderr)
	}
	return true
}

// A process is killed before and after every access that changes a file, in a new
// realm, in an older one, and while it repairs the files that another left; and
// at random moments. In total it is killed more than 500 times.
func TestCompareAndSwap_killed(t *testing.T) {
	t.Parallel() // it waits
	var kills atomic.Int64
	t.Run("all", func(t *testing.T) {
		const lanes = 4
		for lane := range lanes {
			t.Run(fmt.Sprint("step ", lane), func(t *testing.T) {
				t.Parallel()
				kills.Add(killAtSteps(t, lane, lanes))
			})
		}
		for lane := range 2 {
			t.Run(fmt.Sprint("random ", lane), func(t *testing.T) {
				t.Parallel()
				kills.Add(killAtRandom(t, 100/thinning()))
			})
		}
	})
	if n := kills.Load(); n < 500/int64(thinning()) {
		t.Errorf("%d kills, want at least %d", n, 500/thinning())
	}
}

// thinning returns by which factor the longest tests try fewer cases, where
// treetest.Cases returns few, and again in a short run.
func thinning() int { return treetest.Cases(1, 16) * treetest.Stride(4) }

func killAtSteps(t *testing.T, lane, lanes int) (kills int64) {
	for start := range 2 { // in a new realm; in an older one
		for n := 1 + lane; ; n += lanes * thinning() {
			r := newFastRealm(t)
			var l ledger
			low := 0
			if start == 1 {
				for low < 9 { // more than the history keeps
					if err := storetest.Increment(t.Context(), r.open()); err != nil {
						t.Fatal(err)
					}
					low++
				}
			}
			alive := false
			for _, step := range []string{fmt.Sprint(n), fmt.Sprint(n, "+"), fmt.Sprint(n)} { // the later ones repair first
				cmd := r.doomed(strings.ReplaceAll(step, " ", ""), 2)
				var out, stderr bytes.Buffer
				cmd.Stdout, cmd.Stderr = &out, &stderr
				if alive = !killed(t, cmd.Run(), stderr.String()); alive {
					break
				}
				kills++
				low = acknowledged(out.Bytes(), low)
			}
			if alive {
				break
			}
			// Each of the three may have died with one more in flight.
			r.survey(fmt.Sprintf("start %d, step %d", start, n), &l, low, low+3)
		}
	}
	return kills
}

func killAtRandom(t *testing.T, times int) (kills int64) {
	r := newFastRealm(t)
	var l ledger
	low := 0
	for i := range times {
		cmd := r.doomed("0", 1<<30)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		all := make([]byte, 0, 4096)
		for lines := 0; lines <= i%3; {
			b := make([]byte, 64)
			n, err := out.Read(b)
			if err != nil {
				t.Fatalf("the process ended without a signal: %s", stderr.String())
			}
			all = append(all, b[:n]...)
			lines += bytes.Count(b[:n], []byte("\n"))
		}
		// The next commit is at a random step when the signal arrives.
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		rest := new(bytes.Buffer)
		rest.ReadFrom(out)
		killed(t, cmd.Wait(), stderr.String())
		kills++
		low = acknowledged(append(all, rest.Bytes()...), low)
		low = r.survey(fmt.Sprint("random kill ", i), &l, low, low+1)
	}
	return kills
}

// A process that is stopped while it holds the lock delays other realmconf
// processes until it goes on, and no longer than their lock timeout.
func TestCompareAndSwap_holderIsStopped(t *testing.T) {
	r := newRealm(t)
	s := r.open()
	commit(t, s, "1")
	state := load(t, s)
	held, err := r.open().hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	o := r.options()
	o.LockTimeout = 50 * time.Millisecond
	err = Open(o).CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "2"))
	if !fault.Is(err, fault.LockTimeout) {
		t.Errorf("got error %v, want lock_timeout", err)
	}
	wantState(t, s, "1", 1)
	held.Unlock()
	commit(t, s, "2")
}
