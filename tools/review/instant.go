package review

import "time"

// Instant is a moment by two clocks. The wall clock can be set; the running clock cannot,
// but stops while the machine is suspended.
type Instant struct {
	Wall    time.Time
	Running time.Duration // since the clock was made
}

// HasExpired reports whether, at a later instant, the lifetime of what began at this one
// is over. One of the clocks is enough: a yes must not outlive a suspension, nor a clock
// that was set back.
func (i Instant) HasExpired(now Instant) bool { return i.left(now) <= 0 }

// Sub returns the time between an earlier instant and this one by the running clock.
func (i Instant) Sub(earlier Instant) time.Duration { return i.Running - earlier.Running }

// left returns how much of the lifetime is left.
func (i Instant) left(now Instant) time.Duration {
	return Lifetime - max(now.Sub(i), now.Wall.Sub(i.Wall))
}

// Clock tells the time.
type Clock func() Instant

// NewClock returns the clock of the system.
func NewClock() Clock {
	start := time.Now()
	return func() Instant {
		now := time.Now()
		return Instant{Wall: now.Round(0), Running: now.Sub(start)}
	}
}
