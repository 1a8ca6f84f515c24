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
