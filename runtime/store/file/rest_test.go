package file

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"testing"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree/treetest"
)

func nextTo(state store.State, text string) []store.Record { return storetest.Commit(state, text) }

// An editor that saves in place truncates the file and then writes it. The text in
// between is no configuration.
func TestLoad_halfSaveIsPending(t *testing.T) {
	for i, half := range []string{"", "[age", "[agent]\n"} {
		if i%treetest.Stride(2) != 0 {
			continue
		}
		r := newRealm(t)
		c := newTestClock()
		s := open(r.options(), disk.OS{}, c, "boot")
		commit(t, s, "[agent]\nmodel = \"a\"\n")
		r.put("config.toml", half)
		for range 4 { // 400 ms
			got := load(t, s)
			if !got.Pending || got.Version.Generation != 1 || string(got.Text) != "[agent]\nmodel = \"a\"\n" {
				t.Fatalf("half %q: Load = %q at %d (pending %v), want the recorded text, pending", half, got.Text, got.Version.Generation, got.Pending)
			}
		}
		r.put("config.toml", "[agent]\nmodel = \"b\"\n")
		wantState(t, s, "[agent]\nmodel = \"b\"\n", 2)
		if _, err := s.Record(t.Context(), 3); !fault.Is(err, fault.NotFound) {
			t.Errorf("half %q: there is a generation 3: %v", half, err)
		}
	}
}

// The same holds if the history does not have the text that an editor empties.
func TestLoad_halfSaveWithoutARecord(t *testing.T) {
	r := newRealm(t)
	c := newTestClock()
	s := open(r.options(), disk.OS{}, c, "boot")
	commit(t, s, "one")
	if err := os.RemoveAll(r.path(historyName)); err != nil {
		t.Fatal(err)
	}
	r.put("config.toml", "")
	for range 4 {
		if got := load(t, s); !got.Pending || got.Version.Generation != 1 {
			t.Fatalf("got generation %d (pending %v), want 1, pending", got.Version.Generation, got.Pending)
		}
	}
	r.put("config.toml", "two")
	load(t, s)
	c.pass(longRestTime)
	wantState(t, s, "two", 2)
}

// A config that a person emptied on purpose is recorded a second later.
func TestLoad_emptiedConfigAfterASecond(t *testing.T) {
	r := newRealm(t)
	c := newTestClock()
	s := open(r.options(), disk.OS{}, c, "boot")
	commit(t, s, "one")
	r.put("config.toml", "")
	load(t, s)
	c.pass(longRestTime)
	wantState(t, s, "", 2)
}

// A write waits until another program's change is complete, and then conflicts with
// it, all within the lock timeout.
func TestCompareAndSwap_waitsForAHalfSave(t *testing.T) {
	r := newRealm(t)
	c := newTestClock()
	s := open(r.options(), disk.OS{}, c, "boot")
	commit(t, s, "one")
	before := load(t, s)
	r.put("config.toml", "")
	begin, waits := c.Now(), 0
	c.each = func() {
		if waits++; waits == 3 {
			r.put("config.toml", "by hand")
		}
	}
	err := s.CompareAndSwap(t.Context(), before.Version, nextTo(before, "two"))
	if !fault.Is(err, fault.GenerationConflict) {
		t.Errorf("got error %v, want generation_conflict", err)
	}
	if waited := c.Now().Sub(begin); waited > time.Second || waits < 3 {
		t.Errorf("waited %v in %d steps, want until the save was done", waited, waits)
	}
	wantState(t, s, "by hand", 2)
	r.tidy()
}

// youngFiles is a file system in which no file gets old: its change time lies ahead.
// Then only the clock of a test says how long a text has been there, and not the
// time that the test waits for the processor.
type youngFiles struct{ disk.OS }

func (youngFiles) ChangeTime(fs.FileInfo) (int64, error) {
	return time.Now().Add(time.Hour).UnixNano(), nil
}

// A program that writes without end delays a write no longer than the lock timeout,
// and not beyond the caller's context.
func TestCompareAndSwap_endlessSavesTimeOut(t *testing.T) {
	r := newRealm(t)
	c := newTestClock()
	o := r.options()
	o.LockTimeout = 5 * time.Second
	s := open(o, youngFiles{}, c, "boot")
	commit(t, s, "one")
	before := load(t, s)
	r.put("config.toml", "")
	n := 0
	tooManyRaces := func() {
		n++
		r.put("config.toml", string(rune('a'+n%26)))
	}
	c.each = tooManyRaces
	begin := c.Now()
	err := s.CompareAndSwap(t.Context(), before.Version, nextTo(before, "two"))
	if !fault.Is(err, fault.LockTimeout) {
		t.Errorf("got error %v, want lock_timeout", err)
	}
	if waited := c.Now().Sub(begin); waited < 5*time.Second || waited > 6*time.Second {
		t.Errorf("waited %v, want 5s", waited)
	}
	ctx, cancel := context.WithCancel(t.Context())
	c.each = func() { tooManyRaces(); cancel() }
	if err := s.CompareAndSwap(ctx, before.Version, nextTo(before, "two")); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want context.Canceled", err)
	}
}

// A missing file has no time stamp. Its directory has one, if no file was created
// there since.
func TestLoad_configRemovedLongAgo(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	if err := os.Remove(r.path("config.toml")); err != nil {
		t.Fatal(err)
	}
	past := time.Now().Add(-time.Minute)
	if err := os.Chtimes(r.dir, past, past); err != nil {
		t.Fatal(err)
	}
	c := newTestClock()
	c.each = func() { t.Error("the read waited") }
	wantState(t, open(r.options(), disk.OS{}, c, "boot"), "", 2)
}
