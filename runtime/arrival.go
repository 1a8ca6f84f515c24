package runtime

import "context"

// GetArrived is Get for a request that came at an arrival. If the configuration was
// read before for a request of the same arrival, which therefore was there already, the
// store is not asked again. An arrival is compared with ==; nil is like no other.
func (r *Runtime) GetArrived(ctx context.Context, arrival any) (*Snapshot, error) {
	if arrival == nil {
		return r.Get(ctx)
	}
	r.mu.Lock()
	last := r.last
	isCurrent := last != nil && last.syntax == nil && r.arrival == arrival
	r.mu.Unlock()
	if isCurrent {
		return last.snapshot, nil
	}
	snapshot, err := r.Get(ctx)
	if err == nil {
		r.mu.Lock()
		if r.last != nil && r.last.snapshot == snapshot {
			r.arrival = arrival
		}
		r.mu.Unlock()
	}
	return snapshot, err
}

// forgetArrival makes the next read ask the store, because there was a write, whatever
// its outcome.
func (r *Runtime) forgetArrival() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.arrival = nil
}
