package runtime

import "context"

// gate lets one caller in at a time. Costly work behind a gate is not done by
// several readers at once, each with its own memory. It must be made by newGate.
type gate chan struct{}

func newGate() gate { return make(gate, 1) }

// enter waits until the gate is free. With an error, that of ctx, the caller is not
// in.
func (g gate) enter(ctx context.Context) error {
	select {
	case g <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// leave lets the next caller in.
func (g gate) leave() { <-g }

// Examine waits until no other caller examines earlier texts or other realms. Each
// one holds several parsed texts until its reply is made, so that one at a time does.
// The caller calls leave when it has its reply. An error is that of ctx.
func (r *Runtime) Examine(ctx context.Context) (leave func(), err error) {
	if err := r.examining.enter(ctx); err != nil {
		return nil, err
	}
	return r.examining.leave, nil
}
