package file

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
)

// No text that a person saved is lost. A text that an exchange displaced and
// that is not back in its place, and one that a crash left in a temporary file,
// is kept in the history's directory as displaced-<id>.toml, unless it is the
// text of a recorded generation. There it stays until a person removes it:
// nothing is put back from the history, because a file that lies in a realm's
// directory may have been put there by anyone.

const (
	displacedPrefix = "displaced-" // a text that never had a generation
	retiredName     = ".displaced" // the file that the last commit replaced
)

// The extensions of displaced files.
const (
	textExtension  = ".toml"
	otherExtension = ".bin" // a file with the name of a temporary file, whose content realmconf did not write
)

// preserve moves a text that another program wrote to the history, unless a
// record has it.
func (l *lock) preserve(name string) error {
	s := l.store
	text, err := openPlaced(s.fs, name)
	if err != nil {
		return err
	}
	known, err := s.history.holds(l.budget.Half(), text.bytes)
	text.file.Close()
	if err != nil {
		return err
	}
	if known {
		return s.fs.Remove(name)
	}
	return l.keep(name, displacedPrefix+newID()+textExtension)
}

// keep moves a regular file to the history, durably. The file is moved and not
// copied, because its writer may still have it open and write more; it is copied
// only where it is on another file system.
func (l *lock) keep(name, as string) error {
	s := l.store
	f, err := s.fs.Open(name, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := s.makeHistory(); err != nil {
		return err
	}
	to := filepath.Join(s.history.dir, as)
	s.narrow(f)
	// The writer may not have made the file durable.
	if err := errors.Join(f.Sync(), l.moveToFreeName(f, name, to)); err != nil {
		found, readErr := disk.ReadOpen(s.fs, f, nil, maxRead)
		if readErr != nil {
			return errors.Join(err, readErr)
		}
		copied := createDurable(s.fs, s.history.dir, &newFile{op: "write " + historyName, name: to, bytes: found.Bytes})
		if copied != nil {
			return errors.Join(err, copied)
		}
		s.history.noteKept(as)
		return s.fs.Remove(name)
	}
	s.history.noteKept(as)
	return s.fs.SyncDir(s.history.dir)
}

// retire moves the file that a commit replaced to the history, where it stays
// until the next commit: a program that has it open may still write into it. The
// next commit finds such a text and preserves it. retire is best effort: a file
// that cannot be moved is left to the next sweep.
func (l *lock) retire(name string, v view) {
	s, was := l.store, v.configFile
	place := filepath.Join(s.history.dir, retiredName)
	if !l.isRetired(place, v.version()) && l.preserve(place) != nil {
		s.swept = false
		return
	}
	if was.Info.Mode().Perm()&^recordMode != 0 {
		s.narrowFile(name)
	}
	if s.fs.Rename(name, place) == nil {
		s.retired = knownText{was.Bytes, v.digest}
		return
	}
	s.swept = false
	// The config is on another file system, through a symbolic link.
	if now, err := disk.Read(s.fs, name, maxRead); err == nil && bytes.Equal(now.Bytes, was.Bytes) {
		s.fs.Remove(name)
	}
}

// recordMode is the mode of a file of the history.
const recordMode fs.FileMode = 0o600

// narrow takes from a file that goes to the history the rights that a record would not
// have: its text may have secrets, and it stays when the config has become private. A
// file with another name keeps its rights, because they are the other file's too. narrow
// is best effort: another user's file can be changed by that user alone.
func (s *Store) narrow(f disk.File) {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || hasOtherName(info) {
		return
	}
	allowed := recordMode
	if dir, err := s.fs.Lstat(s.history.dir); err == nil && dir.Mode()&fs.ModeSetgid != 0 { // a group shares it
		allowed |= dir.Mode() & 0o060
	}
	if mode := info.Mode().Perm(); mode&^allowed != 0 {
		_ = f.Chmod(mode & allowed)
	}
}

// narrowFile narrows a file that is not open.
func (s *Store) narrowFile(name string) {
	info, err := s.fs.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return
	}
	if f, err := s.fs.Open(name, os.O_RDONLY, 0); err == nil {
		s.narrow(f)
		f.Close()
	}
}

// isRetired reports whether the file that the last commit replaced is unchanged,
// or missing. If another process made that commit, the file has the text of the parent
// of its version, and the record of that must be there.
func (l *lock) isRetired(place string, last store.Version) bool {
	s := l.store
	there, err := disk.ReadLike(s.fs, place, s.retired.bytes, maxRead)
	if err != nil || !there.Exists() {
		return err == nil
	}
	digest := s.retired.digestOf(there.Bytes)
	if digest == s.retired.digest {
		return true
	}
	b := l.budget.Half()
	made, _, err := s.history.find(b, l.history, last.Generation)
	if err != nil || made.Version != last || made.Parent.Digest != digest {
		return false
	}
	parent, _, err := s.history.find(b, l.history, made.Parent.Generation)
	return err == nil && parent.Version == made.Parent
}

// makeHistory creates the history's directory, durably.
func (s *Store) makeHistory() error {
	err := s.fs.Mkdir(s.history.dir, 0o700)
	if errors.Is(err, fs.ErrExist) {
		_, err = s.history.checkDir()
	} else if err == nil {
		err = s.fs.SyncDir(s.options.Dir)
	}
	return asFault("write "+historyName, err)
}
