package realm

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/google/uuid"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/internal/filelock"
	"realmconf/runtime/store/file"
)

const (
	lockName    = ".realm_manifest.lock"
	lockText    = "realm-manifest-lock"
	lockTimeout = 5 * time.Second
)

// usesFlock is false on Windows: a file that is held open cannot be removed
// there, and Meerkat removes stale locks.
const usesFlock = runtime.GOOS != "windows"

// manifestLock is Meerkat's lock around the creation of a manifest: a file that
// exists while a process creates one.
//
// The lock of realmconf has a second line, which Meerkat does not read, and is
// under flock(2) while its owner lives. It never exists without both, so a
// marked lock whose flock is free belongs to a dead process, and is taken over
// at once. Without flock, and on Windows, it is a lock like Meerkat's.
type manifestLock struct {
	*filelock.File
	private string // a name that only the holder uses, for the manifest's temporary file
}

// takeFunc is filelock.TakeAbandoned, or filelock.Take with a wait.
type takeFunc func(filelock.FileOptions) (*filelock.File, error)

// lockManifest waits for the lock, for at most 5 s.
func (l *Location) lockManifest(ctx context.Context) (*manifestLock, error) {
	lock, err := l.takeLock(func(o filelock.FileOptions) (*filelock.File, error) {
		return filelock.Take(o, filelock.NewWait(ctx, filelock.WallClock{}, lockTimeout))
	})
	switch {
	case err == nil:
		return lock, nil
	case errors.Is(err, filelock.ErrTimeUp):
		return nil, fault.New(fault.LockTimeout, "realm %q: another process has been about to create the realm for %v: try again; a lock that a crash left behind is broken after %v", l.ID, lockTimeout, filelock.StaleAfter)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return nil, fault.Of(err)
	case errors.Is(err, filelock.ErrNotLockFile):
		return nil, fault.New(fault.Storage, "realm %q: %s is not a lock file but a directory, a link, a pipe or a device: remove it and try again", l.ID, lockName).
			With("op", "lock manifest").With("reason", fault.IO).Because(err)
	default:
		return nil, accessFault(l.ID, "lock manifest", err)
	}
}

// ManifestLock describes the lock around the creation of the manifest, without its
// owner. ok is false if the lock is free.
func (l *Location) ManifestLock(now time.Time) (lock file.InspectedLock, ok bool) {
	info, err := l.disk().Lstat(l.lockPath())
	if err != nil {
		return file.InspectedLock{}, false
	}
	return file.InspectedLock{Path: l.lockPath(), Irregular: !info.Mode().IsRegular(), ThisRun: true, Age: now.Sub(info.ModTime())}, true
}

func (l *Location) takeLock(take takeFunc) (*manifestLock, error) {
	private, err := l.temporary()
	if err != nil {
		return nil, err
	}
	aside, err := l.temporary()
	if err != nil {
		return nil, err
	}
	text := []byte(lockText)
	if usesFlock {
		text = mark(private)
	}
	file, err := take(filelock.FileOptions{
		FS:            l.disk(),
		Path:          l.lockPath(),
		Private:       private,
		Aside:         aside,
		Text:          text,
		BareText:      []byte(lockText),
		Flock:         usesFlock,
		OwnerIsGone:   l.ownerIsGone,
		WaitIrregular: true,
	})
	if err != nil {
		return nil, err
	}
	return &manifestLock{file, private}, nil
}

func (l *Location) lockPath() string { return filepath.Join(l.Root, lockName) }

// ownerIsGone reports whether a lock was made by a realmconf process that is
// dead. It takes the flock, so that no other process takes the lock over, and
// removes the temporary file of the owner while the lock still names it.
func (l *Location) ownerIsGone(lock disk.File) bool {
	private, ok := readMark(lock)
	if !ok || !usesFlock || l.disk().Lock(lock, false) != nil {
		return false
	}
	l.disk().Remove(filepath.Join(l.Root, private))
	return true
}

// lockMark begins the line that marks a file as realmconf's; its private name
// follows.
const lockMark = lockText + "\nrealmconf "

// markSize is the length of a marked file, in bytes.
const markSize = len(lockMark) + len(temporaryPrefix) + len("00000000-0000-0000-0000-000000000000") + len("\n")

// mark is the text of a marked file: Meerkat's, then a line that names the
// temporary file of the holder.
func mark(private string) []byte {
	return []byte(lockMark + filepath.Base(private) + "\n")
}

// readMark reads the private name of a marked file's owner. A file of that name
// is removed, so only a name that realmconf makes is accepted.
func readMark(f disk.File) (private string, ok bool) {
	text := make([]byte, markSize+1)
	n, err := f.ReadAt(text, 0)
	if err != io.EOF {
		return "", false
	}
	private, marked := strings.CutPrefix(string(text[:n]), lockMark)
	private, whole := strings.CutSuffix(private, "\n")
	id, named := strings.CutPrefix(private, temporaryPrefix)
	u, err := uuid.Parse(id)
	return private, marked && whole && named && err == nil && u.String() == id
}
