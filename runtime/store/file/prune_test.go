package file

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
	"realmconf/runtime/store/storetest"
)

// Files with the names of records, but without one of that number, may be a
// person's: a commit removes none of them. Records are removed as before.
func TestCompareAndSwap_pruneRemovesOnlyRecords(t *testing.T) {
	r := newFastRealm(t)
	o := r.options()
	o.History = 2
	s := open(o, disk.OS{}, newTestClock(), "boot")
	for i := range 60 { // the next numbers are above these
		r.put(fmt.Sprintf("%s/%d.json", historyName, i+1), []string{"", "{}", "[1, 2]\n", `{"generation":7}` + "\n", "text"}[i%5])
	}
	outside := r.path("outside")
	r.put("outside", "mine")
	var links []string
	if os.Symlink(outside, r.path(historyName+"/61.json")) == nil {
		links = append(links, historyName+"/61.json")
	}
	if err := os.Mkdir(r.path(historyName+"/62.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	other, err := encodeRecords(storetest.Commit(store.State{Version: store.Empty(), Next: 3}, "a record of another number"))
	if err != nil {
		t.Fatal(err)
	}
	r.put(historyName+"/63.json", string(other))
	r.put(historyName+"/64.json", string(bytes.TrimSuffix(other, []byte("\n"))))
	for i := range 6 {
		commit(t, s, fmt.Sprint("text ", i))
	}
	for i := range 64 {
		if name := fmt.Sprintf("%s/%d.json", historyName, i+1); !r.exists(name) && (i != 60 || len(links) > 0) {
			t.Errorf("%s is gone", name)
		}
	}
	if r.get("outside") != "mine" {
		t.Error("the target of a link was changed")
	}
	list, err := s.List(t.Context(), 0, 10)
	if err != nil || len(list) < 2 || len(list) > 3 {
		t.Errorf("%d records are left (%v), want two, and the one before", len(list), err)
	}
}

// A history file that begins with the record of its number goes as the others do, whatever
// is behind that record: a person's file has none.
func TestCompareAndSwap_pruneLooksAtTheFirstRecord(t *testing.T) {
	r := newFastRealm(t)
	o := r.options()
	o.History = 2
	s := open(o, disk.OS{}, newTestClock(), "boot")
	commit(t, s, "text")
	first := historyName + "/1.json"
	r.put(first, r.get(first)+"damage")
	for i := range 4 {
		commit(t, s, fmt.Sprint("text ", i))
	}
	if r.exists(first) {
		t.Errorf("%s is still there", first)
	}
}

// Commits examine some files each. They go on behind files that are no records,
// however many of these come first.
func TestCompareAndSwap_pruneGoesOnBehindForeignFiles(t *testing.T) {
	const foreign = 3 * maxExamined
	r := newFastRealm(t)
	o := r.options()
	o.History = 2
	for i := range foreign {
		r.put(fmt.Sprintf("%s/%d.json", historyName, i+1), "")
	}
	s := open(o, disk.OS{}, newTestClock(), "boot")
	for i := range 12 {
		commit(t, s, fmt.Sprint("text ", i))
	}
	if got := len(r.list(historyName)); got > foreign+4 {
		t.Errorf("config_history has %d files, want the %d that are no records, two records, the one before, and the replaced config", got, foreign)
	}
}

// config_history is a directory of its own. In the place of it a link, a file or
// the like is refused, and the place that a link leads to stays as it is.
func TestStore_historyIsNoLink(t *testing.T) {
	t.Parallel() // it waits
	for name, plant := range map[string]func(path, outside string) error{
		"a link to a directory": func(path, outside string) error { return os.Symlink(outside, path) },
		"a link to nothing":     func(path, outside string) error { return os.Symlink(filepath.Join(outside, "none"), path) },
		"a file":                func(path, _ string) error { return os.WriteFile(path, []byte("x"), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			r, outside := newFastRealm(t), t.TempDir()
			for i := range 300 {
				record, err := encodeRecords(storetest.Commit(store.State{Version: store.Empty(), Next: uint64(i + 1)}, "x"))
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(outside, recordFile(uint64(i+1))), record, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			r.put("config.toml", "a = 1\n")
			if err := plant(r.path(historyName), outside); err != nil {
				t.Fatal(err)
			}
			for _, st := range []string{"", `{"generation": 300}`} {
				if st != "" {
					r.put(stateName, st)
				}
				s := r.open()
				_, err := s.Load(t.Context())
				wantHistoryRefused(t, "Load", err)
				_, err = s.List(t.Context(), 0, 10)
				wantHistoryRefused(t, "List", err)
				from := store.Version{Generation: 300, Digest: store.DigestOf([]byte("a = 1\n"))}
				err = s.CompareAndSwap(t.Context(), from, storetest.Commit(store.State{Version: from, Next: 301}, "a = 2\n"))
				if err == nil {
					t.Error("a write beside a history that is no directory went through")
				}
			}
			entries, err := os.ReadDir(outside)
			if err != nil || len(entries) != 300 {
				t.Errorf("the directory outside has %d files (%v), want 300", len(entries), err)
			}
			if r.get("config.toml") != "a = 1\n" {
				t.Error("the config was changed")
			}
		})
	}
}

func wantHistoryRefused(t *testing.T, call string, err error) {
	t.Helper()
	if !fault.Is(err, fault.Storage) || !strings.Contains(err.Error(), historyName) || !strings.Contains(err.Error(), "directory") {
		t.Errorf("%s: got %v, want a storage fault that names %s and what is wrong with it", call, err, historyName)
	}
}
