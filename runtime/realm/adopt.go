package realm

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"
)

// lockMark begins the line that marks a file as ours; its private name follows.
const lockMark = lockText + "\nrealmconf "

// markSize is how long a marked file is, in bytes.
const markSize = len(lockMark) + len(temporaryPrefix) + len("00000000-0000-0000-0000-000000000000") + len("\n")

// mark is the text of a file that is ours: the peer's, then a line that names
// the temporary of the holder.
func mark(private string) []byte {
	return []byte(lockMark + filepath.Base(private) + "\n")
}

// adopt takes the lock of a dead one of ours over, and removes the temporary
// that it left. It gives an ErrNotExist when there is no lock, or none any
// more, and an ErrExist for one that is the peer's or has a living owner.
//
// The peer takes a lock for dead that is 30 s old, and removes it by its name.
// Should it have looked right before the lock was adopted, and remove it right
// after, then it makes the manifest at the same time as we do; that is what
// happens to a holder that slept for 30 s.
func (l *Location) adopt(path string) (*manifestLock, error) {
	f, private, err := claim(path)
	if err != nil {
		return nil, err
	}
	lock := &manifestLock{path: path, private: filepath.Join(l.Root, private), handle: f}
	if lock.file, err = f.Stat(); err == nil {
		err = ignoreAbsence(os.Remove(lock.private))
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return lock, nil
}

// claim opens a marked file and takes its flock, if its owner is dead. The
// errors are those of adopt.
func claim(path string) (f *os.File, private string, err error) {
	found, err := os.Lstat(path)
	if err != nil {
		return nil, "", err
	}
	if !found.Mode().IsRegular() || found.Size() != int64(markSize) {
		return nil, "", fs.ErrExist
	}
	f, err = openPlain(path)
	if err != nil {
		if ignoreAbsence(err) == nil {
			return nil, "", fs.ErrNotExist
		}
		return nil, "", fs.ErrExist // what may not be opened is not for us to take
	}
	private, err = claimOpen(f, path)
	if err != nil {
		f.Close()
		return nil, "", err
	}
	return f, private, nil
}

// claimOpen is claim for a file that was opened under a name. Writing its text
// again makes it young, by the file system's own clock. Only then is the name
// looked at: since it was opened, its owner may have removed it, or somebody
// else have broken it for its age.
func claimOpen(f *os.File, path string) (private string, err error) {
	private, ok := readMark(f)
	if !ok || tryFlock(f) != nil {
		return "", fs.ErrExist
	}
	if _, err := f.WriteAt(mark(private), 0); err != nil {
		return "", err
	}
	opened, err := f.Stat()
	if err != nil {
		return "", err
	}
	named, err := os.Lstat(path)
	if err != nil {
		return "", err
	}
	if !os.SameFile(opened, named) {
		return "", fs.ErrNotExist
	}
	return private, nil
}

// readMark reads the private name of a file's owner. The name decides what is
// removed, so it must be one that we make.
func readMark(f *os.File) (private string, ok bool) {
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

// finish does what a dead one of ours did not live to do after its manifest was
// there: it makes the manifest durable, and removes what is left beside it.
func (l *Location) finish() error {
	lock, err := l.adopt(l.lockPath())
	if err != nil {
		return nil // nobody left anything, or it is not ours to remove
	}
	defer lock.release()
	if err := syncDir(l.Root); err != nil {
		return refused(l.ID, "write manifest", err)
	}
	return nil
}

// sweep removes what dead ones of ours left that did not come to have the lock.
// What cannot be removed does no harm. The caller has the lock.
func (l *Location) sweep() {
	entries, err := os.ReadDir(l.Root)
	if err != nil {
		return
	}
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), temporaryPrefix) {
			continue
		}
		path := filepath.Join(l.Root, entry.Name())
		f, _, err := claim(path)
		if err != nil {
			f, err = claimEmpty(path)
		}
		if err == nil {
			os.Remove(path)
			f.Close()
		}
	}
}

// claimEmpty is claim for a file whose owner died before it wrote into it. It
// may also be about to: then it finds its file gone or its flock taken, and
// goes on with a lock like the peer's. The peer writes a temporary only under
// the lock, which the caller has.
func claimEmpty(path string) (*os.File, error) {
	if found, err := os.Lstat(path); err != nil || !found.Mode().IsRegular() || found.Size() != 0 {
		return nil, fs.ErrExist
	}
	f, err := openPlain(path)
	if err != nil {
		return nil, err
	}
	if err = tryFlock(f); err == nil {
		var info fs.FileInfo
		if info, err = f.Stat(); err == nil && info.Size() != 0 {
			err = fs.ErrExist // it has been written since
		}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
