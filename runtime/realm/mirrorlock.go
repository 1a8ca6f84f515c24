package realm

import (
	"errors"
	"os"
	"path/filepath"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
)

// mirrorLockName is the file that a mirror holds under flock while it runs. It is empty,
// and never removed.
const mirrorLockName = "config_mirror.lock"

// LockMirror makes the realm's directory if it does not exist, and takes the lock of its
// one mirror, or returns a lock_timeout fault. Where files cannot be locked, nothing is
// locked: two mirrors only do the work twice, since both commit by compare-and-swap.
func (l *Location) LockMirror() (release func(), err error) {
	if err := disk.MakeDir(l.disk(), l.StateDir); err != nil {
		return nil, accessFault(l.ID, "create realm directory", err)
	}
	f, err := l.disk().Open(filepath.Join(l.StateDir, mirrorLockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, accessFault(l.ID, "lock mirror", err)
	}
	switch err := l.disk().Lock(f, false); {
	case errors.Is(err, disk.ErrLocked):
		f.Close()
		return nil, fault.New(fault.LockTimeout, "realm %q: another process mirrors this directory: stop it first", l.ID)
	case err != nil && !errors.Is(err, errors.ErrUnsupported):
		f.Close()
		return nil, accessFault(l.ID, "lock mirror", err)
	}
	return func() { f.Close() }, nil
}
