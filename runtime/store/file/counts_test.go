//go:build linux

package file

import (
	"maps"
	"testing"

	"realmconf/runtime/store/storetest"
)

// tally counts accesses by what they do.
type tally map[string]int

func (n tally) say(op, name string) (bool, error) {
	n[op]++
	return true, nil
}

// What a commit that nobody disturbs asks of the disk, each access counted. A
// number that grows is a commit that got slower: see that it is worth it, and
// only then write it here.
func TestAccessesOfACommit(t *testing.T) {
	r := newRealm(t)
	s := r.open()
	for _, text := range []string{"one", "two", "three"} {
		commit(t, s, text)
	}
	n := make(tally)
	c := newTestClock() // no reading of it lets a file count as old
	s.fs, s.clock = faulty{say: serial(n.say)}, c
	s.history.fs = s.fs
	state := load(t, s)
	clear(n)
	if err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "four")); err != nil {
		t.Fatal(err)
	}
	want := tally{
		"lock": 1, "create": 4, "open": 11, "mkdir": 1, // the guard, the record, the two new files
		"stat": 14, "lstat": 13, "fstat": 23, "list": 2, "read": 17,
		"write": 5, "adorn": 2, "sync": 3, "syncdir": 2,
		"exchange": 2, "place": 2, "rename": 3, "remove": 1,
	}
	if !maps.Equal(n, want) {
		t.Errorf("got  %v\nwant %v", n, want)
	}
}
