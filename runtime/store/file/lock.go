package file

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
)

const touchEvery = 5 * time.Second // how often a lock held is shown to be alive

// lock is the right to change a realm, while it is held. It has three parts,
// taken in this order: the place in the queue of this Store; the guard, an
// flock that only programs like this one take, which the kernel frees when its
// holder dies; and the lock files, which the platform's own programs take too,
// and which a crash leaves behind. There is one lock file, but for the realm
// whose programs do not agree on its place.
//
// Whoever holds the guard knows that a lock file made under the same guard, in
// this run of the machine, has no living owner: that is why a crash of ours
// delays nobody.
type lock struct {
	store   *Store
	guard   disk.File
	turn    turn
	files   []*lockFile // in the order of their paths, in which everybody takes them
	history catalog     // as reconcile found or left it
	stop    chan struct{}
	stopped chan struct{}
}

// errLost says that somebody took the lock file or the guard away from us.
var errLost = errors.New("the lock was taken over")

// acquire waits for the lock, at most for the time of the options.
func (s *Store) acquire(ctx context.Context) (*lock, error) {
	return s.acquireWith(newPatience(ctx, s.clock, s.options.LockTimeout))
}

func (s *Store) acquireWith(p patience) (*lock, error) {
	l, err := s.lockWith(p)
	if errors.Is(err, errTimeUp) || errors.Is(err, context.DeadlineExceeded) {
		holder := s.holder()
		return nil, fault.New(fault.LockTimeout, "the configuration is locked by %s: wait and try again; a crashed program's lock is removed once it is 30 seconds old", holder).
			With("holder", holder).Because(err)
	}
	return l, err
}

// tryAcquire takes the lock if it is free, and else returns disk.ErrLocked. It creates
// no directory.
func (s *Store) tryAcquire(ctx context.Context) (*lock, error) {
	return s.lockWith(none(ctx, s.clock))
}

func (s *Store) lockWith(p patience) (*lock, error) {
	if err := s.enqueue(p); err != nil {
		return nil, err
	}
	guard, err := s.lockGuard(p)
	if err != nil {
		return nil, err
	}
	l := &lock{store: s, guard: guard, stop: make(chan struct{}), stopped: make(chan struct{})}
	if err := l.takeTurn(p); err != nil {
		l.giveUp()
		return nil, err
	}
	if err := l.takeFiles(p); err != nil {
		l.giveUp()
		return nil, err
	}
	go l.keepFresh()
	return l, nil
}

// enqueue takes the place in this Store's queue.
func (s *Store) enqueue(p patience) error {
	if !p.waits() {
		select {
		case s.queue <- struct{}{}:
			return nil
		default:
			return disk.ErrLocked
		}
	}
	select {
	case s.queue <- struct{}{}:
		return nil
	case <-p.ctx.Done():
		return p.ctx.Err()
	case <-p.up:
		return errTimeUp
	}
}

// takeFiles takes the lock files, in the order of their paths. Who only tries
// goes without one whose directory does not exist: no program that would take
// it has ever been there.
func (l *lock) takeFiles(p patience) error {
	s := l.store
	for _, path := range s.lockPaths() {
		dir := filepath.Dir(path)
		if dir != s.options.Dir && p.waits() {
			if err := disk.MakeDir(s.fs, dir); err != nil {
				return err
			}
		} else if dir != s.options.Dir {
			if _, err := s.fs.Stat(dir); err != nil {
				continue
			}
		}
		f, err := l.takeFile(p, path)
		if err != nil {
			return err
		}
		l.files = append(l.files, f)
	}
	return nil
}

// lockPaths is where the lock files lie.
func (s *Store) lockPaths() []string {
	paths := append([]string{s.path(lockName)}, s.options.PeerLocks...)
	slices.Sort(paths)
	return slices.Compact(paths)
}

// keepFresh touches the lock files until the lock is released: the peer takes
// over a lock that is more than 30 seconds old.
func (l *lock) keepFresh() {
	defer close(l.stopped)
	for {
		select {
		case <-l.stop:
			return
		case <-l.store.clock.After(touchEvery):
			for _, f := range l.files {
				f.touch() // a failure shows as the age of the file
			}
		}
	}
}

// verify makes sure that the lock is still ours. It is called right before
// every change, because a peer takes over whatever looks dead to it.
func (l *lock) verify() error {
	s := l.store
	same, err := disk.IsAt(s.fs, l.guard, s.path(guardName))
	for _, f := range l.files {
		if same && err == nil {
			same, err = disk.IsAt(s.fs, f.handle, f.path)
		}
	}
	if err == nil && !same {
		err = errLost
	}
	return err
}

// release frees the lock. A lock file is removed only if it is still ours.
func (l *lock) release() {
	close(l.stop)
	<-l.stopped
	l.turn.ended = l.store.clock.Now()
	l.writeTurn()
	l.giveUp()
}

// giveUp frees what was taken, in the opposite order.
func (l *lock) giveUp() {
	for _, f := range slices.Backward(l.files) {
		f.remove(l.store)
	}
	l.guard.Close()
	<-l.store.queue
}
