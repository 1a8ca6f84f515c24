package runtime_test

import (
	"context"
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

// locked is a store whose lock is never to be had.
type locked struct {
	store.Store
	tried chan struct{}
	give  chan struct{}
}

func (l locked) CompareAndSwap(context.Context, store.Version, []store.Record) error {
	l.tried <- struct{}{}
	<-l.give
	return fault.New(fault.LockTimeout, "locked")
}

// TestWhoWaitsBehindALockDoesNotWaitTwice: the writers that wait while one
// waits in vain are answered with it.
func TestWhoWaitsBehindALockDoesNotWaitTwice(t *testing.T) {
	s := locked{newStore(), make(chan struct{}, 2), make(chan struct{})}
	rt := runtimeOver(t, s)
	answers := make(chan error, 3)
	write := func(tokens int64, entered func()) {
		_, err := rt.Patch(t.Context(), agentPatch(tokens), runtime.Write{Queued: entered})
		answers <- err
	}
	go write(1, nil)
	<-s.tried
	waits := make(chan struct{}, 2)
	for n := range 2 {
		go write(int64(n+2), func() { waits <- struct{}{} })
		<-waits
	}
	close(s.give)
	for range 3 {
		if err := <-answers; !fault.Is(err, fault.LockTimeout) {
			t.Errorf("got %v, want lock_timeout", err)
		}
	}
	if len(s.tried) != 0 {
		t.Error("the lock was tried again for those who had waited")
	}
}
