//go:build linux || darwin

package file

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
)

// recorder notes every access to the disk.
type recorder struct {
	mu    sync.Mutex
	steps []string
}

func (r *recorder) say(op, name string) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.steps = append(r.steps, op+" "+name)
	return true, nil
}

func (r *recorder) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	steps := r.steps
	r.steps = nil
	return steps
}

// aged returns a clock that is ahead of the files' time stamps, so that a new file
// counts as old.
func aged() *testClock {
	c := newTestClock()
	c.pass(time.Hour)
	return c
}

var twoStats = []string{"stat config.toml", "stat config_state.json"}

func TestLoad_cachedIsTwoStats(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one", "two")
	var rec recorder
	s := open(r.options(), faulty{say: rec.say}, aged(), "boot")
	first := load(t, s)
	if steps := rec.take(); len(steps) < 8 {
		t.Errorf("the first read did %q, want it to look at the files", steps)
	}
	for range 3 {
		again := load(t, s)
		if steps := rec.take(); !slices.Equal(steps, twoStats) {
			t.Errorf("a cached read did %q, want %q", steps, twoStats)
		}
		if again.Version != first.Version || again.Next != first.Next || &again.Text[0] != &first.Text[0] {
			t.Errorf("a cached read gave %v, want %v", again, first)
		}
	}
}

func TestLoad_cachedThroughALinkIsTwoStats(t *testing.T) {
	r := r0(t)
	targets := []string{filepath.Join(t.TempDir(), "a.toml"), filepath.Join(t.TempDir(), "b.toml")}
	for i, target := range targets {
		if err := os.WriteFile(target, []byte{'0' + byte(i)}, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(targets[0], r.path("config.toml")); err != nil {
		t.Fatal(err)
	}
	var rec recorder
	c := aged()
	s := open(r.options(), faulty{say: rec.say}, c, "boot")
	wantState(t, s, "0", 1)
	load(t, s)
	rec.take()
	wantState(t, s, "0", 1)
	if steps := rec.take(); !slices.Equal(steps, twoStats) {
		t.Errorf("a cached read did %q, want %q", steps, twoStats)
	}
	if err := errors.Join(os.Remove(r.path("config.toml")), os.Symlink(targets[1], r.path("config.toml"))); err != nil {
		t.Fatal(err)
	}
	wantState(t, s, "1", 2)
}

func TestLoad_cachedSeesEveryChange(t *testing.T) {
	for name, change := range map[string]func(r realm){
		"by rename":          func(r realm) { r.replace("config.toml", "two") },
		"in place":           func(r realm) { r.put("config.toml", "two") },
		"in place, old time": func(r realm) { r.put("config.toml", "two"); os.Chtimes(r.path("config.toml"), time.Time{}, old) },
		"by another store":   func(r realm) { commit(r.t, r.open(), "two") },
		"by a peer":          func(r realm) { r.peerCommit("two", "2") },
		"a link appeared": func(r realm) {
			if err := os.Rename(r.path("config.toml"), r.path("else.toml")); err != nil {
				r.t.Fatal(err)
			}
			r.put("else.toml", "two")
			if err := os.Symlink("else.toml", r.path("config.toml")); err != nil {
				r.t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRealm(t)
			commit(t, r.open(), "one")
			if err := os.Chtimes(r.path("config.toml"), time.Time{}, old); err != nil {
				t.Fatal(err)
			}
			s := open(r.options(), disk.OS{}, aged(), "boot")
			wantState(t, s, "one", 1)
			wantState(t, s, "one", 1)
			if s.cache == nil {
				t.Fatal("the read was not cached")
			}
			change(r)
			wantState(t, s, "two", 2)
		})
	}
}

var old = time.Date(2020, 1, 2, 3, 4, 5, 678, time.UTC)

// A file that was changed a moment ago may change again within the same tick.
func TestLoad_youngFileIsNotCached(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	info, err := os.Stat(r.path(stateName))
	if err != nil {
		t.Fatal(err)
	}
	c := newTestClock()
	c.now = info.ModTime().Add(5 * time.Millisecond) // however long this test was held up since
	s := open(r.options(), disk.OS{}, c, "boot")
	wantState(t, s, "one", 1)
	if s.cache != nil {
		t.Error("a file that was written a moment ago was cached")
	}
}

func TestLoad_remoteFileIsNotCached(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	s := open(r.options(), faraway{}, aged(), "boot")
	wantState(t, s, "one", 1)
	if s.cache != nil {
		t.Error("a read was cached")
	}
}

// A cached read takes the next number from memory. If it is too low, the conflict
// corrects it.
func TestLoad_conflictCorrectsACachedNumber(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	s := open(r.options(), disk.OS{}, aged(), "boot")
	load(t, s)
	r.put(filepath.Join(historyName, "2.json"), "") // another process crashed here
	state := load(t, s)
	err := s.CompareAndSwap(t.Context(), state.Version, nextTo(state, "two"))
	if err == nil {
		t.Fatalf("number %d was used, and a file binds it", state.Next)
	}
	commit(t, s, "two")
	wantState(t, s, "two", 3)
	wantRecord(t, s, 3, store.Patch, 1, "two")
}
