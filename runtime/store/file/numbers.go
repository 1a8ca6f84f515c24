package file

import (
	"errors"
	"io/fs"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

// The highest generation and the highest bound number are kept in memory, so
// that a read need not list the history.

// noteNewest notes a generation that is current. If this Store did not make it,
// another process commits too.
func (s *Store) noteNewest(generation uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if generation > s.newest && s.newest != 0 && generation != s.ownNewest {
		s.othersCommit = true
	}
	s.raise(generation)
}

// noteMade notes a generation that this Store has made current: by a commit, or
// as the number of a change that it found.
func (s *Store) noteMade(generation uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.raise(generation)
}

func (s *Store) raise(generation uint64) {
	s.newest = max(s.newest, generation)
	s.bound = max(s.bound, generation)
}

// noteOwnGeneration notes the generation of a commit of this Store before any reader can
// see it.
func (s *Store) noteOwnGeneration(generation uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ownNewest = generation
}

// lastSeen returns the highest generation that was current.
func (s *Store) lastSeen() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.newest
}

// highestBound returns the highest number that is bound: by the state, by a
// record, or by a version that this process has seen. It lists the history only
// when its directory has changed. A coarse time stamp can hide a change; then the
// number is too low, and the next commit conflicts and corrects it. If this process
// may not read the history, the error comes with the number that is in memory.
func (s *Store) highestBound(b *store.HistoryBudget) (uint64, error) {
	info, err := s.history.checkDir()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, asFault("read "+historyName, err)
	}
	var stamp time.Time
	if err == nil {
		stamp = info.ModTime()
	}
	s.mu.Lock()
	known, fresh := s.bound, stamp.Equal(s.boundAsOf)
	s.mu.Unlock()
	if fresh {
		return known, nil
	}
	c, err := s.history.list()
	if err != nil {
		return known, fault.FromOS("read "+historyName, err)
	}
	highest, err := s.history.highestAbove(known, b, c)
	if errors.Is(err, errSpent) { // a read goes on, and the next write is refused
		highest, err = 0, nil
	}
	if err != nil {
		return known, fault.FromOS("read "+historyName, err)
	}
	return s.noteBound(c, highest, stamp), nil
}

// highestBound returns the highest number that is bound, with the lock held. Of a
// history that is as this Store left it, the number is in memory.
func (l *lock) highestBound(v view) (uint64, error) {
	s := l.store
	if !l.historyUnchanged {
		return s.highestBoundIn(v, l.history)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bound = l.history.skipNames(max(s.bound, v.state.generation))
	return s.bound, nil
}

// highestBoundIn is highestBound for a view and a history that were just read
// with the lock held. It trusts no time stamp.
func (s *Store) highestBoundIn(v view, c catalog) (uint64, error) {
	highest, err := s.history.highest(v.budget, c)
	if err != nil {
		return 0, fault.FromOS("read "+historyName, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bound = c.skipNames(max(s.bound, highest, v.state.generation))
	return s.bound, nil
}

// noteBound notes that a number is bound, in a history that was listed at a time
// stamp of its directory, and returns the highest number.
func (s *Store) noteBound(c catalog, highest uint64, stamp time.Time) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bound = c.skipNames(max(s.bound, highest))
	s.boundAsOf = stamp
	return s.bound
}
