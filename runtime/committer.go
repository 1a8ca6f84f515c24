package runtime

import (
	"slices"
	"sync"

	"realmconf/runtime/fault"
)

// committer is the queue of writes. One goroutine at a time takes them in arrival order,
// in batches, and makes each batch one commit: for the first batch that of the write that
// found no other one, which would only wait, and then a goroutine that runs while there
// is something to do.
type committer struct {
	// commit ends the first members of a batch and returns their number. The
	// others go back to the head of the queue.
	commit func(b *batch) (ended int)

	mu      sync.Mutex    // protects the fields below
	waiting []*submission // in arrival order
	running bool
	done    sync.WaitGroup // the goroutine

	limit int // members of the next batch, which the store may limit further; used by end only
}

// submit puts a write at the end of the queue. Writes take effect in the order
// of their submission. If it reports true, no goroutine takes them: the caller must call
// lead.
func (c *committer) submit(m *submission) (mustLead bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = append(c.waiting, m)
	if c.running {
		return false
	}
	c.running = true
	c.done.Add(1)
	return true
}

// lead makes one commit, and leaves what is then in the queue to another goroutine.
func (c *committer) lead() {
	defer c.done.Done()
	first := c.takeOrStop()
	if first == nil {
		return // it was withdrawn
	}
	c.end(first)
	if first = c.takeOrStop(); first != nil {
		c.done.Go(func() { c.run(first) })
	}
}

// withdraw takes a write out of the queue, and reports whether it was still
// there.
func (c *committer) withdraw(m *submission) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.Index(c.waiting, m)
	if i < 0 {
		return false
	}
	c.waiting = slices.Delete(c.waiting, i, i+1)
	return true
}

// close blocks until the queue is empty and its last batch has ended.
func (c *committer) close() { c.done.Wait() }

// run makes commits, from a write that was taken, until the queue is empty.
func (c *committer) run(first *submission) {
	for ; first != nil; first = c.takeOrStop() {
		c.end(first)
	}
}

// end makes one commit, of a write and some of those behind it. A batch that lost races
// leaves a lower limit; each batch doubles it again.
func (c *committer) end(first *submission) {
	b := newBatch(first, c.limit, c.take)
	ended := c.commitSafely(b)
	b.close()
	c.limit = min(2*b.limit, unlimited)
	err := first.err // read before done is closed
	var failed []*submission
	if fault.Is(err, fault.LockTimeout) {
		failed = c.takeAll() // they have waited for the same lock, and what is submitted after the answer has not
	}
	for _, m := range b.members[:ended] {
		close(m.done)
	}
	for _, m := range failed {
		m.err = err
		close(m.done)
	}
	c.requeue(b.members[ended:])
}

// commitSafely is commit, with a panic as an error of all members: none of them may wait
// for ever.
func (c *committer) commitSafely(b *batch) (ended int) {
	defer func() {
		if v := recover(); v != nil {
			err := fault.Recovered(v)
			for _, m := range b.members {
				m.outcome, m.err = nil, err
			}
			ended = len(b.members)
		}
	}()
	return c.commit(b)
}

// takeAll takes all writes out of the queue.
func (c *committer) takeAll() []*submission {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.waiting
	c.waiting = nil
	return all
}

// requeue puts writes at the head of the queue.
func (c *committer) requeue(members []*submission) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = slices.Concat(members, c.waiting)
}

// takeOrStop takes the first write out of the queue. If there is none the
// goroutine must not take another one: the next caller of submit does.
func (c *committer) takeOrStop() *submission {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.takeLocked()
	c.running = m != nil
	return m
}

// take takes the first write out of the queue, nil if there is none.
func (c *committer) take() *submission {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.takeLocked()
}

func (c *committer) takeLocked() *submission {
	if len(c.waiting) == 0 {
		return nil
	}
	m := c.waiting[0]
	c.waiting = c.waiting[1:]
	return m
}
