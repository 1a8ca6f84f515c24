package storetest

import (
	"context"
	"testing"
	"time"

	"realmconf/runtime/store"
)

// callTimeout is the time in which a call must come, also on a loaded machine.
const callTimeout = 20 * time.Second

// watching is a running Watch. Its calls arrive one by one.
type watching struct {
	calls <-chan struct{}
	end   func() error
}

func watch(t *testing.T, s store.Store) watching {
	ctx, cancel := context.WithCancel(t.Context())
	calls := make(chan struct{})
	result := make(chan error, 1)
	go func() {
		result <- s.Watch(ctx, func() {
			select {
			case calls <- struct{}{}:
			case <-ctx.Done():
			}
		})
	}()
	t.Cleanup(cancel)
	return watching{calls, func() error {
		cancel()
		select {
		case err := <-result:
			return err
		case <-time.After(callTimeout):
			t.Fatal("Watch did not return after its context ended")
			return nil
		}
	}}
}

func (w watching) call(t *testing.T, what string) {
	t.Helper()
	select {
	case <-w.calls:
	case <-time.After(callTimeout):
		t.Fatalf("no call of Watch's function %s", what)
	}
}

func testWatchStart(t *testing.T, open func() store.Store) {
	w := watch(t, open())
	w.call(t, "at the start")
	if err := w.end(); err != nil {
		t.Errorf("Watch returned %v after its context ended, want nil", err)
	}
}

func testWatchOtherCommit(t *testing.T, open func() store.Store) {
	s, other := open(), open()
	w := watch(t, s)
	w.call(t, "at the start")
	for _, text := range []string{"one", "two"} {
		commit(t, other, text)
		// There may be several calls for one commit, but the last one must come
		// when the new text can be read.
		for want := load(t, other).Version; ; {
			w.call(t, "after a commit")
			if load(t, s).Version == want {
				break
			}
		}
	}
	if err := w.end(); err != nil {
		t.Errorf("Watch returned %v after its context ended, want nil", err)
	}
}
