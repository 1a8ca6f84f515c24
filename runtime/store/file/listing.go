package file

import (
	"slices"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

// A commit must not become slower with every file that lies in a realm's
// directories. So it lists them only when another program may have added a file:
//
//   - the realm's directory, for leftovers, with the first lock of a Store, after a
//     step that failed, when the lock was that of a program that died, and when a
//     peer has committed, which may have removed such a lock;
//   - the history, unless it is as the last commit of this Store left it, by the
//     state and by the time stamp of the directory.

// listing is the history as the last commit of this Store left it.
type listing struct {
	catalog catalog
	state   state     // zero if there is no listing
	stamp   time.Time // of the directory
}

// listHistory returns the catalog of the history. known reports whether it is the
// one that the last commit of this Store left.
func (l *lock) listHistory(v view) (c catalog, known bool, err error) {
	s := l.store
	info, err := s.history.checkDir()
	if err == nil && s.listed.state != (state{}) && s.listed.state == v.state && s.listed.stamp.Equal(info.ModTime()) && !l.TookOver() {
		return slices.Clip(s.listed.catalog), true, nil
	}
	s.listed = listing{}
	if c, err = s.history.list(); err != nil {
		return nil, false, fault.FromOS("read "+historyName, err)
	}
	s.foreign.retain(c)
	return c, false, nil
}

// noteListing keeps the catalog that a commit has left.
func (s *Store) noteListing(c catalog, last store.Record) {
	info, err := s.history.checkDir()
	if err != nil {
		return
	}
	s.noteBound(c, last.Generation, info.ModTime()) // so the next read need not list the history
	s.listed = listing{c, stateOf(last), info.ModTime()}
}

// sweepIfNeeded sweeps if there may be leftovers. v is nil before the files were
// read.
func (l *lock) sweepIfNeeded(v *view) {
	s := l.store
	byPeer := v != nil && v.stateFile.Exists() && v.state.digest == (store.Digest{})
	if l.swept || s.swept && !byPeer && !l.TookOver() {
		return
	}
	l.swept = true
	s.swept = l.sweep() && !l.reads
}
