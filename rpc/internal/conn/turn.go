package conn

import (
	"context"
	"sync"

	"realmconf/runtime/fault"
)

// Turn is a call that reads or writes, while it runs.
type Turn struct {
	conn    *Conn
	message *message
	leader  *leader
	writes  bool

	mu    sync.Mutex // protects the fields below; only the call's goroutine changes place
	place *place     // the newest; nil before the first
	first place      // the first, here because most calls have no other
	over  bool       // the call has ended or was cancelled: it gets no place any more
}

// callState is what a call needs that runs in the order. A reader uses one for call after
// call, as long as it is the leader after each: nothing else was read meanwhile, so that
// nothing has cancelled the call, and no call that began with it waits for its place.
type callState struct {
	Turn
	ctx    context.Context
	cancel context.CancelFunc // of ctx
	stop   func()             // ends the call
}

func newCallState(ctx context.Context, c *Conn) *callState {
	s := &callState{Turn: Turn{conn: c}}
	s.ctx, s.cancel = context.WithCancel(ctx)
	s.stop = func() {
		s.cancel()
		s.end()
	}
	return s
}

// begin returns the Turn of a new call. The one before must have ended.
func (s *callState) begin(m *message, l *leader, writes bool) *Turn {
	t := &s.Turn
	t.message, t.leader, t.writes = m, l, writes
	t.place, t.first, t.over = nil, place{}, false
	return t
}

// Take takes the next place in the order, and waits until the call may run. The
// error says that the call was cancelled.
func (t *Turn) Take() error {
	t.mu.Lock()
	if t.over {
		t.mu.Unlock()
		return context.Canceled
	}
	p := &t.first
	if t.place != nil {
		p = new(place)
	}
	p.writes = t.writes
	t.conn.order.take(p)
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

// Done notes that the call's write is done, and the size of what the replies to
// writes may show.
func (t *Turn) Done(size int) { t.conn.order.noteSize(size) }

// Suspend calls wait, which waits for a person. Meanwhile the call has no place
// in the order and does not count against the limit of requests. It must take a
// new place before it goes on. The error is busy, and wait is not called, if the
// calls that wait hold too much memory already.
func (t *Turn) Suspend(wait func()) error {
	if !t.conn.pending.suspend(t.message) {
		return fault.New(fault.Busy, "the calls that wait for a person's answer are as large as they may be together: repeat this call when some of them are answered, or send a smaller one")
	}
	t.leader.handOff()
	t.conn.order.leave(t.place)
	wait()
	t.conn.pending.resume(t.message)
	return nil
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
