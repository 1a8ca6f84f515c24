//go:build linux || darwin

package file

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"realmconf/runtime/internal/disk"
	"realmconf/runtime/internal/filelock"
)

// watched runs Watch on a clock on which no poll is due.
func watched(t *testing.T, s *Store) <-chan struct{} {
	t.Helper()
	calls := make(chan struct{}, 64)
	done := make(chan error, 1)
	go func() { done <- s.Watch(t.Context(), func() { calls <- struct{}{} }) }()
	t.Cleanup(func() {
		if err := <-done; err != nil { // the test's context has ended
			t.Errorf("Watch: %v", err)
		}
	})
	wantCall(t, calls, "at the beginning")
	return calls
}

func wantCall(t *testing.T, calls <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-calls:
	case <-time.After(20 * time.Second):
		t.Fatalf("no call %s", what)
	}
}

func TestWatch_needsNoPoll(t *testing.T) {
	t.Parallel() // it waits
	r := newRealm(t)
	commit(t, r.open(), "one")
	calls := watched(t, open(r.options(), disk.OS{}, newTestClock(), "boot"))
	for what, change := range map[string]func(){
		"after an edit in place": func() { r.put("config.toml", "in place, longer") },
		"after a rename":         func() { r.replace("config.toml", "by rename") },
		"after a commit":         func() { commit(t, r.open(), "committed") },
		"after a removal":        func() { os.Remove(r.path("config.toml")) },
	} {
		for len(calls) > 0 {
			<-calls
		}
		change()
		wantCall(t, calls, what)
	}
}

func TestWatch_followsALink(t *testing.T) {
	r := r0(t)
	target := filepath.Join(t.TempDir(), "dotfiles.toml")
	if err := os.WriteFile(target, []byte("one"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, r.path("config.toml")); err != nil {
		t.Fatal(err)
	}
	calls := watched(t, open(r.options(), disk.OS{}, newTestClock(), "boot"))
	if err := os.WriteFile(target, []byte("two, longer"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantCall(t, calls, "after an edit behind the link")
}

// Lock files and temporary files cause no call.
func TestWatch_ignoresOtherFiles(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	s := open(r.options(), disk.OS{}, newTestClock(), "boot")
	calls := watched(t, s)
	l, err := r.open().hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	l.Unlock()
	r.put("sessions.sqlite3", "changed")
	r.replace("config.toml", "two") // after them, in the same directory
	wantCall(t, calls, "after a rename")
	for len(calls) > 0 {
		<-calls // writing and renaming are two events at most
		if len(calls) > 1 {
			t.Errorf("%d calls for one change", len(calls))
		}
	}
}

// A realm that does not exist yet has no directory to watch: the poll finds it.
func TestWatch_realmIsCreated(t *testing.T) {
	r := newRealm(t)
	beats := make(chan time.Time)
	s := open(r.options(), disk.OS{}, pollClock{beats: beats}, "boot")
	calls := watched(t, s)
	commit(t, r.open(), "one")
	beats <- time.Now()
	wantCall(t, calls, "after the realm began")
	r.replace("config.toml", "two") // from now on by events
	for {
		select {
		case beats <- time.Now(): // the poll that watches the new directory
		case <-calls:
			return
		case <-time.After(20 * time.Second):
			t.Fatal("no call after a change")
		}
	}
}

// pollClock lets a test decide when the watch polls.
type pollClock struct {
	filelock.WallClock
	beats chan time.Time
}

func (c pollClock) After(time.Duration) <-chan time.Time { return c.beats }
