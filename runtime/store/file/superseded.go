package file

import (
	"encoding/binary"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"realmconf/runtime/store"
)

// A program of Meerkat that was stopped with the lock, and goes on after the lock
// was taken over, writes the text and the number that it had in mind. The commits
// that were made meanwhile are then no ancestors of the current generation: they
// are superseded. They have been acknowledged, so they stay in the history.
//
//	1 ── 2 ── 3            2 and 3 were committed while the program was stopped
//	└─ 4 ── 5              4 is its text, which Meerkat numbers 2; it supersedes 3
//
// A record does not show whether it was current: a crash may have ended its commit
// before. So each holder of the lock leaves a note of the version that it left
// current, before it answers. The next one compares: if the version that it builds
// on does not descend from the note's, its record says so (Supersedes). A commit
// that a crash ended between its last exchange and the note was not acknowledged.

// noteSize is the length of a note: a generation and a digest.
const noteSize = 8 + len(store.Digest{})

// leaveNote notes the version that is current when the lock is released.
func (l *lock) leaveNote(v store.Version) {
	note := make([]byte, 0, noteSize)
	note = binary.BigEndian.AppendUint64(note, v.Generation)
	l.SetNote(append(note, v.Digest[:]...))
}

// note returns the version that the last holder left current, or zero.
func (l *lock) note() (v store.Version) {
	b := l.Note()
	if len(b) != noteSize {
		return store.Version{}
	}
	copy(v.Digest[:], b[8:])
	v.Generation = binary.BigEndian.Uint64(b)
	return v
}

// overwritten returns the version of the note if a record has it and at, the
// version that the lock's holder builds on, does not descend from it. It returns
// zero if the records do not show that, or one of them says it already.
func (l *lock) overwritten(c catalog, at store.Version) store.Version {
	noted := l.note()
	if noted == at || noted.Generation == 0 {
		return store.Version{}
	}
	h, b := l.store.history, l.budget.Half()
	r, file, err := h.next(b, c, nil, noted.Generation)
	if err != nil || r.Version != noted {
		return store.Version{}
	}
	for {
		if at.Generation == noted.Generation && (at.Digest == noted.Digest || at.Digest == (store.Digest{})) {
			return store.Version{}
		}
		r, file, err = h.next(b, c, file, at.Generation)
		isKnown := err == nil && r.Generation != 0 && (r.Digest == at.Digest || at.Digest == (store.Digest{}))
		switch {
		case isKnown && r.Supersedes == noted:
			return store.Version{}
		case at.Generation <= noted.Generation:
			return noted
		case !isKnown || r.Parent.Generation >= r.Generation:
			return store.Version{}
		}
		at = r.Parent
	}
}

// newSuperseded returns the new file that tells people of a superseded generation. There
// is none if there is nothing to tell, or the file is there.
func (s *Store) newSuperseded(v store.Version) []*newFile {
	if v == (store.Version{}) {
		return nil
	}
	name := filepath.Join(s.history.dir, supersededFile(v.Generation))
	if _, err := s.fs.Lstat(name); err == nil {
		return nil
	}
	return []*newFile{{op: "write " + historyName, name: name, bytes: fmt.Appendf(nil,
		"Generation %d was committed, and another program wrote over it without having read it.\nThe history has its text. Remove this file once that is dealt with.\n", v.Generation)}}
}

// noteSuperseded notes that these files are there.
func (s *Store) noteSuperseded(newFiles []*newFile) {
	for _, d := range newFiles {
		s.history.noteKept(filepath.Base(d.name))
	}
}

// supersededFile returns the name of the file that tells people of a superseded
// generation.
func supersededFile(generation uint64) string {
	return supersededPrefix + strconv.FormatUint(generation, 10) + supersededExtension
}

// parseSupersededFile returns the generation in such a name.
func parseSupersededFile(name string) (uint64, bool) {
	digits, ok := strings.CutPrefix(strings.TrimSuffix(name, supersededExtension), supersededPrefix)
	n, err := strconv.ParseUint(digits, 10, 64)
	return n, ok && err == nil && n <= store.MaxGeneration && supersededFile(n) == name
}
