package rpc

import (
	"context"
	"sync"
)

// turn is a call while it is done: its place in the order, and the lead that it
// may hold up.
type turn struct {
	worker  *worker
	message *message
	baton   *baton
	writes  bool

	mu    sync.Mutex // protects the fields below; place is changed by the call alone
	place *place     // the newest; nil before the first
	over  bool       // the call has ended or was taken back: it gets no place any more
}

// take takes the next place in the order, and waits until it may run. The error
// says that the call was taken back.
func (t *turn) take() error {
	t.mu.Lock()
	if t.over {
		t.mu.Unlock()
		return context.Canceled
	}
	p := t.worker.order.take(t.writes)
	t.place = p
	t.mu.Unlock()
	if p.turn == nil {
		return nil
	}
	t.baton.pass()
	<-p.turn
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return context.Canceled
	}
	return nil
}

// entered says that the write is with the committer.
func (t *turn) entered() {
	t.worker.order.entered(t.place)
	t.baton.pass()
}

// aside lets everything else go on while wait waits for a person: the call is
// in nobody's way, neither in the order nor in the table of what is pending.
// It must take a new place before it goes on.
func (t *turn) aside(wait func()) {
	t.baton.pass()
	t.worker.order.leave(t.place)
	t.worker.stream.pending.setAside(t.message, true)
	wait()
	t.worker.stream.pending.setAside(t.message, false)
}

// end gives the place back for good. It may be called more than once.
func (t *turn) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over = true; t.place != nil {
		t.worker.order.leave(t.place)
	}
}

// baton is the lead while one message is done.
type baton struct {
	worker *worker
	ctx    context.Context

	mu     sync.Mutex // protects passed
	passed bool
}

// pass hands the lead to a new goroutine, once.
func (b *baton) pass() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.passed {
		b.passed = true
		b.worker.start(b.ctx)
	}
}

// end reports whether the lead was passed on; if not, it cannot be any more.
func (b *baton) end() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	passed := b.passed
	b.passed = true
	return passed
}
