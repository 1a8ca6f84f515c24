package rpc

import (
	"sync"
	"time"
)

// order is the order in which the calls of one connection take effect: that of
// their arrival. Calls that only read run beside each other; writes enter the
// committer one after the other, without waiting for what becomes of those
// before; and between a read and a write the earlier one ends first. So a read
// sees every write that was sent before it and none that was sent after it.
//
// A call that is taken back leaves the order at once. It may be used from many
// goroutines; the zero value works.
type order struct {
	mu       sync.Mutex // protects the fields below, and those of the places
	waiting  []*place   // in the order of their arrival
	reads    int        // reads that run
	writes   int        // writes that run
	entering bool       // the newest of them has not entered yet

	newestRead    *place // the read that began last, while it runs
	newestWrite   *place // the write that began last, while it runs
	newestEntered *place // the write that entered last, while it runs
}

// place is a call's place in the order.
type place struct {
	writes bool
	turn   chan struct{} // closed when the call may run; nil when it may at once
	left   chan struct{} // closed when it has left; nil while nobody waits for that
	before *place        // the one of its kind that ran already when this one began

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
	p.state, p.before = entered, o.newestEntered
	o.newestEntered, o.entering = p, false
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
	case runs:
		if !p.writes {
			o.reads--
			break
		}
		o.entering = false
		o.writes--
	case entered:
		o.writes--
	}
	for _, newest := range []**place{&o.newestRead, &o.newestWrite, &o.newestEntered} {
		if *newest == p {
			*newest = nil
		}
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
	o.mu.Lock()
	left := o.leavingLocked(p.before)
	o.mu.Unlock()
	if left == nil {
		return
	}
	if p.writes {
		<-left
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
	left := o.leavingLocked(o.newestWrite)
	o.mu.Unlock()
	if left != nil {
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
		case p.writes && (o.reads > 0 || o.entering), !p.writes && o.writes > 0:
			return
		case p.writes:
			o.writes++
			o.entering, o.newestWrite = true, p
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
