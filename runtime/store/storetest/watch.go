package storetest

import (
	"context"
	"testing"
	"time"

	"realmconf/runtime/store"
)

// patience is how long a call may take on a loaded machine before it counts as
// never made.
const patience = 20 * time.Second

// watching is a Watch that runs. Its calls arrive one by one.
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
		case <-time.After(patience):
			t.Fatal("Watch did not return after its context ended")
			return nil
		}
	}}
}

func (w watching) call(t *testing.T, what string) {
	t.Helper()
	select {
	case <-w.calls:
	case <-time.After(patience):
		t.Fatalf("no call of Watch's function %s", what)
	}
}

func watchBegins(t *testing.T, open func() store.Store) {
	w := watch(t, open())
	w.call(t, "at the beginning")
	if err := w.end(); err != nil {
		t.Errorf("Watch returned %v after its context ended, want nil", err)
	}
}

func watchSees(t *testing.T, open func() store.Store) {
	s, other := open(), open()
	w := watch(t, s)
	w.call(t, "at the beginning")
	for _, text := range []string{"one", "two"} {
		commit(t, other, text)
		// One commit may be told in several calls; what counts is that the last
		// one comes when the new text can be read.
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
