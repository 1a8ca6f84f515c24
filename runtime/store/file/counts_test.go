//go:build linux

package file

import (
	"fmt"
	"maps"
	"testing"

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
