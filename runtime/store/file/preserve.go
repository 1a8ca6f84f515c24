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
// text of a recorded generation.

const (
	displacedPrefix = "displaced-" // a text that never had a generation
	retiredName     = ".displaced" // the file that the last commit replaced
)

// preserve moves a text that another program wrote to the history.
func (l *lock) preserve(name string) error {
	s := l.store
	text, err := openPlaced(s.fs, name)
	if err != nil {
		return err
	}
	defer text.file.Close()
	known, err := s.history.holds(text.bytes)
	if err != nil {
		return err
	}
	if known {
		return s.fs.Remove(name)
	}
	if err := s.makeHistory(); err != nil {
		return err
	}
	to := filepath.Join(s.history.dir, displacedPrefix+newID()+".toml")
	// The writer may not have made it durable. The file is moved and not copied,
	// because its writer may still have it open and write more.
	if err := errors.Join(text.file.Sync(), l.moveToFreeName(text.file, name, to)); err != nil {
		copied := createDurable(s.fs, s.history.dir, &draft{op: "write " + historyName, name: to, bytes: text.bytes})
		if copied != nil {
			return errors.Join(err, copied)
		}
		if err := s.fs.SyncDir(s.history.dir); err != nil {
			return err
		}
		return s.fs.Remove(name)
	}
	return s.fs.SyncDir(s.history.dir)
}

// retire moves the file that a commit replaced to the history, where it stays
// until the next commit: a program that has it open may still write into it. The
// next commit finds such a text and preserves it. retire is best effort: a file
// that cannot be moved is left to the next sweep.
func (l *lock) retire(name string, was disk.Content) {
	s := l.store
	place := filepath.Join(s.history.dir, retiredName)
	if !s.isRetired(place) && l.preserve(place) != nil {
		return
	}
	if s.fs.Rename(name, place) == nil {
		s.retired = store.DigestOf(was.Bytes)
		return
	}
	// The config is on another file system, through a symbolic link.
	if now, err := disk.Read(s.fs, name, maxRead); err == nil && bytes.Equal(now.Bytes, was.Bytes) {
		s.fs.Remove(name)
	}
}

// isRetired reports whether the file that the last commit replaced is unchanged,
// or missing.
func (s *Store) isRetired(place string) bool {
	there, err := disk.Read(s.fs, place, maxRead)
	return err == nil && (!there.Exists() || store.DigestOf(there.Bytes) == s.retired)
}

// sweep removes the temporary files of crashed commits, and rescues the texts in
// them. It must be called with the lock held: then no commit is under way, and
// every file with the realm's prefix is a leftover. An error leaves the file to
// the next sweep.
func (l *lock) sweep() {
	s := l.store
	document, err := s.document()
	if err != nil {
		return
	}
	for _, dir := range s.dirs(document) {
		names, err := s.fs.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, name := range names {
			id, kind, ok := s.parseTemp(name)
			switch path := filepath.Join(dir, name); {
			case !ok:
			case isText(kind):
				_ = l.rescue(id, path, document)
			default:
				s.fs.Remove(path)
			}
		}
	}
}

// rescue decides on a text that a crash left in a temporary file:
//
//	its own commit's text, or the beginning of it      removed: the record has it
//	the text of a recorded generation                  removed: the commit displaced it
//	anything else was saved in the moment of the exchange:
//	  the config is the commit's, which never became   it gets its place back
//	  current
//	  otherwise                                        preserved in the history
func (l *lock) rescue(id, name, document string) error {
	s := l.store
	text, err := disk.Read(s.fs, name, maxRead)
	if err != nil {
		return err
	}
	own, err := s.history.commitByID(id)
	if err != nil {
		return err
	}
	n := len(own)
	if n > 0 && bytes.HasPrefix(own[n-1].Text, text.Bytes) {
		return s.fs.Remove(name)
	}
	known, err := s.history.holds(text.Bytes)
	if err != nil {
		return err
	}
	if known {
		return s.fs.Remove(name)
	}
	if n > 0 {
		v, err := s.readView()
		if err != nil {
			return err
		}
		if v.config.Exists() && v.st.generation < own[n-1].Generation && v.digest == own[n-1].Digest {
			return l.restore(name, document, own[n-1].Text)
		}
	}
	return l.preserve(name)
}

// restore returns a person's text to its place. text is that of the commit that
// displaced it.
func (l *lock) restore(name, document string, text []byte) error {
	f, err := l.store.fs.Open(document, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := l.Verify(); err != nil {
		return err
	}
	return l.restoreDisplaced(name, document, placedFile{f, text})
}

// makeHistory creates the history's directory, durably.
func (s *Store) makeHistory() error {
	err := s.fs.Mkdir(s.history.dir, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err == nil {
		err = s.fs.SyncDir(s.options.Dir)
	}
	return asFault("write "+historyName, err)
}
