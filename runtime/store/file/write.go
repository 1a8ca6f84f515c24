package file

import (
	"errors"
	"path/filepath"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
)

// errForeignText says that config.toml is a link to a file that holds other bytes
// than a configuration.
var errForeignText = errors.New("the config is a link to a file that is no configuration")

// checkLinked refuses a text that was read through a link and is no configuration:
// it is neither copied into the history nor replaced. A link in a realm that
// a stranger made may lead to any file of the user.
func (s *Store) checkLinked(configPath string, text []byte) error {
	if configPath == s.options.Document || len(text) == 0 || s.options.IsText != nil && s.options.IsText(text) {
		return nil
	}
	return fault.New(fault.Storage, "%s is a link to a file that is not TOML, and such a file is neither replaced nor kept in the history: correct the file that the link leads to with an editor, or remove the link, and try again; nothing was written", s.name()).
		With("op", "write "+s.name()).With("reason", fault.Link).Because(errForeignText)
}

// writeRecord adds the record of a change by another program to the history and
// makes it durable, in a history whose catalog is c. When it fails, the record is
// not there.
func (l *lock) writeRecord(r store.Record, c catalog) error {
	configPath, err := l.store.configPath()
	if err != nil {
		return err
	}
	if err := l.store.checkLinked(configPath, r.Text); err != nil {
		return err
	}
	r.Supersedes = l.overwritten(c, r.Parent)
	d, err := l.newRecords([]store.Record{r})
	if err != nil {
		return err
	}
	newFiles := append([]*newFile{d}, l.store.newSuperseded(r.Supersedes)...)
	if err := createDurable(l.store.fs, l.store.history.dir, newFiles...); err != nil {
		return err
	}
	l.store.noteSuperseded(newFiles[1:])
	return nil
}

// newRecords returns the new history file of a commit. It creates the
// history's directory, and so verifies the lock first.
func (l *lock) newRecords(records []store.Record) (*newFile, error) {
	const op = "write " + historyName
	s := l.store
	b, err := encodeRecords(records)
	if err != nil {
		return nil, err
	}
	if err := l.Verify(); err != nil {
		return nil, l.beforeCommitFault(op, err)
	}
	if err := s.makeHistory(); err != nil {
		return nil, err
	}
	return &newFile{op: op, name: s.recordPath(records[0].Generation), bytes: b}, nil
}

func (s *Store) recordPath(first uint64) string {
	return filepath.Join(s.history.dir, recordFile(first))
}

// newConfig returns the config that replaces the one of a view.
func (l *lock) newConfig(v view, r store.Record) *newFile {
	return &newFile{
		op:       "write " + l.store.name(),
		name:     l.store.temp(l.store.newFileDir(v.configPath), r.CommitID, tempConfig),
		bytes:    r.Text,
		like:     v.configPath,
		likeInfo: v.configFile.Info,
	}
}

// newState returns the state that replaces the one of a view.
func (s *Store) newState(v view, id string, st state) *newFile {
	return &newFile{
		op:       "write " + stateName,
		name:     s.temp(s.options.Dir, id, tempState),
		bytes:    st.encode(),
		like:     s.path(stateName),
		likeInfo: v.stateFile.Info,
	}
}

// writeState replaces the state of a view by another, durably. It returns
// errChanged when the state has been changed. A damaged state is kept in the
// history first; a crash between the two leaves a realm without a state.
func (l *lock) writeState(v view, st state) error {
	s := l.store
	if v.damage != nil {
		if err := l.keepDamaged(); err != nil {
			return l.beforeCommitFault("move a damaged "+stateName, err)
		}
		v.stateFile = disk.Content{}
	}
	d := s.newState(v, newID(), st)
	if err := createDurable(s.fs, "", d); err != nil {
		return err
	}
	if err := l.swap(d, s.path(stateName), v.stateFile); err != nil {
		discard(s.fs, []*newFile{d})
		if errors.Is(err, errChanged) {
			return err
		}
		return l.beforeCommitFault(d.op, err)
	}
	err := s.fs.SyncDir(s.options.Dir)
	s.fs.Remove(d.name) // the old state
	return asFault(d.op, err)
}
