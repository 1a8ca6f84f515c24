package file

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
)

// A state that cannot be read as one is damaged: it is empty or cut off after a
// loss of power, holds another thing than a generation, is very long, or a
// directory, a pipe or a link is in its place. It counts as missing. What cannot
// be read for lack of rights, or because the disk fails, is not damaged: that is an
// error.

// leap is how far the first number after a lost state is above all known ones.
// Meerkat's programs may have given numbers that are not in the history: these must
// not be given again to other texts.
const leap = 1_000_000

// readState reads the state file. damage says why it cannot be read as one; then the
// content is the zero Content.
func (s *Store) readState() (content disk.Content, damage, err error) {
	content, err = disk.Read(s.fs, s.path(stateName), maxState)
	switch {
	case errors.Is(err, fault.ErrIrregular):
		return disk.Content{}, err, nil
	case err != nil:
		return disk.Content{}, nil, fault.FromOS("read "+stateName, err)
	default:
		return content, nil, nil
	}
}

// parseUsableState is parseState with one more rule: a number that does not count is
// damage.
func (s *Store) parseUsableState(b []byte) (st state, damage, err error) {
	if st, damage = parseState(b); damage != nil {
		return st, damage, nil
	}
	far, err := s.isFarState(st.generation)
	switch {
	case err != nil:
		return state{}, nil, fault.FromOS("read "+historyName, err)
	case far:
		return state{}, errors.New("generation is above 2^52 and far above every record of the history, so that no commit can have led to it"), nil
	}
	return st, nil, nil
}

// lostGeneration returns the generation of a text whose state is missing or
// damaged, or 0: that of the newest record that can be read, if it has the text.
func (s *Store) lostGeneration(v view, c catalog) (uint64, error) {
	r, _, err := s.history.below(v.budget, c, math.MaxUint64)
	if err != nil {
		return 0, fault.FromOS("read "+historyName, err)
	}
	if r.Generation < s.lastSeen() || r.Digest != v.digest {
		return 0, nil
	}
	return r.Generation, nil
}

// freeNumber returns the number of a change that has no record, and the operation
// that the record names. A lost state leaves a gap, unless the realm has no
// number yet.
func (s *Store) freeNumber(v view, c catalog, highest uint64) (uint64, store.Operation, error) {
	operation := store.External
	if !v.hasState() && (highest > 0 || v.damage != nil) {
		operation = store.Recovered
	}
	if operation == store.Recovered && highest > 0 {
		highest = c.skipNames(highest + leap - 1)
	}
	free := store.Successor(highest)
	if free == 0 {
		return 0, "", store.ExhaustedFault()
	}
	return free, operation, nil
}

// answerLost answers while the state is missing or damaged and may not be
// written: with the newest record if it has the text, or else with the text under
// the newest number.
func (s *Store) answerLost(v view, c catalog) (store.State, error) {
	r, _, err := s.history.below(v.budget, c, math.MaxUint64)
	if err != nil {
		return store.State{}, fault.FromOS("read "+historyName, err)
	}
	version := r.Version
	if r.Digest != v.digest || r.Generation < s.lastSeen() {
		version = store.Version{Generation: max(r.Generation, s.lastSeen()), Digest: v.digest}
	}
	answer, err := s.answer(v.budget, v.configFile.Bytes, version, true)
	if err == nil && v.damage != nil {
		answer.Notices = append(answer.Notices, store.Notice{
			Kind:    store.Damaged,
			Message: fmt.Sprintf("%s is damaged and could not be replaced: the generation is that of the history's newest record", stateName),
			Hint:    "tell the person who keeps this configuration: realmconf doctor says what keeps this program from that, and the first read or write afterwards replaces the file",
		})
	}
	return answer, err
}

// keepDamaged moves a damaged state to the history, whatever it is.
func (l *lock) keepDamaged() error {
	s := l.store
	from := s.path(stateName)
	if err := l.Verify(); err != nil {
		return err
	}
	if err := s.makeHistory(); err != nil {
		return err
	}
	s.narrowFile(from) // it may be anything
	as := damagedPrefix + newID() + damagedExtension
	to := filepath.Join(s.history.dir, as)
	err := s.fs.RenameNoReplace(from, to)
	if errors.Is(err, errors.ErrUnsupported) {
		err = s.fs.Rename(from, to) // no other file has the new id
	}
	if err != nil {
		return err
	}
	s.history.noteKept(as)
	return s.fs.SyncDir(s.history.dir)
}
