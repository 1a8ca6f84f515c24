package mirror

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/runtime/store/memory"
)

var errCrash = errors.New("the process was killed")

// TestMirror_crashes kills the mirror at each call of a store, before and after a commit
// takes effect, and starts it again.
func TestMirror_crashes(t *testing.T) {
	const start = "x = 1\ny = 1\nz = 1\n"
	for _, tt := range []struct{ name, local, shared, want string }{
		{"pull", "", "x = 1\ny = 2\nz = 1\n", "x = 1\ny = 2\nz = 1\n"},
		{"push", "x = 2\ny = 1\nz = 1\n", "", "x = 2\ny = 1\nz = 1\n"},
		{"merge", "x = 2\ny = 1\nz = 1\n", "x = 1\ny = 2\nz = 1\n", "x = 2\ny = 2\nz = 1\n"},
		{"clash", "x = 2\ny = 1\nz = 2\n", "x = 3\ny = 1\nz = 1\n", "x = 3\ny = 1\nz = 2\n"},
	} {
		for _, applied := range []bool{false, true} {
			crashes := 0
			for at := 1; ; at++ {
				m := newMachine(memory.New(), true)
				write(t, m.shared, start)
				m.once(t)
				local, shared := m.local, m.shared
				calls := 0
				kill := func(string) (error, bool) {
					if calls++; calls == at {
						return errCrash, applied
					}
					return nil, false
				}
				for s, text := range map[*memory.Store]string{local.(*memory.Store): tt.local, shared.(*memory.Store): tt.shared} {
					if text != "" {
						write(t, s, text)
					}
				}
				m.local, m.shared = &faulty{local, kill}, &faulty{shared, kill}
				m.restart()
				_, err := m.mirror.Once(t.Context())
				if err == nil {
					break // at is beyond the last call
				}
				if !errors.Is(err, errCrash) {
					t.Fatal(err)
				}
				crashes++
				m.local, m.shared = local, shared
				m.restart()
				m.once(t)
				what := fmt.Sprintf("%s, killed at call %d (applied: %v)", tt.name, at, applied)
				wantText(t, what+", local", local, tt.want)
				wantText(t, what+", shared", shared, tt.want)
				if tt.local != "" && !slices.Contains(historyOf(t, local), tt.local) {
					t.Errorf("%s: the local text is in no history", what)
				}
			}
			if crashes < 5 {
				t.Errorf("%s: killed at %d calls, want at least 5", tt.name, crashes)
			}
		}
	}
}

// TestMirror_Run_comesBack checks that a store that cannot be reached is reported once, tried
// with longer and longer pauses, and used again when it answers.
func TestMirror_Run_comesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMachine(memory.New(), true)
		shared := m.shared
		var isDown atomic.Bool
		tries := 0
		m.shared = &faulty{shared, func(string) (error, bool) {
			if isDown.Load() {
				tries++
				return unreachable(), false
			}
			return nil, false
		}}
		m.restart()
		write(t, shared, "x = 1\n")
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			m.mirror.Run(ctx)
			close(done)
		}()
		synctest.Wait()
		m.events = nil
		isDown.Store(true)
		write(t, m.local, "x = 2\n")
		time.Sleep(time.Hour)
		synctest.Wait()
		if tries < 100 || tries > 140 {
			t.Errorf("got %d tries in an hour, want one every %v", tries, maxPause)
		}
		if len(m.events) != 1 || m.events[0].Kind != Retry || m.events[0].Failure.Side != Shared {
			t.Errorf("got events %+v, want one retry of shared", m.events)
		}
		isDown.Store(false)
		time.Sleep(maxPause)
		synctest.Wait()
		wantText(t, "shared", shared, "x = 2\n")
		if n := len(m.events); m.events[n-1].Kind != InStep {
			t.Errorf("got last event %+v, want in_step", m.events[n-1])
		}
		cancel()
		<-done
	})
}

func TestMirror_Once_tellsTheSideThatFailed(t *testing.T) {
	m := newMachine(memory.New(), true)
	m.shared = &faulty{m.shared, func(string) (error, bool) { return unreachable(), false }}
	m.restart()
	_, err := m.mirror.Once(t.Context())
	f := newFailure(err)
	if f.Side != Shared || f.Message != "no server answers at host:1: start it" || f.Path != "" {
		t.Errorf("got %+v, want shared's own message", f)
	}
}

func TestMirror_Once_unknownOutcome(t *testing.T) {
	for _, applied := range []bool{false, true} {
		m := newMachine(memory.New(), true)
		shared := m.shared
		lost := false
		m.shared = &faulty{shared, func(call string) (error, bool) {
			if call == "commit" && !lost {
				lost = true
				return outcomeUnknown(), applied
			}
			return nil, false
		}}
		m.restart()
		write(t, m.local, "x = 1\n")
		if _, err := m.mirror.Once(t.Context()); err == nil {
			t.Error("got no error, want that of the commit")
		}
		want := "push in_step"
		if applied {
			want = "in_step"
		}
		if events, _ := m.once(t); events != want {
			t.Errorf("applied: %v: got %q, want %q", applied, events, want)
		}
		if n := len(historyOf(t, shared)); n != 1 {
			t.Errorf("applied: %v: got %d generations, want 1", applied, n)
		}
	}
}
