package realm

import (
	"os"
	"path/filepath"
	"strings"

	"realmconf/runtime/internal/filelock"
)

// finish completes the work of a process that was killed after its manifest had
// its name: it makes the manifest durable, and removes the dead process's lock
// and temporary files.
func (l *Location) finish() error {
	if _, err := l.disk().Lstat(l.lockPath()); err != nil {
		return nil
	}
	lock, err := l.takeLock(filelock.TakeAbandoned)
	if err != nil {
		return nil // the lock belongs to a living process, or to another program
	}
	defer lock.Release()
	if err := l.disk().SyncDir(l.Root); err != nil {
		return accessFault(l.ID, "write manifest", err)
	}
	return nil
}

// sweep removes the temporary files of realmconf processes that died before they
// had the lock. A file that cannot be removed does no harm. It must be called
// with the lock held.
func (l *Location) sweep() {
	names, err := l.disk().ReadDir(l.Root)
	if err != nil || !usesFlock {
		return
	}
	for _, name := range names {
		if strings.HasPrefix(name, temporaryPrefix) {
			l.sweepFile(filepath.Join(l.Root, name))
		}
	}
}

// sweepFile removes a temporary file whose flock is free and that is marked, or
// empty. A process may be about to write into an empty one: it then finds its
// file gone or its flock taken, and makes a lock like Meerkat's. Meerkat writes
// its own temporary file only with the lock held.
func (l *Location) sweepFile(path string) {
	sys := l.disk()
	info, err := sys.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() != 0 && info.Size() != int64(markSize) {
		return
	}
	f, err := sys.Open(path, os.O_RDWR, 0)
	if err != nil {
		return
	}
	defer f.Close()
	if sys.Lock(f, false) != nil {
		return
	}
	info, err = f.Stat() // an empty file may have been written since
	if _, marked := readMark(f); err == nil && (marked || info.Size() == 0) {
		sys.Remove(path)
	}
}
