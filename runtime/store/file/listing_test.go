//go:build linux || darwin

package file

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree/treetest"
)

// A Store that has swept already sweeps again after another one has died in the
// middle of a commit, at whichever step, and after a peer has committed.
func TestSweep_afterACrashOfAnother(t *testing.T) {
	crash := errors.New("crashed")
	for left := 0; left < 20; left += treetest.Stride(3) {
		r := newFastRealm(t)
		c := newTestClock()
		s := open(r.options(), disk.OS{}, c, "boot")
		commit(t, s, "one")
		commit(t, s, "two")
		n := left
		dying := open(r.options(), faulty{say: serial(func(op, _ string) (bool, error) {
			if changing(op) {
				n--
			}
			if n < 0 {
				return false, crash
			}
			return true, nil
		})}, c, "boot")
		if state, err := dying.Load(t.Context()); err == nil {
			_ = dying.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "three"))
		}
		locked := r.exists(LockName)
		commit(t, s, "four"+strconv.Itoa(left))
		commit(t, s, "five")
		if names, _ := filepath.Glob(r.path(".realmconf-*")); len(names) > 0 && locked {
			t.Errorf("a crash after %d changes left %v", left, names)
		}
	}
}

// A commit sees a record that another program has added since the last commit.
func TestCompareAndSwap_recordAddedSince(t *testing.T) {
	r := newFastRealm(t)
	s := r.open()
	commit(t, s, "one")
	stamp := func() time.Time {
		info, err := os.Stat(r.path(historyName))
		if err != nil {
			t.Fatal(err)
		}
		return info.ModTime()
	}
	for was := stamp(); stamp().Equal(was); { // the clock of the file system has ticks
		r.put(historyName+"/2.json", "")
		if stamp().Equal(was) {
			os.Remove(r.path(historyName + "/2.json"))
		}
	}
	if state := load(t, s); state.Next != 3 {
		t.Errorf("next is %d, want 3: the name 2.json is used", state.Next)
	}
	commit(t, s, "two")
	wantState(t, s, "two", 3)
}

// A record that another program adds between the read and the commit makes the
// commit begin again: its number is taken.
func TestCompareAndSwap_recordAddedAfterTheRead(t *testing.T) {
	for name, hide := range map[string]bool{"seen by the time stamp": false, "by a program that died": true} {
		t.Run(name, func(t *testing.T) {
			r := newFastRealm(t)
			s := open(r.options(), disk.OS{}, newTestClock(), "boot")
			commit(t, s, "one")
			state, was := load(t, s), time.Time{}
			if info, err := os.Stat(r.path(historyName)); err != nil {
				t.Fatal(err)
			} else {
				was = info.ModTime()
			}
			r.put(historyName+"/2.json", "")
			stamp := was.Add(time.Second)
			if hide {
				stamp = was
				r.leave(r.deadStamp("boot"), 0)
			}
			if err := os.Chtimes(r.path(historyName), stamp, stamp); err != nil {
				t.Fatal(err)
			}
			if err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "two")); !fault.Is(err, fault.GenerationConflict) {
				t.Errorf("got %v, want generation_conflict", err)
			}
			commit(t, s, "two")
			wantState(t, s, "two", 3)
		})
	}
}
