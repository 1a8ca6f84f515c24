//go:build linux

package file

import (
	"maps"
	"testing"

	"realmconf/runtime/store/storetest"
)

// tally counts accesses by operation.
type tally map[string]int

func (n tally) say(op, name string) (bool, error) {
	n[op]++
	return true, nil
}

// A commit without contention makes exactly these accesses to the disk. A number
// that grows makes commits slower: change it only for a reason that is worth it.
func TestCompareAndSwap_accesses(t *testing.T) {
	r := newRealm(t)
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
	want := tally{
		"lock": 1, "create": 4, "open": 11, "mkdir": 1, // the lock file, the record, the two new files
		"stat": 4, "lstat": 24, "fstat": 23, "list": 2, "read": 16,
		"write": 5, "metadata": 2, "sync": 3, "syncdir": 2,
		"exchange": 2, "rename-new": 2, "rename": 1, "remove": 2,
	}
	if !maps.Equal(n, want) {
		t.Errorf("got  %v\nwant %v", n, want)
	}
}
