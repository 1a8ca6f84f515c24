package rpc

import (
	"slices"
	"sync"
	"time"
)

// order is the order in which the calls of one connection take effect: that of
// their arrival. Calls that only read run beside each other; writes enter the
// committer one after the other, without waiting for what becomes of those
// before; and between a read and a write the earlier one ends first. So a read
// sees every write that was sent before it and none that was sent after it.
//
// A call that is taken back leaves the order at once, and so does one that waits
// for a person. It may be used from many goroutines; the zero value works.
type order struct {
	mu       sync.Mutex // protects the fields below, and those of the places
	waiting  []*place   // in the order of their arrival
	reads    int        // reads that run
	writes   []*place   // writes that run, in the order in which they began
	entering bool       // the last of them has not entered yet; the others have
	begun    uint64     // writes that ever began

	newestRead *place // the read that began last, while it runs
}

// place is a call's place in the order.
type place struct {
	writes bool
	turn   chan struct{} // closed when the call may run; nil when it may at once
	left   chan struct{} // closed when it has left; nil while nobody waits for that
	before *place        // of a read: the one that ran already when this one began
	number uint64        // of a write: how many had begun with it

	state placeState
}

type placeState int

const (
	waits placeState = iota
	runs
	entered // only writes
	gone
)

// take gives a call the next place.
func (o *order) take(writes bool) *place {
	o.mu.Lock()
	defer o.mu.Unlock()
	p := &place{writes: writes}
	o.waiting = append(o.waiting, p)
	if o.advanceLocked(); p.state == waits {
		p.turn = make(chan struct{})
	}
	return p
}

// entered says that a write is with the committer, so that the next may begin.
func (o *order) entered(p *place) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if p.state != runs || !p.writes {
		return
	}
	p.state, o.entering = entered, false
	o.advanceLocked()
}

// leave gives the place back. It may be called more than once.
func (o *order) leave(p *place) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch p.state {
	case gone:
		return
	case waits:
		for i, w := range o.waiting {
			if w == p {
				o.waiting = append(o.waiting[:i:i], o.waiting[i+1:]...)
				break
			}
		}
		close(p.turn)
	default:
		if !p.writes {
			o.reads--
			break
		}
		if p.state == runs {
			o.entering = false
		}
		i := slices.Index(o.writes, p)
		o.writes = slices.Delete(o.writes, i, i+1)
	}
	if o.newestRead == p {
		o.newestRead = nil
	}
	if p.state, p.before = gone, nil; p.left != nil {
		close(p.left)
	}
	o.advanceLocked()
}

// predecessor waits until the call before this one is answered and gone, so that
// answers come in the order of the requests where that costs nothing: writes
// were committed in their order, and of reads the later one waits for a moment.
func (o *order) predecessor(p *place) {
	if p.writes {
		o.writesLeft(func() *place {
			if i := slices.Index(o.writes, p); i > 0 && p.state == entered {
				return o.writes[i-1]
			}
			return nil
		})
		return
	}
	o.mu.Lock()
	left := o.leavingLocked(p.before)
	o.mu.Unlock()
	if left == nil {
		return
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-left:
	case <-timer.C:
	}
}

// answered waits until the writes that have begun by now are answered. One may
// be committed before it is said to have entered.
func (o *order) answered() {
	o.mu.Lock()
	last := o.begun
	o.mu.Unlock()
	o.writesLeft(func() *place {
		for _, p := range slices.Backward(o.writes) {
			if p.number <= last {
				return p
			}
		}
		return nil
	})
}

// writesLeft waits until next finds no write any more that runs. Next is called
// with the lock held, and again when the one that it found has left: one may
// leave before those that began before it.
func (o *order) writesLeft(next func() *place) {
	for {
		o.mu.Lock()
		left := o.leavingLocked(next())
		o.mu.Unlock()
		if left == nil {
			return
		}
		<-left
	}
}

// leavingLocked is closed when a place is given back; nil when it was already.
func (o *order) leavingLocked(p *place) <-chan struct{} {
	if p == nil || p.state == gone {
		return nil
	}
	if p.left == nil {
		p.left = make(chan struct{})
	}
	return p.left
}

// advanceLocked lets calls run from the front of the line, as far as may be.
func (o *order) advanceLocked() {
	for len(o.waiting) > 0 {
		p := o.waiting[0]
		switch {
		case p.writes && (o.reads > 0 || o.entering), !p.writes && len(o.writes) > 0:
			return
		case p.writes:
			o.begun++
			p.number = o.begun
			o.writes, o.entering = append(o.writes, p), true
		default:
			o.reads++
			p.before, o.newestRead = o.newestRead, p
		}
		o.waiting = o.waiting[1:]
		p.state = runs
		if p.turn != nil {
			close(p.turn)
		}
	}
}
