package file

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"realmconf/runtime/internal/disk"
)

const (
	lockPoll  = 20 * time.Millisecond // as often as the peer
	lockStale = 30 * time.Second      // an older lock file is dead, by the peer's rule
	bootSlack = 3 * time.Second       // how exactly the machine knows when it was started
)

// lockFile is a lock file that is ours.
type lockFile struct {
	path    string
	private string    // a name that only we know, in the same directory
	spare   string    // where the file waits for the next lock; empty where it is removed instead
	handle  disk.File // kept open: the number of an open file is not used again
	stamp   []byte    // what it holds
}

// lockStamp is what a lock file of ours holds: who made it, and under which
// guard. The peer never reads it.
type lockStamp struct {
	PID    int    `json:"pid"`
	Host   string `json:"host"`
	BootID string `json:"boot_id"`
	Guard  string `json:"guard"` // "device:inode"
	Nonce  string `json:"nonce"`
}

// takeFile makes a lock file ours. It is written under a private name first and
// renamed, so that it never exists without its content: a crash between the two
// delays nobody.
func (l *lock) takeFile(p patience, path string) (*lockFile, error) {
	s := l.store
	guard, err := s.fs.ID(l.guard)
	if err != nil {
		return nil, err
	}
	nonce, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	host, _ := os.Hostname() // only shown to people
	stamp := lockStamp{PID: os.Getpid(), Host: host, BootID: s.bootID, Guard: guard, Nonce: nonce.String()}
	text, err := json.Marshal(stamp)
	if err != nil {
		return nil, err
	}
	f := &lockFile{path: path, private: s.temp(filepath.Dir(path), stamp.Nonce, tempLock), stamp: append(text, '\n')}
	if path == s.path(lockName) { // nothing of ours stays in the other directories
		f.spare = s.path(spareName)
	}
	if err := f.make(s); err != nil {
		return nil, err
	}
	if err := f.take(s, p, stamp); err != nil {
		f.handle.Close()
		if f.spare == "" || s.fs.Rename(f.private, f.spare) != nil {
			s.fs.Remove(f.private)
		}
		return nil, err
	}
	return f, nil
}

// make opens the file under its private name: the spare one, or else a new one.
// To make and to remove a file is dear where many have been removed lately:
// ext4 looks at every one of them before it gives a number out again. The
// rename lets only one of two programs that see the same spare file have it.
func (f *lockFile) make(s *Store) (err error) {
	if f.spare != "" && s.isSpare(f.spare) && s.fs.Rename(f.spare, f.private) == nil {
		if f.handle, err = s.openSpare(f.private); err == nil {
			return nil
		}
		s.fs.Remove(f.private) // it is in nobody's hands
	}
	f.handle, err = s.fs.Open(f.private, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	return err
}

// errNoSpare says that what has the spare file's name is none: a link, a file
// of another user's, or one that never was a lock's, so that nothing may be
// written into it.
var errNoSpare = errors.New("not a spare lock file")

// isSpare reports whether a name looks like the spare file: what is none is
// left where it is.
func (s *Store) isSpare(name string) bool {
	const longest = 4096
	info, err := s.fs.Lstat(name)
	return err == nil && info.Mode().IsRegular() && info.Size() <= longest
}

func (s *Store) openSpare(name string) (disk.File, error) {
	h, err := s.fs.Open(name, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	if _, ok := readStamp(h); !ok {
		h.Close()
		return nil, errNoSpare
	}
	return h, nil
}

// take gives the private file the lock file's name, as soon as that is free or
// its owner is dead.
func (f *lockFile) take(s *Store, p patience, stamp lockStamp) error {
	for tries := 0; ; tries++ {
		if err := f.touch(); err != nil {
			return err
		}
		err := f.publish(s)
		if err == nil || !errors.Is(err, fs.ErrExist) {
			return err
		}
		switch took, err := f.takeOver(s, stamp); {
		case took && err == nil:
			return nil
		case errors.Is(err, errVanished) && tries < putBackMost: // not for ever: others may be faster each time
			continue
		case err != nil && !errors.Is(err, errVanished):
			return err
		}
		if err := p.sleep(lockPoll); err != nil {
			return err
		}
	}
}

// publish gives the private file the lock file's name, or fails with
// fs.ErrExist. Where a file can be given neither a free name nor a second one,
// it creates the lock file anew; there, a crash right between creating and
// writing it leaves a lock that nobody can tell is ours.
func (f *lockFile) publish(s *Store) error {
	err := s.fs.RenameNoReplace(f.private, f.path)
	if errors.Is(err, errors.ErrUnsupported) {
		if err = s.fs.Link(f.private, f.path); err == nil {
			s.fs.Remove(f.private)
		}
	}
	if err == nil {
		return nil
	}
	if same, look := disk.IsAt(s.fs, f.handle, f.path); look == nil && same {
		return nil // it happened all the same
	}
	if errors.Is(err, fs.ErrExist) || !disk.NoHardLinks(err) {
		return err
	}
	made, err := s.fs.Open(f.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err := made.WriteAt(f.stamp, 0); err != nil {
		made.Close()
		s.fs.Remove(f.path)
		return err
	}
	f.handle.Close()
	s.fs.Remove(f.private)
	f.handle = made
	return nil
}

// touch writes the same bytes again: the file system stamps the file with its
// own clock, not with this machine's.
func (f *lockFile) touch() error {
	_, err := f.handle.WriteAt(f.stamp, 0)
	return err
}

// now is the present by the clock that stamps files where the lock file lies.
func (f *lockFile) now() (time.Time, error) {
	if err := f.touch(); err != nil {
		return time.Time{}, err
	}
	info, err := f.handle.Stat()
	if err != nil {
		return time.Time{}, err
	}
	return info.ModTime(), nil
}

// remove ends our hold of the lock file: by name only if the name is still
// ours. Should we be stopped between the look and the step, for so long that
// others take the lock over, then it is theirs that the step takes, and they
// get it back: that is why the file is renamed first.
func (f *lockFile) remove(s *Store) {
	if same, err := disk.IsAt(s.fs, f.handle, f.path); err != nil || !same {
		f.handle.Close()
		return
	}
	moved := s.fs.RenameNoReplace(f.path, f.private)
	if same, err := disk.IsAt(s.fs, f.handle, f.private); err == nil && same {
		if f.spare != "" && s.fs.Rename(f.private, f.spare) == nil {
			f.handle.Close()
			return
		}
		disk.RemoveOpen(s.fs, f.private, f.handle)
		return
	}
	if same, err := disk.IsAt(s.fs, f.handle, f.path); err == nil && same {
		disk.RemoveOpen(s.fs, f.path, f.handle) // it cannot be renamed here
		return
	}
	if moved == nil {
		s.fs.RenameNoReplace(f.private, f.path) // its owner will notice if it does not come back
	}
	f.handle.Close()
}

// holder says in words who has the lock.
func (s *Store) holder() string {
	for _, path := range s.lockPaths() {
		h, err := s.fs.Open(path, os.O_RDONLY, 0)
		if err != nil {
			continue
		}
		defer h.Close()
		if stamp, ok := readStamp(h); ok {
			return fmt.Sprintf("process %d on %s", stamp.PID, stamp.Host)
		}
		return "another program"
	}
	return "another request"
}

// readStamp reads who made a lock file. Behind the stamp may stand the end of a
// longer one, from when the file was another's lock.
func readStamp(h disk.File) (lockStamp, bool) {
	var stamp lockStamp
	err := json.NewDecoder(io.LimitReader(h, 4096)).Decode(&stamp)
	return stamp, err == nil && stamp.Nonce != "" && stamp.Guard != ""
}
