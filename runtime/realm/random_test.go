//go:build linux || darwin

package realm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"realmconf/runtime/store"
	"realmconf/runtime/store/file"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree/treetest"
)

// The test binary is also a process that reads and writes the realm team of a
// project, in a directory with the parts of a world.
const (
	victimDir     = "REALMCONF_TEST_VICTIM_DIR"
	victimHistory = "REALMCONF_TEST_VICTIM_HISTORY" // how many commits it keeps
	seedName      = "REALMCONF_TEST_SEED"           // the one case to run, to look for the cause of a failure
)

// The limits of one read or write. The time is that of the processor, because the
// machine may have other things to do.
const (
	maxActTime   = 2 * time.Second
	maxActMemory = 64 << 20
	maxCaseTime  = 5 * time.Minute // by the clock, of all of them: nothing may hang
)

// act is one read or write of the process, as it reports it.
type act struct {
	Name   string
	Time   time.Duration // of the processor
	Memory uint64        // from the system, since the process began
	Error  string
}

// runAsVictim is the process. It prints its acts.
func runAsVictim(dir string) error {
	w := worldIn(dir)
	history, err := strconv.Atoi(os.Getenv(victimHistory))
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	start := memoryOfProcess()
	do := func(name string, f func() error) {
		before := timeOfProcess()
		err := f()
		a := act{Name: name, Time: timeOfProcess() - before, Memory: memoryOfProcess() - start}
		if err != nil {
			a.Error = err.Error()
		}
		_ = out.Encode(a)
	}
	var location *Location
	do("Locate", func() (err error) {
		location, err = Locate(Selection{Realm: "team"}, w.env)
		return err
	})
	if location == nil {
		return nil
	}
	ctx := context.Background()
	options := fileOptions(location, history)
	options.LockTimeout = 200 * time.Millisecond
	options.IsText = func(text []byte) bool { return !bytes.Contains(text, []byte("secret")) }
	for i := range 2 { // two processes
		s := newRealmStore(location, file.Open(options))
		var state store.State
		for j := range 2 {
			err := errors.New("not loaded")
			do("Load", func() error { state, err = s.Load(ctx); return err })
			if err == nil {
				do("CompareAndSwap", func() error {
					return s.CompareAndSwap(ctx, state.Version, storetest.Commit(state, fmt.Sprintf("a = %d\n", 2*i+j)))
				})
			}
			do("List", func() error { _, err := s.List(ctx, 0, 100); return err })
			do("Record", func() error { _, err := s.Record(ctx, 1); return err })
		}
	}
	do("Inspect", func() error { file.Inspect(options); return nil })
	do("Leases", func() error { _, err := location.Leases(time.Now()); return err })
	return nil
}

func timeOfProcess() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func memoryOfProcess() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Sys // it does not fall
}

// Whatever somebody has put into a project's realm, in any combination, reads and
// writes leave everything outside it as it is, to the byte, and each takes little
// time and memory: for the administrator and for an ordinary user.
func TestOpen_randomHostileRealms(t *testing.T) {
	t.Parallel() // it waits
	top, err := os.MkdirTemp("", "realmconf-hostile-")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(top) })
	top, err = filepath.EvalSymlinks(top)
	must(t, err)
	must(t, os.Chmod(top, 0o755))
	exe := copyProgram(t, top)

	seeds, base := treetest.Cases(30, 6)/treetest.Stride(6), uint64(time.Now().UnixNano())
	if text := os.Getenv(seedName); text != "" {
		seeds = 1
		base, err = strconv.ParseUint(text, 10, 64)
		must(t, err)
	}
	for i := range seeds {
		seed := base + uint64(i)
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(top, fmt.Sprint(seed))
			defer os.RemoveAll(dir)
			var owner *user
			var as *syscall.SysProcAttr
			if os.Geteuid() == 0 && seed%2 == 0 {
				owner = &ann
				as = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: ann.uid, Gid: ann.groups[0], Groups: ann.groups}}
			}
			h := newHostileRealm(t, seed, dir, owner)
			before := h.outside()
			acts := h.runVictim(exe, as)
			if after := h.outside(); !maps.Equal(before, after) {
				for path := range after {
					if after[path] != before[path] {
						t.Errorf("%s was %q, and is %q", path, before[path], after[path])
					}
				}
				for path := range before {
					if _, is := after[path]; !is {
						t.Errorf("%s is gone", path)
					}
				}
			}
			for _, a := range acts {
				if a.Time > treetest.RaceFactor*maxActTime || a.Memory > maxActMemory {
					t.Errorf("%s: %v and %d MiB, want at most %v and %d; the error: %s", a.Name, a.Time, a.Memory>>20, maxActTime, maxActMemory>>20, a.Error)
				}
			}
			if t.Failed() {
				t.Logf("%s=%d; user %v; %s", seedName, seed, owner, strings.Join(h.put, "; "))
			}
		})
	}
}

// runVictim runs the process and returns its acts.
func (h *hostileRealm) runVictim(exe string, as *syscall.SysProcAttr) (acts []act) {
	ctx, cancel := context.WithTimeout(h.t.Context(), maxCaseTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, exe)
	cmd.Dir, cmd.SysProcAttr = "/", as
	cmd.Env = append(os.Environ(), victimDir+"="+h.world.dir, victimHistory+"="+pick(h.Rand, []string{"0", "2"}), "GORACE=atexit_sleep_ms=0")
	var problems strings.Builder
	cmd.Stderr = &problems
	out, err := cmd.Output()
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var a act
		if d.Decode(&a) != nil {
			break
		}
		acts = append(acts, a)
	}
	if err != nil || len(acts) == 0 {
		h.t.Errorf("the process ended with %v after %+v: %.2000s", err, acts, problems.String())
	}
	return acts
}
