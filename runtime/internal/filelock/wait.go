package filelock

import (
	"context"
	"errors"
	"time"

	"realmconf/runtime/internal/disk"
)

// Wait is how long a caller waits for a lock: until its context ends or its
// time is up. NewWait and NoWait make one.
type Wait struct {
	// StillWanted returns why the caller does not want the lock any more, or
	// nil. CheckWanted calls it, after each wait for another process. It may be
	// nil, if the caller always wants the lock.
	StillWanted func() error

	// Reserve is how long the guard stays reserved for this Mutex once it has
	// arrived and StillWanted has returned an error: the caller is likely to call
	// Lock again. 0 means that it is unlocked at once.
	Reserve time.Duration

	ctx   context.Context
	clock Clock
	until time.Time
	up    <-chan time.Time // nil for a caller that does not wait
}

// ErrTimeUp ends a wait that took the whole time allowed.
var ErrTimeUp = errors.New("the time is up")

// NewWait waits for at most d.
func NewWait(ctx context.Context, c Clock, d time.Duration) Wait {
	return Wait{ctx: ctx, clock: c, until: c.Now().Add(d), up: c.After(d)}
}

// NoWait fails at once, with disk.ErrLocked, if the lock is held.
func NoWait(ctx context.Context, c Clock) Wait {
	return Wait{ctx: ctx, clock: c}
}

// Context is the context that ends the wait.
func (w Wait) Context() context.Context { return w.ctx }

func (w Wait) waits() bool { return w.up != nil }

// Sleep waits for d, or returns why the caller does not wait so long.
func (w Wait) Sleep(d time.Duration) error {
	if !w.waits() {
		return disk.ErrLocked
	}
	if !w.clock.Now().Before(w.until) {
		return ErrTimeUp
	}
	select {
	case <-w.clock.After(d):
		return nil
	case <-w.ctx.Done():
		return w.ctx.Err()
	case <-w.up:
		return ErrTimeUp
	}
}

// CheckWanted returns why the caller does not want the lock any more, or nil.
func (w Wait) CheckWanted() error {
	if w.StillWanted == nil {
		return nil
	}
	return w.StillWanted()
}
