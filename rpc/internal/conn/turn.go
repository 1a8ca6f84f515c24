package conn

import (
	"context"
	"sync"
)

// Turn is a call that reads or writes, while it runs.
type Turn struct {
	conn    *Conn
	message *message
	leader  *leader
	writes  bool

	mu    sync.Mutex // protects the fields below; only the call's goroutine changes place
	place *place     // the newest; nil before the first
	over  bool       // the call has ended or was cancelled: it gets no place any more
}

// Take takes the next place in the order, and waits until the call may run. The
// error says that the call was cancelled.
func (t *Turn) Take() error {
	t.mu.Lock()
	if t.over {
		t.mu.Unlock()
		return context.Canceled
	}
	p := t.conn.order.take(t.writes)
	t.place = p
	t.mu.Unlock()
	if p.ready == nil {
		return nil
	}
	t.leader.handOff()
	<-p.ready
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return context.Canceled
	}
	return nil
}

// Entered notes that the call's write has its place in the committer's queue.
func (t *Turn) Entered() {
	t.conn.order.enter(t.place)
	t.leader.handOff()
}

// Suspend calls wait, which waits for a person. Meanwhile the call has no place
// in the order and does not count against the limits. It must take a new place
// before it goes on.
func (t *Turn) Suspend(wait func()) {
	t.leader.handOff()
	t.conn.order.leave(t.place)
	t.conn.pending.suspend(t.message, true)
	wait()
	t.conn.pending.suspend(t.message, false)
}

// Go runs do in a goroutine of the connection. Its context ends with the
// connection, which waits for do to return.
func (t *Turn) Go(do func(ctx context.Context)) {
	ctx := t.leader.ctx
	t.leader.executor.working.Go(func() { do(ctx) })
}

// end gives the place back for good. It may be called more than once.
func (t *Turn) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over = true; t.place != nil {
		t.conn.order.leave(t.place)
	}
}
