//go:build linux

package file

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree/treetest"
)

// tally counts accesses by operation.
type tally map[string]int

func (n tally) say(op, name string) (bool, error) {
	n[op]++
	return true, nil
}

// commitAccesses returns the accesses of one commit of a Store that has made
// others.
func commitAccesses(t *testing.T, r realm) tally {
	s := r.open()
	for _, text := range []string{"one", "two", "three"} {
		commit(t, s, text)
	}
	n := make(tally)
	c := newTestClock() // a clock by which no file is old
	s.fs, s.clock = faulty{say: serial(n.say)}, c
	s.history.fs, s.mutex.FS, s.mutex.Clock = s.fs, s.fs, s.clock
	state := load(t, s)
	clear(n)
	if err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "four")); err != nil {
		t.Fatal(err)
	}
	return n
}

// A commit without contention makes exactly these accesses to the disk. A number
// that grows makes commits slower: change it only for a reason that is worth it.
func TestCompareAndSwap_accesses(t *testing.T) {
	want := tally{
		"lock": 1, "create": 4, "open": 11, "mkdir": 1, // the lock file, the record, the two new files
		"stat": 3, "lstat": 23, "fstat": 23, "read": 16,
		"write": 5, "metadata": 2, "sync": 3, "syncdir": 2,
		"exchange": 2, "rename-new": 2, "rename": 1, "remove": 2,
	}
	if n := commitAccesses(t, newRealm(t)); !maps.Equal(n, want) {
		t.Errorf("got  %v\nwant %v", n, want)
	}
}

// However many files lie in the realm's directory and its history, a commit makes
// the same accesses, and lists no directory.
func TestCompareAndSwap_accessesBesideManyFiles(t *testing.T) {
	want := commitAccesses(t, newFastRealm(t))
	for _, name := range []string{"note-%d.txt", ".realmconf-other-%d.config", historyName + "/note-%d.txt", historyName + "/1%d.json", historyName + "/displaced-%d.toml"} {
		r := newFastRealm(t)
		for i := range treetest.Cases(500, 100) {
			r.put(fmt.Sprintf(name, i+100), "x")
		}
		if n := commitAccesses(t, r); !maps.Equal(n, want) {
			t.Errorf("beside %s:\ngot  %v\nwant %v", name, n, want)
		}
	}
}

// Beside foreign files with low numbers, a commit examines each of them once, and
// removes old records as ever.
func TestCompareAndSwap_pruneBesideManyFiles(t *testing.T) {
	r := newFastRealm(t)
	for i := range 300 {
		r.put(fmt.Sprintf("%s/%d.json", historyName, i+1), "x")
	}
	opened := 0
	o := r.options()
	o.History = 3
	s := open(o, faulty{say: serial(func(op, name string) (bool, error) {
		if n, ok := parseRecordFile(name); ok && op == "open" && n <= 300 {
			opened++
		}
		return true, nil
	})}, newTestClock(), "boot")
	for i := range 40 {
		commit(t, s, fmt.Sprint("text ", i))
	}
	c, err := s.history.list()
	if err != nil || len(c) < 303 || len(c) > 304 {
		t.Errorf("%d files are left (%v), want the 300 and three or four records", len(c), err)
	}
	before := opened
	for i := range 10 {
		commit(t, s, fmt.Sprint("more ", i))
	}
	if opened != before {
		t.Errorf("ten commits opened %d foreign files again", opened-before)
	}
}

// What writers that take turns do in one turn: a commit is refused after a wait, the
// others' commits are listed for its client, which reads again, and its next commit is
// made. No record is read twice.
func TestCompareAndSwap_accessesOfATurn(t *testing.T) {
	r := newRealm(t)
	s, other := r.open(), r.open()
	for _, text := range []string{"one", "two", "three"} {
		commit(t, s, text)
		commit(t, other, "another's "+text)
	}
	n := make(tally)
	c := newTestClock()        // a clock by which no file is old
	c.limit = time.Millisecond // and the turn does not end
	s.fs, s.clock = faulty{say: serial(n.say)}, c
	s.history.fs, s.mutex.FS, s.mutex.Clock = s.fs, s.fs, s.clock
	state := load(t, s)
	held, err := other.hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	clear(n)
	done := queue(t, s, state)
	commitHeld(t, held, state, "another's four")
	if err := <-done; !fault.Is(err, fault.GenerationConflict) {
		t.Fatalf("got %v, want a conflict", err)
	}
	if n["create"] > 0 || n["list"] > 0 {
		t.Errorf("the refusal creates a file or lists the history: %v", n)
	}
	clear(n)
	for _, step := range []struct {
		name string
		do   func()
		want tally
	}{
		{"a read", func() { state = load(t, s) }, tally{"stat": 1, "lstat": 8, "open": 4, "read": 8, "fstat": 4, "list": 1}},
		{"the list of two commits", func() {
			if _, err := s.List(t.Context(), state.Version.Generation+1, 2); err != nil {
				t.Fatal(err)
			}
		}, tally{"stat": 1, "lstat": 8, "open": 3, "read": 6, "fstat": 3, "list": 1}},
		{"the read of the client", func() { load(t, s) }, tally{"stat": 1, "lstat": 5, "open": 3, "read": 6, "fstat": 3}},
		{"the commit", func() {
			if err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "five")); err != nil {
				t.Fatal(err)
			}
		}, tally{
			"create": 4, "open": 10, "mkdir": 1, "stat": 3, "lstat": 26, "fstat": 23, "read": 16, "list": 1,
			"write": 5, "metadata": 2, "sync": 3, "syncdir": 2, "exchange": 2, "rename-new": 2, "rename": 1, "remove": 2,
		}},
	} {
		step.do()
		if !maps.Equal(n, step.want) {
			t.Errorf("%s:\ngot  %v\nwant %v", step.name, n, step.want)
		}
		clear(n)
	}
}
