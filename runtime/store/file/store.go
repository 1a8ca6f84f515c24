package file

import (
	"context"
	"errors"
	"io/fs"
	"math"
	"sync"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/internal/filelock"
	"realmconf/runtime/store"
)

// Store keeps one realm's configuration in its directory.
type Store struct {
	options Options // this group is fixed at creation
	fs      disk.FS
	clock   filelock.Clock
	history *history
	mutex   *filelock.Mutex

	retired store.Digest // accessed with the lock held: the text that the last commit of this Store replaced

	mu           sync.Mutex // protects the fields below
	cache        *cache     // nil until a read found files that it can trust
	unrest       unrest     // the last change of the config that was noticed
	peers        peers      // the last commit of a peer that was read and has no record yet
	newest       uint64     // the highest generation that was current
	ownNewest    uint64     // the highest generation that a commit of this Store made, or 0
	othersCommit bool       // another process commits too, as far as is known
	max          uint64     // the highest number known to be bound
	maxFrom      time.Time  // the time stamp of the history's directory when max was taken from it
}

var _ store.Store = (*Store)(nil)

// Open returns the store of a realm. It accesses no file: the first call that
// needs one returns the error.
func Open(o Options) *Store {
	s := open(o, disk.OS{}, filelock.WallClock{}, disk.BootID())
	s.mutex.BootTime = disk.BootTime()
	return s
}

func open(o Options, sys disk.FS, c filelock.Clock, bootID string) *Store {
	s := &Store{options: o.filled(), fs: sys, clock: c}
	s.history = &history{fs: sys, dir: s.path(historyName)}
	s.mutex = s.newMutex(bootID)
	return s
}

// Metadata is empty: whose realm this is, its opener knows; see store.Tagged.
func (s *Store) Metadata() store.Metadata { return store.Metadata{} }

// Record returns a committed generation's record.
func (s *Store) Record(ctx context.Context, generation uint64) (store.Record, error) {
	list, err := s.walk(ctx, generation, 1)
	if err != nil {
		return store.Record{}, err
	}
	if len(list) == 0 || list[0].Generation != generation {
		return store.Record{}, fault.New(fault.NotFound, "generation %d is not in the history: list the history for those that are", generation)
	}
	return list[0], nil
}

// List returns committed records, newest first.
func (s *Store) List(ctx context.Context, before uint64, limit int) ([]store.Record, error) {
	from := uint64(math.MaxUint64)
	if before != 0 {
		from = before - 1
	}
	return s.walk(ctx, from, limit)
}

// walk collects at most limit records at or below a generation. It follows the
// parents down from what is current: that is what committed means. It reads
// only the files that it passes.
func (s *Store) walk(ctx context.Context, from uint64, limit int) ([]store.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	seen := s.lastSeen()
	v, err := s.look()
	if err != nil {
		return nil, err
	}
	what, err := s.judge(v, seen)
	if err != nil {
		return nil, err
	}
	if what == clean && v.st.generation == 0 {
		return nil, nil // nothing has been committed yet
	}
	c, err := s.history.list()
	if err != nil {
		return nil, fault.FromOS("read "+historyName, err)
	}
	at, err := s.base(v, c)
	var list []store.Record
	if err == nil && what == unrecorded && v.st.generation <= from && limit > 0 {
		before, _, err := s.history.below(c, v.st.generation)
		if err != nil {
			return nil, fault.FromOS("read "+historyName, err)
		}
		list = append(list, s.unbound(peersOf(v), before.Version))
	}
	for err == nil && at.Generation > 0 && len(list) < limit {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var r store.Record
		r, _, err = s.history.find(c, at.Generation)
		if r.Generation == 0 || at.Digest != r.Digest && at.Digest != (store.Digest{}) {
			break // pruned, damaged, or a peer's that was never seen
		}
		if r.Generation <= from {
			list = append(list, r.Clone())
		}
		if r.Parent.Generation >= r.Generation {
			break // no file of ours says so
		}
		at = r.Parent
	}
	if err != nil {
		return nil, fault.FromOS("read "+historyName, err)
	}
	return list, nil
}

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
	s.max = max(s.max, generation)
}

// noteClaim notes the generation of a commit of this Store before any reader can
// see it.
func (s *Store) noteClaim(generation uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ownNewest = generation
}

func (s *Store) lastSeen() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.newest
}

// bound is the highest number that is taken: by the state, by a record, or by
// what this process has seen. The history is listed only when its directory has
// changed. A stale stamp can make the number too low for once; the commit then
// conflicts, and corrects it.
func (s *Store) bound(current uint64) (uint64, error) {
	s.noteNewest(current)
	info, err := s.fs.Stat(s.history.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	var stamp time.Time
	if err == nil {
		stamp = info.ModTime()
	}
	s.mu.Lock()
	known, fresh := s.max, stamp.Equal(s.maxFrom)
	s.mu.Unlock()
	if fresh {
		return known, nil
	}
	c, err := s.history.list()
	if err != nil {
		return 0, err
	}
	highest, err := s.history.max(c)
	if err != nil {
		return 0, err
	}
	return s.bind(highest, stamp), nil
}

// bind notes that a number is taken, as of the history directory's stamp.
func (s *Store) bind(highest uint64, stamp time.Time) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.max = max(s.max, highest)
	s.maxFrom = stamp
	return s.max
}
