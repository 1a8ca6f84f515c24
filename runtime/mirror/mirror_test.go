package mirror

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
)

// scenario has the changes of the two sides, and what one pass of a mirror makes of them.
type scenario struct {
	name, local, shared   string // the texts that are written; none if empty
	push                  bool
	adopt                 Side
	events                string
	wantLocal, wantShared string
	clashes               []string
}

// check writes the texts, and lets the mirror of a machine pass once, after a restart if
// that is wanted.
func (s scenario) check(t *testing.T, m *machine, restarts bool) {
	t.Helper()
	for side, text := range map[store.Store]string{m.local: s.local, m.shared: s.shared} {
		if text != "" {
			write(t, side, text)
		}
	}
	if restarts {
		m.restart()
	}
	if events, _ := m.once(t); events != s.events {
		t.Errorf("got %q, want %q", events, s.events)
	}
	wantText(t, "local", m.local, s.wantLocal)
	wantText(t, "shared", m.shared, s.wantShared)
}

func TestMirror_firstMeeting(t *testing.T) {
	const a, b, bad, comment = "x = 1\n", "x = 2\n", "bad = 1\n", "# nothing yet\n"
	for _, tt := range []scenario{
		{name: "both absent", events: "in_step"},
		{name: "both absent, push", push: true, events: "in_step"},
		{name: "local absent", shared: a, events: "pull in_step", wantLocal: a, wantShared: a},
		{name: "local without a key", local: comment, shared: a, events: "pull in_step", wantLocal: a, wantShared: a},
		{name: "local absent, push", shared: a, push: true, events: "pull in_step", wantLocal: a, wantShared: a},
		{name: "local absent, shared invalid", shared: bad, events: "pull in_step", wantLocal: bad, wantShared: bad},
		{name: "local absent, shared not TOML", shared: "x = ", events: "invalid_shared", wantShared: "x = "},
		{name: "shared absent", local: a, events: "shared_absent", wantLocal: a},
		{name: "shared absent, push", local: a, push: true, events: "push in_step", wantLocal: a, wantShared: a},
		{name: "shared absent, local invalid", local: bad, push: true, events: "invalid_local", wantLocal: bad},
		{name: "shared absent, local not TOML", local: "x = ", push: true, events: "invalid_local", wantLocal: "x = "},
		{name: "alike", local: a, shared: a, push: true, events: "in_step", wantLocal: a, wantShared: a},
		{name: "different", local: a, shared: b, events: "first_meeting", wantLocal: a, wantShared: b},
		{name: "different, push", local: a, shared: b, push: true, events: "first_meeting", wantLocal: a, wantShared: b},
		{name: "adopt shared", local: a, shared: b, adopt: Shared, events: "pull in_step", wantLocal: b, wantShared: b},
		{name: "adopt shared, push", local: a, shared: b, push: true, adopt: Shared, events: "pull in_step", wantLocal: b, wantShared: b},
		{name: "adopt local", local: a, shared: b, push: true, adopt: Local, events: "push in_step", wantLocal: a, wantShared: a},
		{name: "adopt local without push", local: a, shared: b, adopt: Local, events: "first_meeting", wantLocal: a, wantShared: b},
		{name: "adopt an invalid local", local: bad, shared: b, push: true, adopt: Local, events: "invalid_local", wantLocal: bad, wantShared: b},
		{name: "adopt a shared text that is not TOML", local: a, shared: "x = ", adopt: Shared, events: "invalid_shared", wantLocal: a, wantShared: "x = "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newMachine(memory.New(), tt.push)
			m.adopt = tt.adopt
			tt.check(t, m, true)
			if events, _ := m.once(t); strings.ContainsAny(events, " ") || events != "" {
				t.Errorf("a second time: got %q, want no event", events)
			}
		})
	}
}

// TestMirror_moves makes changes after the two sides had the text x = 1, y = 1.
func TestMirror_moves(t *testing.T) {
	const start = "x = 1\ny = 1\n"
	for _, tt := range []scenario{
		{name: "shared", shared: "x = 1\ny = 2\n", events: "pull in_step", wantLocal: "x = 1\ny = 2\n", wantShared: "x = 1\ny = 2\n"},
		{name: "local", local: "x = 2\ny = 1\n", push: true, events: "push in_step", wantLocal: "x = 2\ny = 1\n", wantShared: "x = 2\ny = 1\n"},
		{name: "local, no push", local: "x = 2\ny = 1\n", events: "ahead", wantLocal: "x = 2\ny = 1\n", wantShared: start},
		{name: "both", local: "x = 2\ny = 1\n", shared: "x = 1\ny = 2\n", push: true, events: "merge pull in_step", wantLocal: "x = 2\ny = 2\n", wantShared: "x = 2\ny = 2\n"},
		{name: "both, no push", local: "x = 2\ny = 1\n", shared: "x = 1\ny = 2\n", events: "merge ahead", wantLocal: "x = 2\ny = 2\n", wantShared: "x = 1\ny = 2\n"},
		{name: "a clash", local: "x = 2\ny = 2\n", shared: "x = 3\ny = 1\n", push: true, events: "merge pull in_step", wantLocal: "x = 3\ny = 2\n", wantShared: "x = 3\ny = 2\n", clashes: []string{"/x"}},
		{name: "nothing but a clash", local: "x = 2\ny = 1\n", shared: "x = 3\ny = 1\n", push: true, events: "pull in_step", wantLocal: "x = 3\ny = 1\n", wantShared: "x = 3\ny = 1\n", clashes: []string{"/x"}},
		{name: "local is invalid", local: "bad = 1\n", shared: "x = 3\ny = 1\n", push: true, events: "invalid_local", wantLocal: "bad = 1\n", wantShared: "x = 3\ny = 1\n"},
		{name: "local is not TOML, no push", local: "x = ", shared: "x = 3\ny = 1\n", events: "invalid_local", wantLocal: "x = ", wantShared: "x = 3\ny = 1\n"},
		{name: "local has no key", local: "# gone\n", push: true, events: "empty_local", wantLocal: "# gone\n", wantShared: start},
		{name: "shared has no key", shared: "# gone\n", push: true, events: "pull in_step", wantLocal: "# gone\n", wantShared: "# gone\n"},
		{name: "shared is not TOML", local: "x = 2\ny = 1\n", shared: "x = ", push: true, events: "invalid_shared", wantLocal: "x = 2\ny = 1\n", wantShared: "x = "},
		{name: "valid alone and not together", local: start + "\n[range]\nlow = 5\n", shared: start + "\n[range]\nhigh = 4\n", push: true, events: "pull in_step", wantLocal: start + "\n[range]\nhigh = 4\n", wantShared: start + "\n[range]\nhigh = 4\n", clashes: []string{"/range"}},
	} {
		for _, restarts := range []bool{false, true} {
			name := tt.name
			if restarts {
				name += ", after a restart"
			}
			t.Run(name, func(t *testing.T) {
				m := newMachine(memory.New(), tt.push)
				write(t, m.shared, start)
				m.once(t)
				tt.check(t, m, restarts)
				var clashes []string
				for _, e := range m.events {
					for _, p := range e.Clashes {
						clashes = append(clashes, p.String())
					}
					if len(e.Clashes) > 0 {
						if r, err := m.local.Record(t.Context(), e.Kept); err != nil || string(r.Text) != tt.local {
							t.Errorf("generation %d, where the event says that the local text is, has %q, %v", e.Kept, r.Text, err)
						}
					}
				}
				if !slices.Equal(clashes, tt.clashes) {
					t.Errorf("got clashes %v, want %v", clashes, tt.clashes)
				}
			})
		}
	}
}

func TestMirror_alikeAtFirstThenRestarted(t *testing.T) {
	m := newMachine(memory.New(), true)
	write(t, m.local, "x = 1\ny = 1\n")
	write(t, m.shared, "x = 1\ny = 1\n")
	m.once(t)
	m.restart()
	write(t, m.local, "x = 2\ny = 1\n")
	write(t, m.shared, "x = 1\ny = 2\n")
	if events, _ := m.once(t); events != "merge pull in_step" {
		t.Errorf("got %q, want a merge", events)
	}
	wantText(t, "shared", m.shared, "x = 2\ny = 2\n")
}

// TestMirror_crossedTexts begins with two texts that both histories have, in the other
// order: neither is the last that they had in common.
func TestMirror_crossedTexts(t *testing.T) {
	m := newMachine(memory.New(), true)
	for _, text := range []string{"x = 1\n", "x = 2\n", "x = 3\n"} {
		write(t, m.local, text)
	}
	for _, text := range []string{"x = 2\n", "x = 1\n", "x = 4\n"} {
		write(t, m.shared, text)
	}
	if events, _ := m.once(t); events != "first_meeting" {
		t.Errorf("got %q, want first_meeting", events)
	}
}

func TestMirror_sharedWentBack(t *testing.T) {
	for _, tt := range []struct {
		name     string
		replaced []string // the texts of the shared realm that takes the place of the first one
	}{
		{"removed", nil},
		{"restored", []string{"x = 1\n"}},
		{"restored, and changed since", []string{"x = 1\n", "x = 5\n", "x = 6\n", "x = 7\n"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newMachine(memory.New(), true)
			write(t, m.shared, "x = 1\n")
			m.once(t)
			write(t, m.shared, "x = 2\n")
			m.once(t)
			m.shared = memory.New()
			for _, text := range tt.replaced {
				write(t, m.shared, text)
			}
			m.restart()
			if events, _ := m.once(t); events != "went_back" {
				t.Errorf("got %q, want went_back", events)
			}
			wantText(t, "local", m.local, "x = 2\n")
			m.adopt = Local
			m.restart()
			if events, _ := m.once(t); events != "push in_step" {
				t.Errorf("adopt local: got %q, want a push", events)
			}
			wantText(t, "shared", m.shared, "x = 2\n")
		})
	}
}

func TestMirror_localWentBack(t *testing.T) {
	m := newMachine(memory.New(), true)
	write(t, m.shared, "x = 1\ny = 1\n")
	m.once(t)
	backup := m.local.(*memory.Store)
	kept := historyOf(t, backup)
	pulled, _ := backup.Record(t.Context(), 1)
	write(t, m.local, "x = 2\ny = 1\n")
	m.once(t)

	m.local = memory.New() // the directory of the backup, with another change
	if err := m.local.CompareAndSwap(t.Context(), pulled.Parent, []store.Record{pulled}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(historyOf(t, m.local), kept) {
		t.Fatal("the backup differs")
	}
	write(t, m.local, "x = 1\ny = 3\n")
	m.restart()
	if events, _ := m.once(t); events != "merge pull in_step" {
		t.Errorf("got %q, want a merge", events)
	}
	wantText(t, "local", m.local, "x = 2\ny = 3\n")
}

func TestMirror_localRemoved(t *testing.T) {
	for _, restarts := range []bool{false, true} {
		m := newMachine(memory.New(), true)
		write(t, m.shared, "x = 1\n")
		m.once(t)
		m.local = memory.New()
		m.mirror.options.Local = m.local
		if restarts {
			m.restart()
		}
		if events, _ := m.once(t); events != "pull in_step" {
			t.Errorf("got %q, want a pull", events)
		}
	}
}

// TestMirror_prunedBase begins with a shared history that no longer has the generation
// that both sides had in common.
func TestMirror_prunedBase(t *testing.T) {
	prepare := func(localMoves bool) *machine {
		m := newMachine(memory.New(), true)
		write(t, m.shared, "x = 1\ny = 1\n")
		m.once(t)
		if localMoves {
			write(t, m.local, "x = 2\ny = 1\n")
		}
		write(t, m.shared, "x = 1\ny = 2\n")
		m.shared.(*memory.Store).Prune(2)
		m.restart()
		return m
	}
	if events, _ := prepare(false).once(t); events != "pull in_step" {
		t.Errorf("local has not changed: got %q, want a pull", events)
	}
	m := prepare(true)
	if events, _ := m.once(t); events != "base_pruned" {
		t.Errorf("both have changed: got %q, want base_pruned", events)
	}
	m.push = false
	m.restart()
	if events, _ := m.once(t); events != "merge ahead" {
		t.Errorf("without push: got %q, want a merge", events)
	}
	m.push = true
	m.restart()
	if events, _ := m.once(t); events != "push in_step" {
		t.Errorf("with push again: got %q, want a push", events)
	}
	wantText(t, "shared", m.shared, "x = 2\ny = 2\n")
}

// TestMirror_supersededBase checks that a program that has written an old text over the
// mirrored one does not take the shared change back.
func TestMirror_supersededBase(t *testing.T) {
	m := newMachine(memory.New(), true)
	s := &superseding{Store: m.local.(*memory.Store)}
	m.local = s
	m.restart()
	write(t, m.shared, "x = 1\ny = 1\n")
	m.once(t)
	write(t, m.shared, "x = 1\ny = 2\n")
	m.once(t)
	write(t, m.local, "x = 2\ny = 1\n") // made of generation 1
	s.superseded = 2
	if events, _ := m.once(t); events != "merge pull in_step" {
		t.Errorf("got %q, want a merge", events)
	}
	wantText(t, "shared", m.shared, "x = 2\ny = 2\n")
}

func TestMirror_recordsSayWhereTheyComeFrom(t *testing.T) {
	m := newMachine(memory.New(), true)
	write(t, m.shared, "x = 1\n")
	m.once(t)
	write(t, m.local, "x = 2\n")
	write(t, m.shared, "x = 3\ny = 1\n")
	m.once(t)
	pulled, err := m.local.Record(context.Background(), 3)
	if err != nil {
		t.Fatal(err)
	}
	if want := "generation 2 of the shared realm; the shared value stays at /x; by test"; pulled.Reason != want || pulled.Actor.Name != "test mirror" {
		t.Errorf("got reason %q by %q, want %q", pulled.Reason, pulled.Actor.Name, want)
	}
	if pulled.Mirrors == nil || pulled.Mirrors.Generation != 2 {
		t.Errorf("got %v, want that it mirrors generation 2", pulled.Mirrors)
	}
}

func TestMirror_Run(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMachine(memory.New(), true)
		other := newMachine(m.shared, true)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{}, 2)
		for _, each := range []*machine{m, other} {
			go func() {
				each.mirror.Run(ctx)
				done <- struct{}{}
			}()
		}
		write(t, m.local, "x = 1\ny = 1\n")
		synctest.Wait()
		wantText(t, "the other machine", other.local, "x = 1\ny = 1\n")
		write(t, other.local, "x = 1\ny = 2\n")
		synctest.Wait()
		wantText(t, "the first machine", m.local, "x = 1\ny = 2\n")

		m.shared.(*memory.Store).LoseAnswer(true)
		write(t, m.local, "x = 3\ny = 2\n")
		time.Sleep(time.Second)
		synctest.Wait()
		wantText(t, "the other machine, after a lost answer", other.local, "x = 3\ny = 2\n")
		cancel()
		<-done
		<-done
	})
}
