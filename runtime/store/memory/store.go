// Package memory is a store that keeps a configuration in memory and loses it
// with the process: for tests, and for programs that embed a runtime without a
// realm on disk. It passes the same conformance suite as store/file.
package memory

import (
	"context"
	"slices"
	"sync"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

// Store is a store.Store in memory. Its zero value is a configuration that does
// not exist yet. It must not be copied after its first use.
type Store struct {
	mu       sync.Mutex      // protects the fields below
	records  []store.Record  // the generations that are kept, oldest first; their texts never change
	lost     *lostAnswer     // of the next commit; nil if its answer arrives
	watchers []chan struct{} // of capacity 1: one signal for all changes since the last one
}

var _ store.Store = (*Store)(nil)

// New returns a store whose configuration does not exist yet.
func New() *Store { return new(Store) }

// Load returns the newest text and its version.
func (s *Store) Load(ctx context.Context) (store.State, error) {
	if err := ctx.Err(); err != nil {
		return store.State{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	version := s.versionLocked()
	state := store.State{Version: version, Next: store.Successor(version.Generation)}
	if n := len(s.records); n > 0 {
		state.Text = s.records[n-1].Text
	}
	return state, nil
}

// CompareAndSwap appends the records if from is still the newest version.
func (s *Store) CompareAndSwap(ctx context.Context, from store.Version, next []store.Record) error {
	if err := store.CheckBatch(from, next); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	current := s.versionLocked()
	if from != current || next[0].Generation != store.Successor(current.Generation) {
		return store.SwapConflict(from, current.Generation)
	}
	lost := s.lost
	if s.lost = nil; lost != nil && !lost.applied {
		return lost.fault()
	}
	for _, r := range next {
		s.records = append(s.records, stored(r))
	}
	for _, w := range s.watchers {
		signal(w)
	}
	if lost != nil {
		return lost.fault()
	}
	return nil
}

// Record returns one generation's record.
func (s *Store) Record(ctx context.Context, generation uint64) (store.Record, error) {
	if err := ctx.Err(); err != nil {
		return store.Record{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i, ok := s.findLocked(generation)
	if !ok {
		return store.Record{}, fault.New(fault.NotFound, "there is no generation %d: list the history for the generations that exist", generation)
	}
	return s.records[i].Clone(), nil
}

// List returns at most limit records below before, newest first.
func (s *Store) List(ctx context.Context, before uint64, limit int) ([]store.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	end := len(s.records)
	if before != 0 {
		end, _ = s.findLocked(before)
	}
	var list []store.Record
	for i := end - 1; i >= 0 && len(list) < limit; i-- {
		list = append(list, s.records[i].Clone())
	}
	return list, nil
}

// ListHeads is List without the texts.
func (s *Store) ListHeads(ctx context.Context, before uint64, limit int) ([]store.Record, error) {
	list, err := s.List(ctx, before, limit)
	for i := range list {
		list[i].Text = nil
	}
	return list, err
}

// Watch calls changed immediately, and then after every commit.
func (s *Store) Watch(ctx context.Context, changed func()) error {
	w := make(chan struct{}, 1)
	signal(w)
	s.mu.Lock()
	s.watchers = append(s.watchers, w)
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.watchers = slices.DeleteFunc(s.watchers, func(c chan struct{}) bool { return c == w })
	}()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-w:
			if ctx.Err() == nil {
				changed()
			}
		}
	}
}

// Metadata returns nothing: a configuration in memory has no identity.
func (s *Store) Metadata() store.Metadata { return store.Metadata{} }

// Limits are those of a realm's files.
func (s *Store) Limits() store.Limits { return store.Limits{Records: 64, Bytes: 5 << 20} }

// Close does nothing: the configuration stays.
func (s *Store) Close() {}

func (s *Store) versionLocked() store.Version {
	if n := len(s.records); n > 0 {
		return s.records[n-1].Version
	}
	return store.Empty()
}

func (s *Store) findLocked(generation uint64) (int, bool) {
	return slices.BinarySearchFunc(s.records, generation, func(r store.Record, g uint64) int {
		switch {
		case r.Generation < g:
			return -1
		case r.Generation > g:
			return 1
		default:
			return 0
		}
	})
}

// signal signals a watcher, unless a signal is waiting already.
func signal(w chan struct{}) {
	select {
	case w <- struct{}{}:
	default:
	}
}

// stored returns a record as a file would keep it: with memory of its own, and
// its time in UTC, to the millisecond.
func stored(r store.Record) store.Record {
	r = r.Clone()
	r.Time = r.Time.UTC().Truncate(time.Millisecond)
	return r
}
