package runtime_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
	"realmconf/schema"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

// locked is a store whose lock another program holds all the time.
type locked struct {
	store.Store
	tried   chan struct{}
	timeout chan struct{} // closed when the wait for the lock ends
}

func (l locked) CompareAndSwap(context.Context, store.Version, []store.Record) error {
	l.tried <- struct{}{}
	<-l.timeout
	return fault.New(fault.LockTimeout, "locked")
}

// Writes that are in the queue while a commit waits for the lock in vain fail
// together with it.
func TestCommitter_lockTimeout(t *testing.T) {
	s := locked{newStore(), make(chan struct{}, 2), make(chan struct{})}
	rt := runtimeOver(t, s)
	answers := make(chan error, 3)
	write := func(tokens int64, queued func()) {
		_, err := rt.Patch(t.Context(), agentPatch(tokens), runtime.Write{OnQueued: queued})
		answers <- err
	}
	go write(1, nil)
	<-s.tried
	waits := make(chan struct{}, 2)
	for n := range 2 {
		go write(int64(n+2), func() { waits <- struct{}{} })
		<-waits
	}
	close(s.timeout)
	for range 3 {
		if err := <-answers; !fault.Is(err, fault.LockTimeout) {
			t.Errorf("got %v, want lock_timeout", err)
		}
	}
	if len(s.tried) != 0 {
		t.Error("the writes in the queue waited for the lock again")
	}
}

func TestCommitter_withdraw(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &gated{Store: memory.New(), gate: make(chan struct{})}
		rt := runtimeOver(t, s)
		first := make(chan error, 1)
		go func() {
			_, err := rt.Patch(t.Context(), agentPatch(1), runtime.Write{})
			first <- err
		}()
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		second := make(chan error, 1)
		queued := false
		go func() {
			_, err := rt.Patch(ctx, agentPatch(2), runtime.Write{OnQueued: func() { queued = true }})
			second <- err
		}()
		synctest.Wait()
		if !queued {
			t.Error("the second write is not in the queue")
		}
		cancel()
		synctest.Wait()
		select {
		case err := <-second:
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want %v", err, context.Canceled)
			}
		default:
			t.Error("the cancelled write is still waiting")
		}
		close(s.gate)
		if err := <-first; err != nil {
			t.Error(err)
		}
		if got := turnTokens(get(t, rt)); got != int64(1) {
			t.Errorf("got %v, want the first write's 1", got)
		}
	})
}

// gated is a store whose commits block until the channel is closed.
type gated struct {
	*memory.Store
	gate chan struct{}
}

func (g *gated) CompareAndSwap(ctx context.Context, from store.Version, next []store.Record) error {
	<-g.gate
	return g.Store.CompareAndSwap(ctx, from, next)
}

// fragile is a model that panics if a certain section is there.
type fragile struct{ *schema.Model }

func (m fragile) Check(next tree.Object, prev ...tree.Object) schema.Report {
	if next["agent"] != nil {
		panic("a mistake in the model")
	}
	return m.Model.Check(next, prev...)
}

func TestCommitter_panicInOneWrite(t *testing.T) {
	rt := runtime.New(func(context.Context) (store.Store, error) { return memory.New(), nil }, fragile{meerkat.New()})
	t.Cleanup(rt.Close)
	if _, err := rt.Patch(t.Context(), agentPatch(1), runtime.Write{}); fault.Of(err).Kind != fault.Internal {
		t.Errorf("got %v, want an internal error", err)
	}
	if _, err := rt.Patch(t.Context(), tree.Object{"rest": tree.Object{"port": int64(1)}}, runtime.Write{}); err != nil {
		t.Errorf("the next write: %v", err)
	}
}
