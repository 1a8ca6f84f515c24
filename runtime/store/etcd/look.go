package etcd

import (
	"context"
	"sync"
)

// looks shares reads among callers. A caller that comes while a read is running needs one
// that begins later, because the running one may have missed a commit that was
// acknowledged before the caller came; all that come meanwhile share the next one.
type looks struct {
	read func(ctx context.Context) (*view, error)

	mu      sync.Mutex // protects the fields below
	running *look      // nil if no read is running
	next    *look      // of the callers that came since; nil without any
}

// look is one read.
type look struct {
	done chan struct{} // closed when the fields below are set
	view *view
	err  error
}

// lookTimeout is the highest time of a shared read, which ends with no caller's context. A
// text of 1 MiB takes as long on a network of 300 kbit/s; servers that do not answer end a
// read earlier.
const lookTimeout = 6 * patience

// get returns a view that was read after the call of get.
func (l *looks) get(ctx context.Context) (*view, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	mine := l.join()
	select {
	case <-mine.done:
		return mine.view, mine.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// join returns a read that has not begun yet.
func (l *looks) join() *look {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.running == nil {
		l.running = newLook()
		go l.run(l.running)
		return l.running
	}
	if l.next == nil {
		l.next = newLook()
	}
	return l.next
}

func newLook() *look { return &look{done: make(chan struct{})} }

// run makes a read, and those of the callers that came meanwhile.
func (l *looks) run(now *look) {
	for now != nil {
		ctx, cancel := context.WithTimeout(context.Background(), lookTimeout)
		now.view, now.err = l.read(ctx)
		cancel()
		close(now.done)
		l.mu.Lock()
		now = l.next
		l.running, l.next = now, nil
		l.mu.Unlock()
	}
}
