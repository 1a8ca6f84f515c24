package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"realmconf/runtime/internal/disk"
)

// errVanished says that the lock file in our way is gone.
var errVanished = errors.New("the lock file is gone")

// takeOver puts our file in the place of a dead owner's lock file, and reports
// whether it is there. It decides and acts on one file: the one that it opened.
// Two programs that see the same dead lock exchange one after the other, and
// only the first gets the dead file out; the second gets the first one's, and
// puts it back. Removing by name instead would let the second remove the lock
// of the first.
func (f *lockFile) takeOver(s *Store, ours lockStamp) (bool, error) {
	if info, err := s.fs.Lstat(f.path); err == nil && !info.Mode().IsRegular() {
		return false, notALock()
	}
	h, err := s.fs.Open(f.path, os.O_RDONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return false, errVanished
	}
	if err != nil {
		return false, err
	}
	defer h.Close()
	if dead, err := f.isDead(s, h, ours); err != nil || !dead {
		return false, err
	}
	err = s.fs.Exchange(f.private, f.path)
	if errors.Is(err, errors.ErrUnsupported) {
		return false, s.moveAside(h, f.path, ours.Nonce)
	}
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return false, errVanished
		}
		if same, look := disk.IsAt(s.fs, f.handle, f.path); look != nil || !same {
			return false, err
		}
	}
	same, err := disk.IsAt(s.fs, h, f.private)
	if err != nil {
		return false, err
	}
	if same {
		s.fs.Remove(f.private) // what stays is swept up later
		return true, nil
	}
	return false, f.restore(s)
}

// isDead reports whether the owner of the lock file in our way is gone: it made
// the lock under the guard that we hold, in this run of the machine; or the
// machine was started since; or the file is old. Ages are differences between
// two stamps of the same file system, whatever this machine's clock says.
func (f *lockFile) isDead(s *Store, h disk.File, ours lockStamp) (bool, error) {
	found, err := h.Stat()
	if err != nil {
		return false, err
	}
	if !found.Mode().IsRegular() {
		return false, notALock()
	}
	stamp, isOurs := readStamp(h)
	if isOurs && stamp.BootID != "" && stamp.BootID == ours.BootID && stamp.Guard == ours.Guard {
		return true, nil
	}
	if !s.bootTime.IsZero() && found.ModTime().Before(s.bootTime.Add(-bootSlack)) && s.fs.IsLocal(filepath.Dir(f.path)) {
		return true, nil
	}
	now, err := f.now()
	return err == nil && now.Sub(found.ModTime()) > lockStale, err
}

// restore gives a living owner's lock file its place back, which our exchange
// took. What comes out should be ours; if it is a third one's, made after it
// had seen ours vanish, that one goes back in its turn.
func (f *lockFile) restore(s *Store) error {
	last, ours := f.handle, true
	for range putBackMost {
		back, err := s.fs.Open(f.private, os.O_RDONLY, 0)
		if err != nil {
			return err
		}
		defer back.Close()
		if err := s.fs.Exchange(f.private, f.path); err != nil {
			// Ours was taken for dead or removed: the name is free for its owner.
			if errors.Is(err, fs.ErrNotExist) {
				err = s.fs.RenameNoReplace(f.private, f.path)
			}
			return errors.Join(errLost, err)
		}
		same, err := disk.IsAt(s.fs, last, f.private)
		if err != nil {
			return err
		}
		if same && ours {
			return nil
		}
		if same {
			break
		}
		last, ours = back, false
	}
	return errLost
}

// moveAside takes a dead lock file away where files cannot be exchanged.
// Between the look and the move somebody else may have done the same and made a
// lock of its own; then that one is what was moved, and it goes back.
func (s *Store) moveAside(dead disk.File, path, nonce string) error {
	if same, err := disk.IsAt(s.fs, dead, path); err != nil || !same {
		return errors.Join(errVanished, err)
	}
	aside := s.temp(filepath.Dir(path), nonce, tempStale)
	if err := s.fs.Rename(path, aside); err != nil {
		return errors.Join(errVanished, ignoreAbsence(err))
	}
	same, err := disk.IsAt(s.fs, dead, aside)
	if err == nil && !same {
		err = s.fs.Link(aside, path)
		if errors.Is(err, fs.ErrExist) {
			err = nil // the name is taken again: its owner will notice before it writes
		}
	}
	if err := errors.Join(err, s.fs.Remove(aside)); err != nil {
		return err
	}
	return errVanished
}

func ignoreAbsence(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
