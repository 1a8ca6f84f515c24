package file

import (
	"context"
	"errors"
	"slices"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/filelock"
	"realmconf/runtime/store"
)

// lock is a realm's lock while it is held, and the history as it is under it.
type lock struct {
	*filelock.Lock
	store            *Store
	ctx              context.Context      // of the request
	budget           *store.HistoryBudget // of the request
	reads            bool                 // for a read: nothing outside the realm's directory may change
	history          catalog              // as reconcile left it
	historyUnchanged bool                 // no other program has changed the history since the last commit of this Store
	swept            bool                 // the leftovers were examined with this lock
}

// newMutex returns the lock of a realm's files.
func (s *Store) newMutex(bootID string) *filelock.Mutex {
	var files []string
	if !s.options.Beside {
		files = append([]string{s.path(LockName)}, s.options.PeerLocks...)
		slices.Sort(files)
	}
	return filelock.NewMutex(filelock.Options{
		FS:        lockFS{s.fs, func() { s.swept = false }},
		Clock:     s.clock,
		Guard:     s.path(guardName),
		Files:     slices.Compact(files),
		TempName:  s.temp,
		BootID:    func() string { return bootID },
		Contended: func() { s.noteOthers(true) },
	})
}

// acquire waits for the lock. Its error is a fault, or the end of the context.
func (s *Store) acquire(w filelock.Wait) (*lock, error) {
	held, err := s.mutex.Lock(w)
	if err != nil {
		return nil, s.lockFault(err)
	}
	return &lock{Lock: held, store: s, ctx: w.Context(), budget: store.HistoryBudgetOf(w.Context())}, nil
}

// tryAcquire takes the lock if it is free, and returns disk.ErrLocked if it is
// not. It creates no directory. It is for reads.
func (s *Store) tryAcquire(ctx context.Context) (*lock, error) {
	held, err := s.mutex.Lock(filelock.NoWait(ctx, s.clock))
	if err != nil {
		return nil, err
	}
	return &lock{Lock: held, store: s, ctx: ctx, budget: store.HistoryBudgetOf(ctx), reads: true}, nil
}

// lockFault is the fault of a wait for the lock. The cancellation of a context
// stays as it is.
func (s *Store) lockFault(err error) error {
	switch {
	case errors.Is(err, filelock.ErrTimeUp) || errors.Is(err, context.DeadlineExceeded):
		holder := fault.Clip(s.mutex.Holder())
		return fault.New(fault.LockTimeout, "the configuration is locked by %s: wait and try again; a crashed program's lock is removed once it is 30 seconds old", holder).
			With("holder", holder).Because(err)
	case errors.Is(err, filelock.ErrNotLockFile):
		// No program can take the lock, and waiting does not help.
		return fault.New(fault.Storage, "%s is not a lock file but a directory, a link, a pipe or a device: remove it and try again", LockName).
			With("op", "take "+LockName).With("reason", fault.IO).Because(err)
	case errors.Is(err, fault.ErrIrregular) && !errors.As(err, new(*fault.RefusedLink)):
		return fault.New(fault.Storage, "a directory, a pipe or a device is in the place of %s: move it away, and the next write makes a new file", guardName).
			With("op", "lock the configuration").With("reason", fault.IO).Because(err)
	default:
		return asFault("lock the configuration", err)
	}
}
