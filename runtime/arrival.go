package runtime

import "context"

// GetArrived is Get for a request that came at an arrival, which is one read of the
// client's input: the one that completed the request's message. If the configuration was
// read before for a request of the same arrival, the store is not asked again, unless
// there was a write meanwhile.
//
// That is as good as to ask it: the look at the store began when all requests of the
// arrival were there, so that it has seen every change that another program had made
// before the client sent any of them. A later change may come before or after a request
// that was under way already. An arrival is compared with ==; nil is like no other.
func (r *Runtime) GetArrived(ctx context.Context, arrival any) (*Snapshot, error) {
	if arrival == nil {
		return r.Get(ctx)
	}
	r.mu.Lock()
	last := r.last
	isCurrent := last != nil && last.syntax == nil && r.arrival == arrival
	forgets := r.forgets
	r.mu.Unlock()
	if isCurrent {
		return last.snapshot, nil
	}
	snapshot, err := r.Get(ctx)
	if err == nil {
		r.mu.Lock()
		if r.forgets == forgets && r.last != nil && r.last.snapshot == snapshot {
			r.arrival = arrival
		}
		r.mu.Unlock()
	}
	return snapshot, err
}

// EffectiveArrived is Effective for a request that came at an arrival, as GetArrived is
// Get. The requests of an arrival that read this one way or the other share one look at
// the realm's own configuration, so that none of them sees an older one than the
// request before it.
func (r *Runtime) EffectiveArrived(ctx context.Context, arrival any) (*Effective, error) {
	if arrival == nil {
		return r.Effective(ctx)
	}
	r.mu.Lock()
	known := r.composed
	isCurrent := r.composedArrival == arrival && r.isOfLastLocked(known)
	forgets := r.forgets
	r.mu.Unlock()
	if isCurrent {
		return known.effective, known.err
	}
	c, err := r.currentComposition(ctx)
	r.mu.Lock()
	if r.forgets == forgets && r.composed == c && r.isOfLastLocked(c) {
		r.arrival, r.composedArrival = arrival, arrival
	}
	r.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return c.effective, nil
}

// isOfLastLocked reports whether c, which may be nil, is a composition of the state that
// was loaded or committed last.
func (r *Runtime) isOfLastLocked(c *composition) bool {
	return c != nil && r.last != nil && r.last.snapshot == c.head
}

// forgetArrival makes the next read ask the store, because there was a write, whatever
// its outcome. A read that is under way, which its client may have cancelled, has perhaps
// not seen the write.
func (r *Runtime) forgetArrival() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.arrival, r.composedArrival = nil, nil
	r.forgets++
}
