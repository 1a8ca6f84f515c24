package file

import (
	"errors"
	"path/filepath"

	"realmconf/runtime/store"
)

// writeRecord adds a record of its own to the history and makes it durable.
// When it fails, the record is not there.
func (l *lock) writeRecord(r store.Record) error {
	d, err := l.draftRecords([]store.Record{r})
	if err != nil {
		return err
	}
	return create(l.store.fs, l.store.history.dir, d)
}

// draftRecords is the file of a commit's records. It makes the directory for
// it, so the lock must be ours.
func (l *lock) draftRecords(records []store.Record) (*draft, error) {
	const op = "write " + historyName
	s := l.store
	b, err := encodeRecords(records)
	if err != nil {
		return nil, err
	}
	if err := l.Verify(); err != nil {
		return nil, l.notYet(op, err)
	}
	if err := s.makeHistory(); err != nil {
		return nil, err
	}
	return &draft{op: op, name: s.recordPath(records[0].Generation), bytes: b}, nil
}

func (s *Store) recordPath(first uint64) string {
	return filepath.Join(s.history.dir, recordFile(first))
}

// draftState is a new state, in the place of which v.state is now.
func (s *Store) draftState(v sight, id string, st state) *draft {
	return &draft{
		op:    "write " + stateName,
		name:  s.temp(s.options.Dir, id, tempState),
		bytes: st.encode(),
		like:  s.path(stateName),
		as:    v.state.Info,
	}
}

// writeState puts a new state in the place of the one that was seen, durably.
// It returns errChanged when another is there now.
func (l *lock) writeState(v sight, st state) error {
	s := l.store
	d := s.draftState(v, newID(), st)
	if err := create(s.fs, "", d); err != nil {
		return err
	}
	if err := l.swap(d, s.path(stateName), v.state); err != nil {
		discard(s.fs, []*draft{d})
		if errors.Is(err, errChanged) {
			return err
		}
		return l.notYet(d.op, err)
	}
	err := s.fs.SyncDir(s.options.Dir)
	s.fs.Remove(d.name) // the old state
	return s.asFault(d.op, err)
}
