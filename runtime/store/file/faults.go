package file

import (
	"context"
	"errors"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/internal/filelock"
)

// asFault makes an error a storage fault. A fault and the end of a context stay
// what they are.
func asFault(op string, err error) error {
	var f *fault.Fault
	if err == nil || errors.As(err, &f) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fault.FromOS(op, err)
}

// readFault is the fault of a config that cannot be read.
func (s *Store) readFault(err error) error {
	if errors.Is(err, disk.ErrTooLong) {
		return fault.New(fault.TooLarge, "%s is longer than %d bytes, which is the most: make it shorter", s.name(), maxText).
			With("limit", maxText).Because(err)
	}
	return fault.FromOS("read "+s.name(), err)
}

// tooManyRacesFault is the conflict with a program that changes the configuration
// again and again while a commit or a reconcile looks at it.
func tooManyRacesFault() error {
	return fault.New(fault.GenerationConflict, "the configuration is being changed over and over by another program: wait until it is done, and try again")
}

// changesTooOftenFault is the end of a read of a state that is never the same twice.
func changesTooOftenFault() error {
	return fault.New(fault.Busy, "%s is being changed over and over by another program: nothing was read or written; wait until it is done, and try again", stateName)
}

// stillWrittenFault is the end of a wait for a program that writes the configuration
// again and again.
func stillWrittenFault(cause error) error {
	return fault.New(fault.LockTimeout, "the configuration was being written by another program the whole time: wait until it is done, and try again").
		With("holder", "another program").Because(cause)
}

// beforeCommitFault is the fault of a step before anything was changed.
func (l *lock) beforeCommitFault(op string, err error) error {
	if errors.Is(err, filelock.ErrLost) {
		if _, gone := l.store.fs.Stat(l.store.options.Dir); gone != nil {
			return fault.FromOS(op, gone)
		}
		return fault.New(fault.LockTimeout, "another program took over the lock on the configuration before anything was changed: try again").Because(err)
	}
	return fault.FromOS(op, err)
}

// outcomeUnknownFault is the fault of a step after the commit point.
func outcomeUnknownFault(err error) error {
	return fault.New(fault.OutcomeUnknown, "the change may or may not be on the disk: read the configuration again, and repeat the change only if it is not there").Because(err)
}
