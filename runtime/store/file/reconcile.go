package file

import (
	"errors"
	"io/fs"

	"github.com/google/uuid"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

// maxReconciles is how often reconcile starts again because the files change
// under it.
const maxReconciles = 4

// reconcile makes the state, the config and the history agree, under the lock
// and before anything is built on them. It returns a clean view. The cases:
//
//	1 the text is the state's, and recorded     nothing to do
//	2 … but its record is missing               a peer's commit, or a lost record: it is
//	                                            recorded under its own number
//	3 a peer's commit that a read saw has no    it is recorded; then again from the top
//	  record, and the text was changed since
//	4 the text is that of a record that was     a torn commit: the state follows
//	  made from the state, or the state is
//	  lost and the newest record has the text
//	5 anything else                             another program changed the text: a record
//	                                            under the next free number, then the state;
//	                                            after a lost state, under a number far ahead
//
// In case 5 the record comes first, so a crash in the middle looks like case 4,
// and the next reconcile completes it. A change that is too young, because its
// program may still be writing, is stillChangingError.
func (l *lock) reconcile() (view, error) {
	s := l.store
	l.sweepIfNeeded(nil)
	for range maxReconciles {
		newest := s.lastSeen()
		v, err := s.readView(l.ctx, l.budget)
		if err != nil {
			return view{}, err
		}
		l.sweepIfNeeded(&v)
		condition, err := s.classify(v, newest)
		if err != nil {
			return view{}, err
		}
		c, known, err := l.listHistory(v)
		if err != nil {
			return view{}, err
		}
		if condition != dirty {
			l.historyUnchanged = known
			if l.history, err = l.recordCurrent(v, c); err != nil {
				return view{}, err
			}
			if current := v.version(); l.overwritten(l.history, current) == (store.Version{}) {
				l.leaveNote(current)
			}
			return v, nil
		}
		switch recorded, err := l.recordPeerCommit(v, c); {
		case err != nil:
			return view{}, err
		case recorded:
			continue // classify now finds the record
		}
		generation, err := l.numberChange(v, c)
		if err != nil {
			return view{}, err
		}
		err = l.writeState(v, state{generation, v.digest})
		if errors.Is(err, errChanged) {
			continue
		}
		if err != nil {
			return view{}, err
		}
		s.noteMade(generation)
	}
	return view{}, tooManyRacesFault()
}

// numberChange returns the generation of a text that the state does not know:
// that of its record if a torn commit made it, or else a new one, with a new
// record.
func (l *lock) numberChange(v view, c catalog) (uint64, error) {
	s := l.store
	torn, err := s.tornCommit(v, c)
	if err != nil || torn != 0 {
		return torn, err
	}
	now, err := l.Now()
	if err != nil {
		return 0, fault.FromOS("touch "+LockName, err)
	}
	wait, err := s.restNeeded(v, now, c)
	if err != nil {
		return 0, err
	}
	if wait > 0 {
		return 0, stillChangingError{wait}
	}
	highest, err := s.highestBoundIn(v, c)
	if err != nil {
		return 0, err
	}
	free, operation, err := s.freeNumber(v, c, highest)
	if s.isUnnumbered(v, highest) {
		free = c.firstNumber(v.digest)
	}
	if err != nil {
		return 0, err
	}
	parent, err := s.parentOf(v, c)
	if err != nil {
		return 0, fault.FromOS("read "+historyName, err)
	}
	r := s.externalRecord(store.Version{Generation: free, Digest: v.digest}, parent, operation, v.configFile.Bytes)
	return r.Generation, l.writeRecord(r, c)
}

// tornCommit returns the last generation of a commit that ended between its two
// exchanges, or 0: its text is in place, and it was made from the version that
// the state means. Without a state it is lostGeneration.
func (s *Store) tornCommit(v view, c catalog) (uint64, error) {
	if !v.hasState() {
		return s.lostGeneration(v, c)
	}
	for i := len(c) - 1; i >= 0 && c[i] > v.state.generation; i-- {
		records, err := s.history.read(v.budget, c[i])
		if errors.Is(err, errUnreadable) || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return 0, fault.FromOS("read "+historyName, err)
		}
		last := records[len(records)-1]
		if last.Digest != v.digest || last.Generation < s.lastSeen() {
			continue
		}
		from, err := s.parentOf(v, c[:i])
		if err != nil {
			return 0, fault.FromOS("read "+historyName, err)
		}
		if records[0].Parent == from {
			return last.Generation, nil
		}
	}
	return 0, nil
}

// recordCurrent records a state that has no record: a peer's commit, or one
// whose record was lost. It returns the catalog with the new record.
func (l *lock) recordCurrent(v view, c catalog) (catalog, error) {
	s := l.store
	if v.state.generation == 0 {
		return c, nil
	}
	_, bound, err := s.history.find(v.budget, c, v.state.generation)
	if err != nil {
		return c, fault.FromOS("read "+historyName, err)
	}
	if bound {
		return c, nil
	}
	operation := store.Recovered
	if v.state.digest == (store.Digest{}) {
		operation = store.Peer
	}
	before, _, err := s.history.below(v.budget, c, v.state.generation)
	if err != nil {
		return c, fault.FromOS("read "+historyName, err)
	}
	if err := l.writeRecord(s.externalRecord(v.version(), before.Version, operation, v.configFile.Bytes), c); err != nil {
		return c, err
	}
	return c.with(v.state.generation), nil
}

// externalRecord returns the record of a change that another program made.
func (s *Store) externalRecord(v, parent store.Version, operation store.Operation, text []byte) store.Record {
	return store.Record{
		Version:   v,
		Parent:    parent,
		CommitID:  newID(),
		Time:      s.clock.Now().UTC(),
		Operation: operation,
		Actor:     store.Actor{Surface: store.ExternalSurface},
		Text:      text,
	}
}

// newID returns a new commit id.
func newID() string { return uuid.Must(uuid.NewV7()).String() }
