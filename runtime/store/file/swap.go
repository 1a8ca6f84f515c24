package file

import (
	"bytes"
	"errors"
	"io/fs"
	"os"

	"realmconf/runtime/internal/disk"
)

var (
	// errChanged says that a file is not what it was, and that it was left alone.
	errChanged = errors.New("the file was changed meanwhile")

	// errUnsure says that a step failed and that what it left could not be seen.
	errUnsure = errors.New("the file may or may not be replaced")
)

// maxExchanges is how often a file is exchanged with a person who saves again
// and again in the microseconds that one exchange takes.
const maxExchanges = 8

// swap puts a draft in the place of path if path still holds base, and leaves
// what it displaced under the draft's name:
//
//	path:  base ──┐      ┌── draft        exchanged in one step
//	draft: draft ─┘      └── base ?       compared: if it is something else, somebody
//	                                      saved in between, and gets the place back
//
// A plain rename would destroy what a person saved between the last look at
// the file and the rename. On errChanged, and on every error that is not
// errUnsure, path is as others left it, and a text of theirs that is not back
// in its place is kept in the history.
func (l *lock) swap(d *draft, path string, base disk.Content) error {
	sys := l.store.fs
	mine, err := sys.Open(d.name, os.O_RDONLY, 0) // kept open: the number of an open file is not used again
	if err != nil {
		return err
	}
	defer mine.Close()
	if err := l.Verify(); err != nil {
		return err
	}
	now, err := disk.Read(sys, path, maxRead)
	if err != nil {
		return err
	}
	if now.Exists() != base.Exists() || !bytes.Equal(now.Bytes, base.Bytes) {
		return errChanged
	}
	if !base.Exists() {
		return l.place(mine, d.name, path)
	}
	if err := sys.Exchange(d.name, path); errors.Is(err, errors.ErrUnsupported) {
		return l.replace(mine, d.name, path, base)
	} else if err != nil {
		here, look := disk.IsAt(l.store.fs, mine, d.name)
		switch {
		case look != nil:
			return errors.Join(errUnsure, err, look)
		case here && errors.Is(err, fs.ErrNotExist):
			return errChanged // removed since we looked
		case here:
			return err
		}
	}
	out, err := disk.Read(sys, d.name, maxRead)
	if err != nil {
		return errors.Join(errUnsure, err)
	}
	if out.Exists() && bytes.Equal(out.Bytes, base.Bytes) {
		return nil
	}
	return l.putBack(d.name, path, guest{mine, d.bytes})
}

// guest is a file that we put in a place: what we expect to get out of it.
type guest struct {
	file  disk.File
	bytes []byte
}

// putBack gives a text that an exchange displaced its place back. While it is
// at it somebody may save once more; then what comes out is newer than what
// went in, and goes back in its turn. It returns errChanged when the place is
// as others left it.
func (l *lock) putBack(name, path string, last guest) error {
	sys := l.store.fs
	ours := true // whether the last guest is the draft
	for range maxExchanges {
		back, err := openGuest(sys, name)
		if err != nil {
			return errors.Join(errUnsure, err)
		}
		defer back.file.Close()
		if err := sys.Exchange(name, path); err != nil {
			here, look := disk.IsAt(l.store.fs, back.file, name)
			switch {
			case here && look == nil && errors.Is(err, fs.ErrNotExist): // removed: that is how it was left
				return errors.Join(errChanged, l.preserve(name))
			case here || look != nil:
				return errors.Join(errUnsure, err, look)
			}
		}
		out, err := openGuest(sys, name)
		if err != nil {
			return errors.Join(errUnsure, err)
		}
		same, err := l.sameGuest(out, last)
		out.file.Close()
		switch {
		case err != nil:
			return errors.Join(errUnsure, err)
		case same && ours:
			return errors.Join(errChanged, sys.Remove(name))
		case same:
			return errors.Join(errChanged, l.preserve(name))
		}
		last, ours = back, false
	}
	return errors.Join(errChanged, l.preserve(name))
}

// sameGuest reports whether what came out of a place is what went in: the same
// file, and nobody wrote into it.
func (l *lock) sameGuest(out, in guest) (bool, error) {
	a, err := out.file.Stat()
	if err != nil {
		return false, err
	}
	b, err := in.file.Stat()
	return err == nil && l.store.fs.SameFile(a, b) && bytes.Equal(out.bytes, in.bytes), err
}

// place gives a file a name that is free, or returns errChanged when it is not.
func (l *lock) place(mine disk.File, name, path string) error {
	sys := l.store.fs
	err := sys.RenameNoReplace(name, path)
	if errors.Is(err, errors.ErrUnsupported) {
		if err = sys.Link(name, path); err == nil {
			sys.Remove(name) // what stays is swept up later
		} else if disk.NoHardLinks(err) {
			err = sys.Rename(name, path)
		}
	}
	if err == nil {
		return nil
	}
	there, lookThere := disk.IsAt(l.store.fs, mine, path)
	here, lookHere := disk.IsAt(l.store.fs, mine, name)
	switch {
	case there && lookThere == nil:
		return nil // it happened all the same
	case errors.Is(err, fs.ErrExist):
		return errChanged
	case here && lookHere == nil:
		return err
	default:
		return errors.Join(errUnsure, err)
	}
}

// replace is the swap where nothing can be exchanged in one step.
//
// BUG(file): between the look at the kept file and the rename lie some
// microseconds in which a program that takes no lock, such as an editor, can
// save a text that the rename then replaces. It concerns file systems and
// systems without an exchange: some network mounts, and the BSDs.
func (l *lock) replace(mine disk.File, name, path string, base disk.Content) error {
	sys := l.store.fs
	kept := name + disk.BackupSuffix
	err := sys.Link(path, kept)
	linked := err == nil
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errChanged
	case err != nil && !disk.NoHardLinks(err):
		return err
	}
	look := path
	if linked {
		look = kept
	}
	now, err := disk.Read(sys, look, maxRead)
	if err == nil && !bytes.Equal(now.Bytes, base.Bytes) {
		err = errChanged
	}
	if err != nil {
		sys.Remove(kept)
		return err
	}
	if err := sys.Rename(name, path); err != nil {
		there, look := disk.IsAt(l.store.fs, mine, path)
		switch {
		case look != nil:
			return errors.Join(errUnsure, err, look)
		case !there:
			sys.Remove(kept)
			return err
		}
	}
	if linked {
		sys.Rename(kept, name) // what stays is looked at by the next sweep
	}
	return nil
}

// openGuest opens a file and reads it.
func openGuest(sys disk.FS, name string) (guest, error) {
	h, err := sys.Open(name, os.O_RDONLY, 0)
	if err != nil {
		return guest{}, err
	}
	c, err := disk.ReadOpen(sys, h, nil, maxRead)
	if err != nil {
		h.Close()
		return guest{}, err
	}
	return guest{h, c.Bytes}, nil
}
