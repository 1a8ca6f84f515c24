package etcd

import (
	"context"
	"sync"
)

// sharedReads makes reads that callers share. A caller that comes while a read is running
// needs one that begins later, because the running one may have missed a commit that was
// acknowledged before the caller came; all that come meanwhile share the next one.
type sharedReads struct {
	read func(ctx context.Context) (*view, error)

	mu      sync.Mutex  // protects the fields below
	running *sharedRead // nil if no read is running
	next    *sharedRead // of the callers that came since; nil without any
}

// sharedRead is one read.
type sharedRead struct {
	done chan struct{} // closed when the fields below are set
	view *view
	err  error
}

// sharedReadTimeout limits a shared read, which no caller's context ends. A text of 1 MiB
// takes as long on a network of 300 kbit/s; if no server answers, a read ends earlier.
const sharedReadTimeout = 6 * callTimeout

// get returns a view that was read after the call of get.
func (s *sharedReads) get(ctx context.Context) (*view, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	mine := s.join()
	select {
	case <-mine.done:
		return mine.view, mine.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// join returns a read that has not begun yet.
func (s *sharedReads) join() *sharedRead {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == nil {
		s.running = newSharedRead()
		go s.run(s.running)
		return s.running
	}
	if s.next == nil {
		s.next = newSharedRead()
	}
	return s.next
}

func newSharedRead() *sharedRead { return &sharedRead{done: make(chan struct{})} }

// run makes a read, and those of the callers that came meanwhile.
func (s *sharedReads) run(now *sharedRead) {
	for now != nil {
		ctx, cancel := context.WithTimeout(context.Background(), sharedReadTimeout)
		now.view, now.err = s.read(ctx)
		cancel()
		close(now.done)
		s.mu.Lock()
		now = s.next
		s.running, s.next = now, nil
		s.mu.Unlock()
	}
}
