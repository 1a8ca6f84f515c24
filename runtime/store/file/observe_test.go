//go:build linux || darwin

package file

import (
	"os"
	"slices"
	"testing"

	"realmconf/runtime/store"
)

func observe(t *testing.T, s *Store) store.State {
	t.Helper()
	state, err := s.Observe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func TestObserve_cachedIsTwoStats(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one", "two")
	var rec recorder
	s := open(r.options(), faulty{say: rec.say}, aged(), "boot")
	first := observe(t, s)
	if string(first.Text) != "two" || first.Version.Generation != 2 || first.Pending {
		t.Errorf("got %q at %d, pending %t", first.Text, first.Version.Generation, first.Pending)
	}
	rec.take()
	observe(t, s)
	if steps := rec.take(); !slices.Equal(steps, twoStats) {
		t.Errorf("a cached read did %q, want %q", steps, twoStats)
	}
}

// TestObserve_dirtyIsTwoStats reads a text without a number, of a realm without a
// state and of one with a state, until one of the files changes.
func TestObserve_dirtyIsTwoStats(t *testing.T) {
	t.Parallel() // it waits
	for _, generations := range []int{0, 2} {
		r := newRealm(t)
		if generations > 0 {
			commit(t, r.open(), "one", "two")
		}
		r.put("config.toml", "by = 'hand'")
		var rec recorder
		s := open(r.options(), faulty{say: rec.say}, aged(), "boot")
		want := func(text string, generation uint64, pending bool) {
			t.Helper()
			if state := observe(t, s); string(state.Text) != text || state.Version.Generation != generation || state.Pending != pending {
				t.Errorf("got %q at %d, pending %t; want %q at %d, %t", state.Text, state.Version.Generation, state.Pending, text, generation, pending)
			}
		}
		want("by = 'hand'", uint64(generations), true)
		rec.take()
		want("by = 'hand'", uint64(generations), true)
		if steps := rec.take(); len(steps) != 2 {
			t.Errorf("a cached read did %q, want two stats", steps)
		}
		r.put("config.toml", "by = 'another hand'")
		want("by = 'another hand'", uint64(generations), true)
		commit(t, r.open(), "next")
		want("next", uint64(generations)+2, false)
	}
}

// TestObserve_absentIsTwoStats reads a realm that does not exist, before and after
// its directory does.
func TestObserve_absentIsTwoStats(t *testing.T) {
	r := newRealm(t)
	var rec recorder
	s := open(r.options(), faulty{say: rec.say}, aged(), "boot")
	for range 2 {
		if state := observe(t, s); state.Version != store.Empty() || len(state.Text) > 0 {
			t.Errorf("got %q at %v, want nothing", state.Text, state.Version)
		}
		if steps := rec.take(); len(steps) != 2 {
			t.Errorf("the read did %q, want two stats", steps)
		}
		if err := os.MkdirAll(r.dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
}

// TestObserve_changesNothing reads texts that Load would give a number, and a link
// to nothing.
func TestObserve_changesNothing(t *testing.T) {
	t.Parallel() // it waits
	r := newRealm(t)
	r.put("config.toml", "by = 'hand'")
	s := r.open()
	before := r.list(".")
	for range 2 {
		if state := observe(t, s); string(state.Text) != "by = 'hand'" || !state.Pending || state.Version.Generation != 0 {
			t.Errorf("got %q at %d, pending %t; want the text, 0 and pending", state.Text, state.Version.Generation, state.Pending)
		}
	}
	if after := r.list("."); !slices.Equal(before, after) {
		t.Errorf("the directory had %v, and has %v", before, after)
	}
	commit(t, s, "one")
	r.put("config.toml", "by = 'hand again'")
	if state := observe(t, s); string(state.Text) != "by = 'hand again'" || !state.Pending {
		t.Errorf("got %q, pending %t; want the new text, pending", state.Text, state.Pending)
	}
	if err := os.Remove(r.path("config.toml")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", r.path("config.toml")); err != nil {
		t.Fatal(err)
	}
	if state, err := s.Observe(t.Context()); err == nil {
		t.Errorf("a link to nothing: got %q, want an error", state.Text)
	}
}
