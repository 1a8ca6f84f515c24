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

// A person's text is never thrown away. What an exchange displaced and could
// not give its place back, and what a crash left in a temporary file, is kept
// in the history's directory, as displaced-<id>.toml, unless it is the text of
// a recorded generation anyway.

const (
	displacedPrefix = "displaced-" // a text that never had a generation
	retiredName     = ".displaced" // the file that the last commit replaced
)

// preserve moves a text that others wrote to the history.
func (l *lock) preserve(name string) error {
	s := l.store
	text, err := openGuest(s.fs, name)
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
	// Its writer may not have made it durable. Moved, not copied, because
	// somebody may still have it open and be about to write on.
	if err := errors.Join(text.file.Sync(), l.place(text.file, name, to)); err != nil {
		copied := create(s.fs, s.history.dir, &draft{op: "write " + historyName, name: to, bytes: text.bytes})
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
// until the next commit: somebody who had it open may still write into it.
// Whether that happened is looked at before the next one takes its place.
// Nothing depends on it; what fails is left for the next sweep.
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
	// Another file system, reached by a symbolic link: no place to wait there.
	if now, err := disk.Read(s.fs, name, maxRead); err == nil && bytes.Equal(now.Bytes, was.Bytes) {
		s.fs.Remove(name)
	}
}

// isRetired reports whether the file of the last commit is still as it was
// replaced, or is not there.
func (s *Store) isRetired(place string) bool {
	there, err := disk.Read(s.fs, place, maxRead)
	return err == nil && (!there.Exists() || store.DigestOf(there.Bytes) == s.retired)
}

// sweep deals with what a crashed commit left behind. Under the lock nobody
// else is at work, so everything with our prefix is left over. Errors wait for
// the next time.
func (l *lock) sweep() {
	s := l.store
	document, err := s.document()
	if err != nil {
		return
	}
	dirs := []string{s.options.Dir, filepath.Dir(document)}
	for _, path := range s.options.PeerLocks {
		dirs = append(dirs, filepath.Dir(path))
	}
	for i, dir := range dirs {
		if i > 0 && dir == dirs[0] {
			continue
		}
		names, err := s.fs.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, name := range names {
			id, what, ok := s.parseTemp(name)
			switch path := filepath.Join(dir, name); {
			case !ok:
			case isText(what):
				_ = l.rescue(id, path, document)
			default:
				s.fs.Remove(path)
			}
		}
	}
}

// rescue looks at a text that a crash left in a temporary file. It is dropped
// when its own commit recorded it, whole or in part, or when it is a recorded
// generation: what a commit displaced. Anything else is a person's, saved in
// the moment of the exchange: it gets its place back if the commit's text is
// still there and never became current, and is preserved otherwise.
func (l *lock) rescue(id, name, document string) error {
	s := l.store
	text, err := disk.Read(s.fs, name, maxRead)
	if err != nil {
		return err
	}
	own, err := s.history.commit(id)
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
		v, err := s.look()
		if err != nil {
			return err
		}
		if v.config.Exists() && v.st.generation < own[n-1].Generation && v.digest == own[n-1].Digest {
			return l.giveBack(name, document, own[n-1].Text)
		}
	}
	return l.preserve(name)
}

// giveBack exchanges a person's text with the one of a commit that displaced it.
func (l *lock) giveBack(name, document string, text []byte) error {
	h, err := l.store.fs.Open(document, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer h.Close()
	if err := l.Verify(); err != nil {
		return err
	}
	return l.putBack(name, document, guest{h, text})
}

// makeHistory makes the history's directory, durably.
func (s *Store) makeHistory() error {
	err := s.fs.Mkdir(s.history.dir, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err == nil {
		err = s.fs.SyncDir(s.options.Dir)
	}
	return s.asFault("write "+historyName, err)
}
