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
	"realmconf/runtime/store"
)

// Store keeps one realm's configuration in its directory.
type Store struct {
	options Options // fixed at creation, like all in this group
	fs      disk.FS
	clock   clock
	bootID  string // which run of the machine this is; empty when it does not tell
	history *history

	bootTime time.Time // when the machine was started; zero when it does not tell

	queue   chan struct{} // holds a value while a goroutine of this Store has the lock or waits for it
	retired store.Digest  // owned by who holds the lock: the text that the last commit of this Store displaced

	mu      sync.Mutex // protects the fields below
	cache   *cache     // nil until a read found what can be trusted
	unrest  unrest     // the last change of the config that was noticed
	peers   peers      // the last commit of a peer that was read, and has no record yet
	seen    uint64     // the highest generation that was current
	won     uint64     // the highest that a commit of this Store made; 0 for none
	rival   bool       // another program commits too, as far as we know
	max     uint64     // the highest number known to be bound
	maxFrom time.Time  // the history directory's stamp when max was taken from it
}

var _ store.Store = (*Store)(nil)

// Open is the store of a realm. It touches nothing on the disk: what is wrong
// there is told by the first call that needs it.
func Open(o Options) *Store {
	s := open(o, disk.OS{}, wallClock{}, disk.BootID())
	s.bootTime = disk.BootTime()
	return s
}

func open(o Options, sys disk.FS, c clock, boot string) *Store {
	s := &Store{options: o.filled(), fs: sys, clock: c, bootID: boot, queue: make(chan struct{}, 1)}
	s.history = &history{fs: sys, dir: s.path(historyName)}
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

// saw notes a generation that was current. One that we did not make is a rival's.
func (s *Store) saw(generation uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if generation > s.seen && s.seen != 0 && generation != s.won {
		s.rival = true
	}
	s.note(generation)
}

// made notes a generation that is current because this Store made it: by a commit
// that claimed it, or for what it found, a person's edit for example.
func (s *Store) made(generation uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.note(generation)
}

func (s *Store) note(generation uint64) {
	s.seen = max(s.seen, generation)
	s.max = max(s.max, generation)
}

// claims notes a generation that a commit of this Store is about to make, before
// anybody can see it.
func (s *Store) claims(generation uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.won = generation
}

// meets notes whether another program that commits was met, or waited for in
// vain.
func (s *Store) meets(rival bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rival = rival
}

// owesTurn reports whether the newest commit that was seen is one of ours, and
// another program may be waiting to make the next.
func (s *Store) owesTurn() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rival && s.won != 0 && s.won == s.seen
}

func (s *Store) lastSeen() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen
}

// bound is the highest number that is taken: by the state, by a record, or by
// what this process has seen. The history is listed only when its directory has
// changed. A stale stamp can make the number too low for once; the commit then
// conflicts, and corrects it.
func (s *Store) bound(current uint64) (uint64, error) {
	s.saw(current)
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
