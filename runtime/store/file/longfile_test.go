package file

import (
	"os"
	"runtime"
	"strings"
	"testing"
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
