package filelock

import "time"

// Clock is the time that locks and stores see. It is an interface so that a
// test can set the time.
type Clock interface {
	Now() time.Time
	After(d time.Duration) <-chan time.Time
	// AfterFunc calls f after d, in a goroutine of its own, unless stop is called before.
	AfterFunc(d time.Duration, f func()) (stop func())
}

// WallClock is the system's clock.
type WallClock struct{}

// Now is time.Now.
func (WallClock) Now() time.Time { return time.Now() }

// After is time.After.
func (WallClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

// AfterFunc is time.AfterFunc.
func (WallClock) AfterFunc(d time.Duration, f func()) (stop func()) {
	t := time.AfterFunc(d, f)
	return func() { t.Stop() }
}
