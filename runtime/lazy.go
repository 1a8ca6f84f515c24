package runtime

import (
	"sync"
	"sync/atomic"
)

// lazy is a value that is computed when it is first needed. The zero lazy is
// not computed yet. Unlike sync.OnceValue it allocates nothing, and a
// computation that panics is tried again by the next caller.
type lazy[T any] struct {
	known atomic.Bool // value is computed
	mu    sync.Mutex  // held while value is computed
	value T
}

// get returns the value, and computes it if that was not done before.
func (l *lazy[T]) get(compute func() T) T {
	if l.known.Load() {
		return l.value
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.known.Load() {
		l.value = compute()
		l.known.Store(true)
	}
	return l.value
}

// peek returns the value if it was computed or given, and whether it was.
func (l *lazy[T]) peek() (value T, isKnown bool) {
	if !l.known.Load() {
		return value, false
	}
	return l.value, true
}

// set gives the value in advance. It must be called before the first get.
func (l *lazy[T]) set(value T) {
	l.value = value
	l.known.Store(true)
}
