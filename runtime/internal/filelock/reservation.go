package filelock

import (
	"errors"
	"sync"
	"time"

	"realmconf/runtime/internal/disk"
)

// A reservation is the guard that stays locked for the next Lock of the same Mutex, for
// a short time.
//
// A writer that waits for the guard has prepared its change on the version that the
// holder replaces. When its turn comes it can only report a conflict. If it released
// the guard then, it would have to wait again behind all the others, whose changes are
// as old: with n writers each commit would cause n conflicts, and each conflict a read
// and an explanation.
//
//	commit of A ─→ B: conflict ── reserved ─→ B reads, commits ─→ C: conflict ── reserved ─→ …
//
// With a reservation a commit causes one conflict, and the writers take turns in the
// order in which they came. The lock files are free meanwhile, so that peers are not
// delayed.
//
// A client that does not repeat its write makes the others wait in vain. So a
// reservation that ends unused is noted in the guard's file, and there is no further one
// until the lock has been held again.
type reservation struct {
	guard disk.File
	usage usage
	stop  func()        // ends the wait for the end of its time; protected by reservations.mu
	ended chan struct{} // closed once the guard is used or unlocked
}

// reservations is the reservation of a Mutex, if there is one.
type reservations struct {
	mu            sync.Mutex
	current, last *reservation // last may have been taken
}

// reserve keeps the guard locked until useReserved, for at most d. It reports false if
// the guard is to be unlocked, because the last reservation was not used.
func (m *Mutex) reserve(guard disk.File, d time.Duration) bool {
	u := readUsage(guard)
	if u.released.Equal(unusedReservation()) {
		return false
	}
	r := &reservation{guard: guard, usage: u, ended: make(chan struct{})}
	m.reserved.mu.Lock()
	defer m.reserved.mu.Unlock()
	m.reserved.current, m.reserved.last = r, r
	r.stop = m.Clock.AfterFunc(d, func() { m.endUnused(m.reserved.take(r)) })
	return true
}

// useReserved ends the reservation and returns its guard, or nil if there is none. The
// guard is still the file of that name.
func (m *Mutex) useReserved() disk.File {
	r := m.reserved.takeAny()
	if r == nil {
		return nil
	}
	defer close(r.ended)
	if same, err := m.isGuard(r.guard); err != nil || !same {
		r.guard.Close()
		return nil
	}
	return r.guard
}

// EndReservation unlocks the guard if it is reserved, and waits until the last reservation
// has ended.
func (m *Mutex) EndReservation() {
	m.endUnused(m.reserved.takeAny())
	m.reserved.wait()
}

// endUnused unlocks the guard of a reservation, which may be nil.
func (m *Mutex) endUnused(r *reservation) {
	if r == nil {
		return
	}
	r.usage.released = unusedReservation()
	writeUsage(r.guard, r.usage)
	r.guard.Close()
	close(r.ended)
}

// take ends a reservation and returns it, or nil if it has ended.
func (rs *reservations) take(r *reservation) *reservation {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if r == nil || rs.current != r {
		return nil
	}
	rs.current = nil
	r.stop()
	return r
}

// takeAny is take for the present reservation.
func (rs *reservations) takeAny() *reservation {
	rs.mu.Lock()
	r := rs.current
	rs.mu.Unlock()
	return rs.take(r)
}

// wait waits until the last reservation has ended, if there was one.
func (rs *reservations) wait() {
	rs.mu.Lock()
	last := rs.last
	rs.mu.Unlock()
	if last != nil {
		<-last.ended
	}
}

// IsContended reports whether another process holds the guard.
func (m *Mutex) IsContended() bool {
	guard, err := m.openGuard(false, nil)
	if err == nil {
		guard.Close()
	}
	return errors.Is(err, disk.ErrLocked)
}
