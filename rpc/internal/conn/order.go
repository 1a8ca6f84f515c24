package conn

import (
	"slices"
	"sync"
	"time"
)

const (
	// maxReads is how many reads run at a time. Most are done before the next begins.
	maxReads = 8
	// maxWrites is how many writes run or have entered: as many as one commit takes.
	maxWrites = 64
	// maxLargeWrites is the same while the configuration is large, or its size is
	// not known yet. Each write that is done holds a configuration of its own.
	maxLargeWrites = 8
	// largeSize is the size of a large configuration, in bytes.
	largeSize = 64 << 10
)

// order decides when the calls of one connection run, so that they take effect
// in the order of their arrival. The rule:
//
//   - Reads run concurrently.
//   - Writes enter the committer one after the other. The next one runs as soon
//     as the one before has entered, without waiting for its outcome.
//   - A read waits for every write before it to end, and a write for every read.
//
// At most maxReads of them and maxWrites or maxLargeWrites run at a time, because
// each may hold a reply that is not written yet.
//
// So a read sees every write that was sent before it and none that was sent
// after it. A call that is cancelled leaves the order at once, and so does one
// that waits for a person. It is safe for concurrent use; the zero value works.
type order struct {
	mu         sync.Mutex // protects the fields below and those of the places
	waiting    []*place   // in the order of their arrival
	reads      int        // reads that run
	writes     []*place   // writes that run or have entered, in the order in which they began
	entering   bool       // the last of writes has not entered yet; the others have
	begun      uint64     // writes that ever began
	newestRead *place     // the read that began last, while it runs
	isSmall    bool       // the configuration was below largeSize when a write was last done
}

// place is a call's place in the order.
type place struct {
	writes   bool
	ready    chan struct{} // closed when the call may run; nil if it may at once
	left     chan struct{} // closed when it has left; nil until a goroutine waits for that
	previous *place        // of a read: the newest read that ran when this one began
	number   uint64        // of a write: the number of writes that had begun with it
	state    placeState
}

type placeState int

const (
	placeWaits placeState = iota
	placeRuns
	placeEntered // only writes
	placeLeft
)

// take gives a call the next place, p, which is new except for what its call does.
func (o *order) take(p *place) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.waiting) == 0 && o.mayRunLocked(p) { // as usually: without an allocation for the list
		o.runLocked(p)
		return
	}
	o.waiting = append(o.waiting, p)
	if o.advanceLocked(); p.state == placeWaits {
		p.ready = make(chan struct{})
	}
}

// isIdle reports whether no call has a place.
func (o *order) isIdle() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.reads == 0 && len(o.writes) == 0 && len(o.waiting) == 0
}

// enter notes that a write has its place in the committer's queue, so that the
// next write may run.
func (o *order) enter(p *place) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if p.state != placeRuns || !p.writes {
		return
	}
	p.state, o.entering = placeEntered, false
	o.advanceLocked()
}

// leave gives the place back. It may be called more than once.
func (o *order) leave(p *place) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case p.state == placeLeft:
		return
	case p.state == placeWaits:
		i := slices.Index(o.waiting, p)
		o.waiting = append(o.waiting[:i:i], o.waiting[i+1:]...)
		close(p.ready)
	case p.writes:
		if p.state == placeRuns {
			o.entering = false
		}
		i := slices.Index(o.writes, p)
		o.writes = slices.Delete(o.writes, i, i+1)
	default:
		o.reads--
	}
	if o.newestRead == p {
		o.newestRead = nil
	}
	if p.state, p.previous = placeLeft, nil; p.left != nil {
		close(p.left)
	}
	o.advanceLocked()
}

// awaitPrevious waits until the call before this one is answered, so that
// replies come in the order of the requests where that costs nothing. Writes
// were committed in their order, so a write waits for those before it. A read
// waits for the read before it, and no longer than leadTime.
func (o *order) awaitPrevious(p *place) {
	if p.writes {
		o.awaitWrites(func() *place {
			if i := slices.Index(o.writes, p); i > 0 && p.state == placeEntered {
				return o.writes[i-1]
			}
			return nil
		})
		return
	}
	o.mu.Lock()
	left := o.leftLocked(p.previous)
	o.mu.Unlock()
	if left == nil {
		return
	}
	timer := time.NewTimer(leadTime)
	defer timer.Stop()
	select {
	case <-left:
	case <-timer.C:
	}
}

// awaitBegunWrites waits until every write that has begun by now is answered.
// It does not look at placeEntered: a write may be committed before the call of
// enter.
func (o *order) awaitBegunWrites() {
	o.mu.Lock()
	last := o.begun
	o.mu.Unlock()
	o.awaitWrites(func() *place {
		for _, p := range slices.Backward(o.writes) {
			if p.number <= last {
				return p
			}
		}
		return nil
	})
}

// awaitWrites waits for writes to leave until next returns nil. It calls next
// with the lock held, and again after each write that has left, because a write
// may leave before those that began before it.
func (o *order) awaitWrites(next func() *place) {
	for {
		o.mu.Lock()
		left := o.leftLocked(next())
		o.mu.Unlock()
		if left == nil {
			return
		}
		<-left
	}
}

// leftLocked returns a channel that is closed when p is given back; nil if p is
// nil or was given back already.
func (o *order) leftLocked(p *place) <-chan struct{} {
	if p == nil || p.state == placeLeft {
		return nil
	}
	if p.left == nil {
		p.left = make(chan struct{})
	}
	return p.left
}

// noteSize notes the size of the configuration.
func (o *order) noteSize(size int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.isSmall = size < largeSize
	o.advanceLocked()
}

// writeLimitLocked returns how many writes may run or have entered.
func (o *order) writeLimitLocked() int {
	if o.isSmall {
		return maxWrites
	}
	return maxLargeWrites
}

// advanceLocked lets the first of the waiting calls run, as many as may.
func (o *order) advanceLocked() {
	for len(o.waiting) > 0 {
		p := o.waiting[0]
		if !o.mayRunLocked(p) {
			return
		}
		o.waiting = o.waiting[1:]
		o.runLocked(p)
		if p.ready != nil {
			close(p.ready)
		}
	}
}

// mayRunLocked reports whether the first of the waiting calls may run.
func (o *order) mayRunLocked(p *place) bool {
	if p.writes {
		return o.reads == 0 && !o.entering && len(o.writes) < o.writeLimitLocked()
	}
	return len(o.writes) == 0 && o.reads < maxReads
}

// runLocked lets a call run.
func (o *order) runLocked(p *place) {
	if p.state = placeRuns; p.writes {
		o.begun++
		p.number = o.begun
		o.writes, o.entering = append(o.writes, p), true
		return
	}
	o.reads++
	p.previous, o.newestRead = o.newestRead, p
}
