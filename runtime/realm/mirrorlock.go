package realm

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
)

// mirrorLockName is the file that a mirror holds under flock while it runs. It has the
// note of the mirror, and is never removed.
const mirrorLockName = "config_mirror.lock"

// noteSize is the length of a note in the file, in bytes: always the same, so that a new
// note leaves nothing of the one before.
const noteSize = 512

// MirrorLock is the lock of the one mirror of a directory.
type MirrorLock struct{ file disk.File }

// Release lets another mirror have the lock.
func (l *MirrorLock) Release() { l.file.Close() }

// Note returns the text that a mirror has noted last; nothing if there is none.
func (l *MirrorLock) Note() []byte {
	text := make([]byte, noteSize)
	n, _ := l.file.ReadAt(text, 0)
	return bytes.TrimRight(text[:n], " \n")
}

// SetNote replaces the note. One that is too long, or cannot be written, is left out: a
// mirror can do without.
func (l *MirrorLock) SetNote(text []byte) {
	if len(text) < noteSize {
		padding := bytes.Repeat([]byte(" "), noteSize-1-len(text))
		_, _ = l.file.WriteAt(append(append(bytes.Clone(text), padding...), '\n'), 0)
	}
}

// LockMirror makes the realm's directory if it does not exist, and takes the lock of its
// one mirror, or returns a lock_timeout fault. Where files cannot be locked, nothing is
// locked: two mirrors only do the work twice, since both commit by compare-and-swap.
func (l *Location) LockMirror() (*MirrorLock, error) {
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
	return &MirrorLock{f}, nil
}
