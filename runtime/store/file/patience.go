package file

import (
	"context"
	"errors"
	"time"

	"realmconf/runtime/internal/disk"
)

// patience is how long somebody waits: until the context ends, until the time is
// up, or until there is nothing to wait for any more.
type patience struct {
	ctx   context.Context
	clock clock
	until time.Time
	up    <-chan time.Time
	gone  func() error // why there is nothing to wait for, asked once others had the guard; may be nil

	courtesy time.Duration // how long to let others go first, if it is their turn; gone is then set
}

// errTimeUp ends a wait that took the whole time allowed.
var errTimeUp = errors.New("the time is up")

func newPatience(ctx context.Context, c clock, d time.Duration) patience {
	return patience{ctx: ctx, clock: c, until: c.Now().Add(d), up: c.After(d)}
}

// none is the patience of who takes only what is free at once.
func none(ctx context.Context, c clock) patience {
	return patience{ctx: ctx, clock: c}
}

func (p patience) waits() bool { return p.up != nil }

// sleep waits for d, or returns why that is too long.
func (p patience) sleep(d time.Duration) error {
	if !p.waits() {
		return disk.ErrLocked
	}
	if !p.clock.Now().Before(p.until) {
		return errTimeUp
	}
	select {
	case <-p.clock.After(d):
		return nil
	case <-p.ctx.Done():
		return p.ctx.Err()
	case <-p.up:
		return errTimeUp
	}
}
