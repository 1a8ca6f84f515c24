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
