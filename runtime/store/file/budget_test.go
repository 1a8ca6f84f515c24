package file

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree/treetest"
)

// meter counts the bytes that are read of a history's records.
type meter struct {
	disk.OS
	mu    sync.Mutex
	bytes int
	opens map[string]int
}

func (m *meter) Open(name string, flag int, perm os.FileMode) (disk.File, error) {
	f, err := m.OS.Open(name, flag, perm)
	if _, ok := parseRecordFile(filepath.Base(name)); !ok || err != nil {
		return f, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.opens == nil {
		m.opens = make(map[string]int)
	}
	m.opens[filepath.Base(name)]++
	return meteredFile{f, m}, nil
}

type meteredFile struct {
	disk.File
	m *meter
}

func (f meteredFile) Read(b []byte) (int, error) {
	n, err := f.File.Read(b)
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	f.m.bytes += n
	return n, err
}

// check checks how much one call has read, and starts again from 0.
func (m *meter) check(t *testing.T, call string) {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.bytes > maxHistory {
		t.Errorf("%s: %d MiB were read, want at most %d", call, m.bytes>>20, maxHistory>>20)
	}
	m.bytes = 0
}

// To open a file takes time too: a small one costs more than its bytes.
func TestSpend(t *testing.T) {
	r := newFastRealm(t)
	for name, size := range map[string]int64{"small": 1, "large": 3 * fileCost, "too long": maxRecordFile + 1} {
		r.put(name, "")
		if err := os.Truncate(r.path(name), size); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(r.path(name))
		if err != nil {
			t.Fatal(err)
		}
		for _, inMemory := range []bool{false, true} {
			want := int64(fileCost)
			if size == 3*fileCost && !inMemory {
				want = size
			}
			b := store.NewHistoryBudget()
			for n := int64(0); n < maxHistory/want; n++ {
				if err := spend(b, info, inMemory); err != nil {
					t.Fatalf("%s, in memory %v: after %d times %v, want %d times", name, inMemory, n, err, maxHistory/want)
				}
			}
			if err := spend(b, info, inMemory); !errors.Is(err, errSpent) {
				t.Errorf("%s, in memory %v: got %v after %d times, want errSpent", name, inMemory, err, maxHistory/want)
			}
		}
	}
}

// The searches of one call share one limit, and so do the calls of one request. A
// search that a write can do without leaves it half of the limit.
func TestStore_oneBudgetPerRequest(t *testing.T) {
	r := newFastRealm(t)
	o := r.options()
	o.History = 2
	commit(t, Open(o), "a = 1\n")
	for i := range 40 {
		r.sparse(fmt.Sprintf("%s/%d.json", historyName, i+2), maxRecordFile/2)
	}
	r.put(stateName, "{\n  \"generation\": 100\n}")
	r.put("config.toml", "a = 2\n")
	r.put(fmt.Sprintf(".realmconf-team-%s.config", newID()), "left")
	m := new(meter)
	c := newTestClock()
	s := open(o, m, c, "boot")
	ctx := store.WithHistoryBudget(t.Context())
	for range 3 {
		_, _ = s.Load(ctx)
		_, _ = s.List(ctx, 0, 10)
		_, _ = s.Record(ctx, 1)
		c.pass(longRestTime)
	}
	m.check(t, "the calls of one request")
	state := load(t, s)
	m.check(t, "Load")
	_ = s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "a = 3\n"))
	m.check(t, "CompareAndSwap")
}

// A leftover text that would have to be compared with more records than may be
// read does not keep a write from its own searches.
func TestCompareAndSwap_leftoverAndLongHistory(t *testing.T) {
	r := newFastRealm(t)
	long := strings.Repeat("#", store.MaxText-20)
	r.chain(treetest.Cases(maxHistory>>22+1, 2), 4, func(generation uint64) string { return fmt.Sprint(generation) + long }) // 4 MiB each
	r.put(fmt.Sprintf(".realmconf-team-%s.config", newID()), "left")
	commit(t, r.open(), "a = 2\n")
}

// The texts of one list are limited. Page by page, all of them are there.
func TestList_longTexts(t *testing.T) {
	const commits = maxListed>>20 + 4
	r := newFastRealm(t)
	long := strings.Repeat("#", store.MaxText-20)
	r.chain(commits, 1, func(generation uint64) string { return fmt.Sprint(generation) + long })
	s := r.open()
	next := uint64(commits)
	for before := uint64(0); next > 0; before = next + 1 {
		list, err := s.List(t.Context(), before, 100)
		if err != nil || len(list) == 0 || len(list) > maxListed>>20+1 {
			t.Fatalf("below %d: got %d records, %v", before, len(list), err)
		}
		for _, record := range list {
			if record.Generation != next {
				t.Fatalf("got generation %d, want %d", record.Generation, next)
			}
			next--
		}
	}
}

// sparse plants a file of zeros.
func (r realm) sparse(name string, size int64) {
	r.t.Helper()
	r.put(name, "")
	if err := os.Truncate(r.path(name), size); err != nil {
		r.t.Fatal(err)
	}
}

// Reading a history is bounded, whatever its size. Reads go on; a
// write that would have to read more is refused, and says what to do.
func TestStore_hugeHistory(t *testing.T) {
	for _, tt := range []struct {
		name    string
		count   int
		size    int64
		refused bool
	}{
		{"files too long for records", 300, maxRecordFile + 1, false},
		{"files that are as long as records may be", 300, maxRecordFile, true},
		{"very long files", 3, 1 << 36, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newFastRealm(t)
			commit(t, r.open(), "a = 1\n", "a = 2\n")
			for i := range tt.count {
				r.sparse(fmt.Sprintf("%s/%d.json", historyName, i+10), tt.size)
			}
			m := new(meter)
			s := open(r.options(), m, newTestClock(), "boot")
			state := load(t, s)
			m.check(t, "Load")
			if string(state.Text) != "a = 2\n" || state.Version.Generation != 2 {
				t.Errorf("got %q at %d", state.Text, state.Version.Generation)
			}
			if list, err := s.List(t.Context(), 0, 10); err != nil || len(list) != 2 {
				t.Errorf("got %d records, %v", len(list), err)
			}
			m.check(t, "List")
			err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "a = 3\n"))
			switch {
			case !tt.refused && err != nil:
				t.Error(err)
			case tt.refused && (!errors.Is(err, errSpent) || !fault.Is(err, fault.Storage) || !strings.Contains(err.Error(), "move")):
				t.Errorf("the write: got %v, want a storage fault that says what to move", err)
			case tt.refused && r.get("config.toml") != "a = 2\n":
				t.Error("a refused write changed the config")
			}
			m.check(t, "CompareAndSwap")
			in := Inspect(r.options())
			if tt.refused && !errors.Is(in.History.Err, errSpent) {
				t.Errorf("Inspect: got %v", in.History.Err)
			}
		})
	}
}

// One file with very many records counts as damaged. A list reads a file once,
// however many records it has.
func TestStore_manyRecordsInOneFile(t *testing.T) {
	r := newFastRealm(t)
	var b []byte
	parent := store.Empty()
	for i := range 3 * maxRecords {
		record := storetest.Commit(store.State{Version: parent, Next: uint64(i + 1)}, fmt.Sprint(i))[0]
		var err error
		if b, err = appendRecord(b, record, false); err != nil {
			t.Fatal(err)
		}
		parent = record.Version
	}
	r.put(historyName+"/1.json", string(b))
	if records, err := parseRecords(1, b); err == nil || len(records) != maxRecords {
		t.Errorf("got %d records, %v", len(records), err)
	}
	text := make([]string, maxRecords)
	for i := range text {
		text[i] = fmt.Sprint("text ", i)
	}
	r = newFastRealm(t)
	commit(t, r.open(), text...)
	m := new(meter)
	s := open(r.options(), m, newTestClock(), "boot")
	list, err := s.List(t.Context(), 0, 2*maxRecords)
	if err != nil || len(list) != maxRecords {
		t.Fatalf("got %d records, %v", len(list), err)
	}
	if n := m.opens["1.json"]; n > 2 {
		t.Errorf("the file was read %d times", n)
	}
}

// For many leftovers each record is read once.
func TestSweep_readsEachRecordOnce(t *testing.T) {
	r := newFastRealm(t)
	s := r.open()
	for i := range 50 {
		commit(t, s, fmt.Sprint("a = ", i))
	}
	for i := range maxSwept {
		r.put(fmt.Sprintf(".realmconf-team-01890a5d-ac96-774b-bcce-%012d.config", i), fmt.Sprint("b = ", i))
	}
	m := new(meter)
	s = open(r.options(), m, newTestClock(), "boot")
	l, err := s.hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	l.sweep()
	l.Unlock()
	for name, n := range m.opens {
		if n > 1 {
			t.Errorf("%s was read %d times", name, n)
		}
	}
}

// A history that is longer than one request reads is searched by several sweeps: a
// leftover that has an old record is removed, and another one is kept for a person.
func TestSweep_longHistory(t *testing.T) {
	r := newFastRealm(t)
	s := r.open()
	text := func(i int) string { return fmt.Sprintf("a = %d\n#%s\n", i, strings.Repeat("x", 50<<10)) }
	for i := range 20 {
		commit(t, s, text(i))
	}
	recorded, foreign := ".realmconf-team-01890a5d-ac96-774b-bcce-000000000001.config", ".realmconf-team-01890a5d-ac96-774b-bcce-000000000002.config"
	r.put(recorded, text(1))
	r.put(foreign, "b = 1\n")
	s = r.open()
	sweeps := 0
	for done := false; !done && sweeps < 20; sweeps++ {
		l, err := s.hold(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		l.budget = store.NewHistoryBudget()
		l.budget.Spend(store.MaxHistoryRead - 1<<20)
		done = l.sweep()
		l.Unlock()
	}
	if sweeps < 2 || r.exists(recorded) || r.exists(foreign) {
		t.Errorf("after %d sweeps: the recorded leftover is there: %v, the foreign one: %v", sweeps, r.exists(recorded), r.exists(foreign))
	}
	kept := slices.DeleteFunc(r.list(historyName), func(name string) bool { return !strings.HasPrefix(name, displacedPrefix) })
	if len(kept) != 1 || r.get(filepath.Join(historyName, kept[0])) != "b = 1\n" {
		t.Errorf("kept %v, want the foreign text alone", kept)
	}
}

// The record of any commit can be read again, also of texts in which JSON escapes
// nearly every character.
func TestEncodeRecords_escapedTexts(t *testing.T) {
	text := strings.Repeat("\x01\"\n", treetest.Cases(store.MaxText, store.MaxText/8)/3)
	texts := []string{text, text + "2", text + "3", text + "4"} // the longest are too long together, as JSON strings
	records := storetest.Commit(store.State{Version: store.Empty(), Next: 1}, texts...)
	b, err := encodeRecords(records)
	if err != nil || len(b) > maxRecordFile {
		t.Fatalf("got %d bytes, %v", len(b), err)
	}
	got, err := parseRecords(1, b)
	last := len(texts) - 1
	if err != nil || len(got) != len(texts) || !slices.Equal(got[last].Text, records[last].Text) {
		t.Errorf("got %d records, %v", len(got), err)
	}
	records[0].Reason = strings.Repeat("x", maxRecordFile)
	if _, err := encodeRecords(records); !fault.Is(err, fault.TooLarge) {
		t.Errorf("a record that is too long: got %v", err)
	}
}
