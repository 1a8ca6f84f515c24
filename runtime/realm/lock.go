package realm

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"realmconf/runtime/fault"
)

const (
	lockName    = ".realm_manifest.lock"
	lockText    = "realm-manifest-lock"
	lockRetry   = 20 * time.Millisecond
	lockTimeout = 5 * time.Second
	lockStale   = 30 * time.Second
)

// manifestLock is the peer's lock around the making of a manifest: a file that
// exists while somebody is at it. A lock that is 30 s old is a crashed
// process's, by the peer's rule.
//
// Ours says so in a second line, which the peer does not read, and is under
// flock(2) for as long as its owner lives. It never exists without both, so a
// marked lock whose flock is free is a dead one's, and nobody waits for that.
type manifestLock struct {
	path    string
	private string      // a name that only the holder uses, for the manifest's temporary
	file    fs.FileInfo // as we made it
	handle  *os.File    // has the flock; nil where there is none
}

// lockManifest waits for the lock, for at most 5 s.
func (l *Location) lockManifest(ctx context.Context) (*manifestLock, error) {
	path := l.lockPath()
	timeout := time.After(lockTimeout)
	for {
		lock, err := l.adopt(path)
		if errors.Is(err, fs.ErrNotExist) {
			lock, err = l.newLock(path, os.Link)
		}
		if err == nil {
			return lock, nil
		}
		if errors.Is(err, fs.ErrExist) {
			err = l.breakStale(path)
		}
		if err != nil {
			return nil, refused(l.ID, "lock manifest", err)
		}
		// Always wait, also after a stale lock was broken: one that comes back
		// at once must not keep us spinning.
		select {
		case <-ctx.Done():
			return nil, fault.Of(ctx.Err())
		case <-timeout:
			return nil, fault.New(fault.LockTimeout, "realm %q: another process has been about to create the realm for %v: try again; a lock that a crash left behind is broken after %v", l.ID, lockTimeout, lockStale)
		case <-time.After(lockRetry):
		}
	}
}

func (l *Location) lockPath() string { return filepath.Join(l.Root, lockName) }

// newLock makes the lock file, or gives an ErrExist. Where there are no hard
// links or no flock, it is a lock like the peer's own, and a crash leaves it to
// the 30 s. link is os.Link, or in tests the lack of it.
func (l *Location) newLock(path string, link func(from, to string) error) (*manifestLock, error) {
	private, err := l.temporary()
	if err != nil {
		return nil, err
	}
	lock, err := newMarkedLock(path, private, link)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return lock, err
	}
	return newPlainLock(path, private)
}

// newMarkedLock makes a lock that is known as ours. It gets its flock first,
// then its text, and the lock's name last, so that it cannot be seen without.
func newMarkedLock(path, private string, link func(from, to string) error) (*manifestLock, error) {
	f, err := os.OpenFile(private, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	lock := &manifestLock{path: path, private: private, handle: f}
	if err = tryFlock(f); err == nil {
		_, err = f.WriteAt(mark(private), 0)
	}
	if err == nil {
		lock.file, err = f.Stat()
	}
	if err == nil {
		err = link(private, path)
	}
	if err != nil {
		f.Close() // first: Windows removes no open file
		os.Remove(private)
		return nil, err
	}
	if err := os.Remove(private); ignoreAbsence(err) != nil {
		lock.release()
		return nil, err
	}
	return lock, nil
}

// newPlainLock makes a lock as the peer does. One that cannot be written is not
// left behind.
func newPlainLock(path, private string) (*manifestLock, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = f.WriteString(lockText)
	err = errors.Join(err, f.Close())
	if err != nil {
		os.Remove(path)
		return nil, err
	}
	file, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	return &manifestLock{path: path, private: private, file: file}, nil
}

// release removes the lock, unless it was taken from us for being too old and
// is another process's now. The name goes before the flock: in the other order
// the lock would look like a dead one's.
func (k *manifestLock) release() {
	if now, err := os.Lstat(k.path); err == nil && k.is(now) {
		os.Remove(k.path)
	}
	if k.handle != nil {
		k.handle.Close()
	}
}

// is reports whether a file that was looked at is the lock.
func (k *manifestLock) is(now fs.FileInfo) bool {
	if k.handle != nil { // the number of an open file is not used again
		return os.SameFile(now, k.file)
	}
	return sameLock(now, k.file)
}

// breakStale removes a lock that is too old.
func (l *Location) breakStale(path string) error {
	old, err := os.Lstat(path)
	if err != nil {
		return ignoreAbsence(err)
	}
	now, err := l.fileTime()
	if err != nil || now.Sub(old.ModTime()) <= lockStale {
		return err
	}
	return l.remove(path, old)
}

// remove removes the lock that was looked at, and no other. Since the look
// another process may have broken it too and made its own, so the lock is first
// moved to a name that only we know, and put back if it is not that one.
func (l *Location) remove(path string, looked fs.FileInfo) error {
	private, err := l.temporary()
	if err != nil {
		return err
	}
	if err := os.Rename(path, private); err != nil {
		return ignoreAbsence(err)
	}
	moved, err := os.Lstat(private)
	if err != nil {
		return ignoreAbsence(err)
	}
	if !sameLock(moved, looked) {
		// If this does not work out, a third process has made its own lock in
		// the meantime. What two holders publish is still one manifest.
		_ = os.Link(private, path)
	}
	return ignoreAbsence(os.Remove(private)) // it may be swept meanwhile
}

// fileTime is the present time as the file system has it: a lock's age must
// not depend on how far a file server's clock is from ours.
func (l *Location) fileTime() (time.Time, error) {
	path, err := l.temporary()
	if err != nil {
		return time.Time{}, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return time.Time{}, err
	}
	defer os.Remove(path)
	defer f.Close() // first: Windows removes no open file
	if _, err := f.WriteString(lockText); err != nil {
		return time.Time{}, err
	}
	file, err := f.Stat() // not by its name, which may be swept
	if err != nil {
		return time.Time{}, err
	}
	return file.ModTime(), nil
}

// sameLock reports whether two looks saw one lock. File systems give the
// number of a removed file to the next one, so the time counts too.
func sameLock(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime())
}

func ignoreAbsence(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
