//go:build linux || darwin

package file

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/storetest"
)

// refuse is a file system that denies the named accesses, each an operation and a
// name.
func refuse(accesses ...string) faulty {
	return faulty{say: func(op, name string) (bool, error) {
		if slices.Contains(accesses, op+" "+name) {
			return false, &fs.PathError{Op: op, Path: name, Err: syscall.EACCES}
		}
		return true, nil
	}}
}

// deniedHistories are the ways in which the right to read the history of generation 2
// can be missing, each with the name that messages have.
var deniedHistories = []struct{ access, name string }{
	{"open 2.json", "config_history/2.json"},
	{"list " + historyName, historyName},
	{"lstat 2.json", historyName},
}

// A read goes on without a history that it may not read, says so every time, and a
// write is refused with the name of the file. With the right again, all is as before.
func TestStore_deniedHistory(t *testing.T) {
	for _, tt := range deniedHistories {
		t.Run(tt.access, func(t *testing.T) {
			r := newRealm(t)
			commit(t, r.open(), "a = 1\n")
			commit(t, r.open(), "a = 2\n")
			c := newTestClock()
			s := open(r.options(), refuse(tt.access), c, "boot")
			var state store.State
			for range 3 { // the last ones are answered from memory
				wantNotice(t, s, store.Unreadable, tt.name+" cannot be read: permission denied")
				state = load(t, s)
				if string(state.Text) != "a = 2\n" || state.Version.Generation != 2 || state.Next != 3 || state.Pending {
					t.Errorf("got %+v", state)
				}
				c.pass(restTime * 100)
			}
			err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "a = 3\n"))
			wantReason(t, err, fault.Denied)
			if err == nil || !strings.Contains(err.Error(), tt.name+" cannot be read: permission denied: give the user") {
				t.Errorf("a write gives %v, want the name and what to do", err)
			}
			s.fs, s.history.fs = faulty{say: refuse().say}, faulty{say: refuse().say}
			if state := load(t, s); len(state.Notices) != 0 {
				t.Errorf("with the right again: got %+v", state.Notices)
			}
			commit(t, r.open(), "a = 3\n")
			wantState(t, r.open(), "a = 3\n", 3)
		})
	}
}

// The text of an editor, and that of a peer, are served too: the first under the old
// number until it can be recorded.
func TestLoad_deniedHistoryAfterAnotherProgram(t *testing.T) {
	for _, tt := range deniedHistories {
		r := newRealm(t)
		commit(t, r.open(), "a = 1\n")
		commit(t, r.open(), "a = 2\n")
		r.put(configName, "a = 3\n")
		state := load(t, open(r.options(), refuse(tt.access), newTestClock(), "boot"))
		if string(state.Text) != "a = 3\n" || state.Version.Generation != 2 || !state.Pending || len(state.Notices) != 1 {
			t.Errorf("%s, an editor: got %+v", tt.access, state)
		}
		r.peerCommit("a = 4\n", "3")
		state = load(t, open(r.options(), refuse(tt.access), newTestClock(), "boot"))
		if string(state.Text) != "a = 4\n" || state.Version.Generation != 3 || state.Pending || len(state.Notices) != 1 {
			t.Errorf("%s, a peer: got %+v", tt.access, state)
		}
	}
}

// Inspect tells a record that may not be read from one that is not whole, and finds a
// guard that may not be opened.
func TestInspect_denied(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "a = 1\n")
	commit(t, r.open(), "a = 2\n")
	inspectWith := func(accesses ...string) (in Inspection) {
		s := open(r.options(), refuse(accesses...), newTestClock(), "boot")
		in.Document = r.path(configName)
		b := store.NewHistoryBudget()
		s.inspectFiles(&in, b)
		s.inspectHistory(&in, b)
		s.inspectGuard(&in)
		return in
	}
	if in := inspectWith("open 2.json"); in.History.Err != nil || len(in.History.Unreadable) != 0 || !slices.Equal(in.History.Denied, []string{r.path(historyName + "/2.json")}) {
		t.Errorf("a record: got %+v", in.History)
	}
	if in := inspectWith("lstat 1.json", "lstat 2.json"); fault.StorageReason(in.History.Err) != fault.Denied || len(in.History.Unreadable) != 0 {
		t.Errorf("a directory that cannot be searched: got %+v", in.History)
	}
	if in := inspectWith("open " + guardName); in.GuardErr == nil || in.GuardPath != r.path(guardName) {
		t.Errorf("a guard: got %v", in.GuardErr)
	}
	if in := inspectWith(); in.GuardErr != nil || len(in.History.Denied) != 0 || !in.History.Current {
		t.Errorf("with all rights: got %+v", in)
	}
}

// A link in the place of the guard is named as one, also if it leads to nothing.
func TestCompareAndSwap_linkAsGuard(t *testing.T) {
	for _, target := range []string{"nothing", "/dev/null", configName} {
		r := newRealm(t)
		commit(t, r.open(), "a = 1\n")
		if err := os.Remove(r.path(guardName)); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, r.path(guardName)); err != nil {
			t.Fatal(err)
		}
		s := r.open()
		state := load(t, s)
		err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "a = 2\n"))
		wantReason(t, err, fault.Link)
		if err == nil || !strings.Contains(err.Error(), guardName+" is a symbolic link") {
			t.Errorf("a link to %s: got %v", target, err)
		}
	}
}
