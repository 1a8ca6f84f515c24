package file

import (
	"errors"
	"io/fs"
	"slices"

	"github.com/google/uuid"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

// reconcile looks at the realm under the lock, and makes the state, the config
// and the history agree before anything is built on them. What it returns is
// clean. Four things can be found:
//
//	the text is the state's                    nothing to do
//	… and a peer's, or its record was lost     record it under its own number
//	the text is that of a record that was
//	made from the state                        a torn commit: the state follows
//	anything else                              somebody changed it around us: a record, then the state
//
// It writes the record first, so that a crash in the middle looks like a torn
// commit, and is ended by the next reconcile. It returns settling when the
// change is so young that somebody may still be writing.
func (l *lock) reconcile() (sight, error) {
	s := l.store
	l.sweep()
	for range 4 {
		seen := s.lastSeen()
		v, err := s.look()
		if err != nil {
			return sight{}, err
		}
		what, err := s.judge(v, seen)
		if err != nil {
			return sight{}, err
		}
		c, err := s.history.list()
		if err != nil {
			return sight{}, fault.FromOS("read "+historyName, err)
		}
		if what != dirty {
			wrote, err := l.recordCurrent(v, c)
			if wrote {
				c = append(c, v.st.generation)
				slices.Sort(c)
			}
			l.history = c
			return v, err
		}
		switch bound, err := l.recordPeers(v, c); {
		case err != nil:
			return sight{}, err
		case bound:
			continue // the record decides now
		}
		next, err := l.follow(v, c)
		if err != nil {
			return sight{}, err
		}
		err = l.writeState(v, state{next, v.digest})
		if errors.Is(err, errChanged) {
			continue
		}
		if err != nil {
			return sight{}, err
		}
		s.noteMade(next)
	}
	return sight{}, restless()
}

// follow finds or makes the generation of a text that the state does not know.
func (l *lock) follow(v sight, c catalog) (uint64, error) {
	s := l.store
	torn, err := s.torn(v, c)
	if err != nil || torn != 0 {
		return torn, err
	}
	now, err := l.Now()
	if err != nil {
		return 0, fault.FromOS("touch "+lockName, err)
	}
	wait, err := s.settle(v, now, c)
	if err != nil {
		return 0, err
	}
	if wait > 0 {
		return 0, settling{wait}
	}
	highest, err := s.highest(v, c)
	if err != nil {
		return 0, err
	}
	free := store.Successor(highest)
	if free == 0 {
		return 0, store.Exhausted()
	}
	parent, err := s.base(v, c)
	if err != nil {
		return 0, fault.FromOS("read "+historyName, err)
	}
	r := s.around(store.Version{Generation: free, Digest: v.digest}, parent, store.External, v.config.Bytes)
	return r.Generation, l.writeRecord(r)
}

// torn returns the last generation of a commit that ended between its two
// renames, or 0: one that was made from what the state stands for, and whose
// text is the one that is there.
func (s *Store) torn(v sight, c catalog) (uint64, error) {
	for i := len(c) - 1; i >= 0 && c[i] > v.st.generation; i-- {
		records, err := s.history.read(c[i])
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
		from, err := s.base(v, c[:i])
		if err != nil {
			return 0, fault.FromOS("read "+historyName, err)
		}
		if records[0].Parent == from || !v.state.Exists() && records[0].Parent == store.Empty() {
			return last.Generation, nil
		}
	}
	return 0, nil
}

// highest is the highest number that is taken.
func (s *Store) highest(v sight, c catalog) (uint64, error) {
	h, err := s.history.max(c)
	if err != nil {
		return 0, fault.FromOS("read "+historyName, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.max = max(s.max, h, v.st.generation)
	return s.max, nil
}

// recordCurrent binds the number of a state that has no record: a peer's, or
// one whose record was lost. It reports whether it did.
func (l *lock) recordCurrent(v sight, c catalog) (bool, error) {
	s := l.store
	if v.st.generation == 0 {
		return false, nil
	}
	_, bound, err := s.history.find(c, v.st.generation)
	if err != nil {
		return false, fault.FromOS("read "+historyName, err)
	}
	if bound {
		return false, nil
	}
	operation := store.Recovered
	if v.st.digest == (store.Digest{}) {
		operation = store.Peer
	}
	before, _, err := s.history.below(c, v.st.generation)
	if err != nil {
		return false, fault.FromOS("read "+historyName, err)
	}
	return true, l.writeRecord(s.around(v.version(), before.Version, operation, v.config.Bytes))
}

// around is the record of a change that did not come through us.
func (s *Store) around(v, parent store.Version, operation store.Operation, text []byte) store.Record {
	return store.Record{
		Version:   v,
		Parent:    parent,
		CommitID:  newID(),
		Time:      s.clock.Now().UTC(),
		Operation: operation,
		Actor:     store.Actor{Surface: store.Elsewhere},
		Text:      text,
	}
}

// newID is a commit id of our own. Random numbers do not run out.
func newID() string { return uuid.Must(uuid.NewV7()).String() }
