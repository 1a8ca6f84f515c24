package file

import (
	"os"
	"runtime"
	"strings"
	"testing"

	"realmconf/runtime/store"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree/treetest"
)

// The first read of a process keeps one copy of a long text, and does not parse the
// record of it.
func TestLoad_memoryOfALongText(t *testing.T) {
	r := newFastRealm(t)
	text := strings.Repeat("# a line of a comment with \"quotes\"\n", 10_000)
	commit(t, r.open(), text)
	s := r.open()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	state := load(t, s)
	runtime.ReadMemStats(&after)
	if string(state.Text) != text || state.Next != 2 {
		t.Errorf("got a text of %d bytes, want %d, and the next number %d, want 2", len(state.Text), len(text), state.Next)
	}
	if got, most := int(after.TotalAlloc-before.TotalAlloc), len(text)*3/2; got > most {
		t.Errorf("a read of %d bytes allocates %d, want at most %d", len(text), got, most)
	}
}

// A load and a commit read a long text four times, and keep none of the copies: a commit
// needs memory for its record, as JSON, and for the copy that the Store remembers.
func TestCompareAndSwap_memoryOfALongText(t *testing.T) {
	s := newFastRealm(t).open()
	long := strings.Repeat("# a line of a comment\n", 20_000)
	commit(t, s, long+"a = 1\n")
	commit(t, s, long+"a = 2\n")
	next := long + "a = 3\n"
	records := storetest.Commit(load(t, s), next)
	got := treetest.AllocatedBytes(func() {
		if err := s.CompareAndSwap(t.Context(), load(t, s).Version, records); err != nil {
			t.Fatal(err)
		}
	})
	if most := uint64(len(next)) * 3; got > most {
		t.Errorf("a commit of %d bytes allocates %d, want at most %d", len(next), got, most)
	}
	if state := load(t, s); string(state.Text) != next || state.Version.Digest != store.DigestOf([]byte(next)) {
		t.Errorf("got a text of %d bytes with digest %v, want that of the commit", len(state.Text), state.Version.Digest)
	}
}

// A long file may bind numbers above that of the state, also if it begins with it.
func TestLoad_longFileWithHigherNumbers(t *testing.T) {
	r := newFastRealm(t)
	long := strings.Repeat("# a line of a comment\n", 10_000)
	s := r.open()
	commit(t, s, long+"a = 1\n")
	state := r.get(stateName)
	first := r.get(historyName + "/1.json")
	commit(t, s, long+"a = 2\n", long+"a = 3\n")
	r.put(historyName+"/1.json", first+r.get(historyName+"/2.json"))
	r.put("config.toml", long+"a = 1\n")
	r.put(stateName, state)
	if err := os.Remove(r.path(historyName + "/2.json")); err != nil {
		t.Fatal(err)
	}
	got := load(t, r.open())
	if got.Version.Generation != 1 || got.Next != 4 {
		t.Errorf("got generation %d and next %d, want 1 and 4", got.Version.Generation, got.Next)
	}
}
