package mirror

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
)

// endless is a store whose history has a million generations that were written over. It
// counts the records that are read.
type endless struct {
	*memory.Store
	listed int
}

func (s *endless) ListHeads(_ context.Context, before uint64, limit int) ([]store.Record, error) {
	if before == 0 {
		before = 1_000_000
	}
	list := make([]store.Record, limit)
	for i := range list {
		list[i] = store.Record{Version: store.Version{Generation: before - 1 - uint64(i)}, Superseded: true}
	}
	s.listed += limit
	return list, nil
}

// The time of a start is bounded, whatever the local history consists of.
func TestMirror_longHistory(t *testing.T) {
	local := &endless{Store: memory.New()}
	write(t, local, "a = 1\n")
	shared := memory.New()
	write(t, shared, "a = 2\n")
	m := &machine{local: local, shared: shared}
	m.restart()
	m.once(t)
	if local.listed != maxHistory {
		t.Errorf("%d records were read, want %d", local.listed, maxHistory)
	}
}

// A store that says that it is not the one that was seen before is not tried again and
// again: a person must decide.
func TestMirror_sharedGone(t *testing.T) {
	shared := memory.New()
	write(t, shared, "a = 1\n")
	m := newMachine(shared, true)
	m.once(t)
	isGone := true
	m.shared = &faulty{shared, func(call string) (error, bool) {
		if isGone && call == "load" {
			return fault.New(fault.Storage, "the realm was at generation 1, and is at 0").With("reason", fault.Gone), false
		}
		return nil, false
	}}
	m.mirror.options.Shared = m.shared
	write(t, m.local, "a = 2\n")
	if kinds, last := m.once(t); kinds != string(WentBack) || last.Shared.Generation != 1 {
		t.Errorf("got %s, %+v, want %s with the generation that was seen", kinds, last, WentBack)
	}
	isGone = false
	if kinds, _ := m.once(t); kinds != "push in_step" {
		t.Errorf("with the store as it was: got %s, want the local text to be pushed", kinds)
	}
}

// The removal of the shared realm leaves nothing to adopt from it.
func TestMirror_adoptAbsentShared(t *testing.T) {
	shared := memory.New()
	write(t, shared, "a = 1\n")
	write(t, shared, "a = 2\n")
	m := newMachine(shared, true)
	m.once(t)
	m.shared, m.adopt = memory.New(), Shared
	m.restart()
	if kinds, _ := m.once(t); kinds != string(SharedAbsent) {
		t.Errorf("got %s, want %s", kinds, SharedAbsent)
	}
	m.adopt = Local
	m.restart()
	if kinds, _ := m.once(t); kinds != "push in_step" {
		t.Errorf("with --adopt local: got %s, want a push", kinds)
	}
}

// A mirror whose directory was removed has lost its lock with it, so that it must end.
func TestMirror_localGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := memory.New()
		write(t, shared, "a = 1\n")
		m := newMachine(shared, true)
		m.local = &faulty{m.local, func(string) (error, bool) {
			return fault.New(fault.Storage, "a directory of the path does not exist").With("reason", fault.Gone), false
		}}
		m.restart()
		err := m.mirror.Run(t.Context())
		if !fault.Is(err, fault.Storage) || len(m.events) != 1 || m.events[0].Kind != Failed {
			t.Errorf("got %v and the events %+v, want the fault and one event", err, m.events)
		}
	})
}

// memo is a note in memory.
type memo struct{ text []byte }

func (n *memo) Note() []byte        { return n.text }
func (n *memo) SetNote(text []byte) { n.text = text }

// A mirror that comes back after its last base was pruned from the local history merges
// with the note. A note that a history contradicts does not count.
func TestMirror_note(t *testing.T) {
	for _, tt := range []struct {
		name   string
		push   bool
		change func(m *machine, n *memo)
		events string
	}{
		{"without push", false, func(*machine, *memo) {}, "merge ahead"},
		{"with push", true, func(*machine, *memo) {}, "merge pull in_step"},
		{"no note", true, func(_ *machine, n *memo) { n.text = nil }, "first_meeting"},
		{"a torn note", true, func(_ *machine, n *memo) { n.text = n.text[:len(n.text)-9] }, "first_meeting"},
		{"the local side was set back", true, func(m *machine, _ *memo) {
			m.local = memory.New()
			write(t, m.local, "x = 1\nz = 1\n")
		}, "first_meeting"},
		{"the shared side is another one", true, func(m *machine, _ *memo) {
			m.shared = memory.New()
			for _, text := range []string{"y = 1\n", "y = 2\n", "y = 3\n"} {
				write(t, m.shared, text)
			}
		}, "went_back"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, n := newMachine(memory.New(), tt.push), &memo{}
			write(t, m.shared, "x = 1\ny = 1\n")
			m.mirror.options.Note = n
			m.once(t)
			for i := range 5 {
				write(t, m.local, fmt.Sprintf("x = %d\ny = 1\n", i+2))
			}
			m.local.(*memory.Store).Prune(4)
			write(t, m.shared, "x = 1\ny = 2\n")
			tt.change(m, n)
			m.restart()
			m.mirror.options.Note = n
			kinds, _ := m.once(t)
			if kinds != tt.events {
				t.Errorf("got %s, want %s", kinds, tt.events)
			}
			if strings.HasPrefix(tt.events, "merge") {
				wantText(t, "local", m.local, "x = 6\ny = 2\n")
			}
		})
	}
}
