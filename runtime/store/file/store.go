package file

import (
	"sync"
	"time"

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

	// This group is accessed with the lock held.
	retired    knownText // the text that the last commit of this Store replaced
	listed     listing
	foreign    foreignFiles
	textSearch textSearch // of the last sweep
	swept      bool       // there are no leftovers, unless another program has left one since

	mu           sync.Mutex  // protects the fields below
	known        knownText   // the text that was read or committed last
	cache        *cache      // nil until a read found files that it can trust
	dirty        *dirtyCache // the same for Observe, which leaves a dirty view as it is
	lastChange   observation // the last change of the config that was noticed
	peerCommit   peerCommit  // the last commit of a peer that was read and has no record yet
	newest       uint64      // the highest generation that was current
	ownNewest    uint64      // the highest generation that a commit of this Store made, or 0
	othersCommit bool        // another process commits too, as far as is known
	bound        uint64      // the highest number known to be bound
	boundAsOf    time.Time   // the time stamp of the history's directory when bound was taken from it
	denied       bool        // the last read was answered without a part of the history
	exposed      bool        // the config that was read last is another user's and readable for everybody
}

var _ store.Store = (*Store)(nil)

// Open returns the store of a realm. It accesses no file: the first call that
// needs one returns the error.
func Open(o Options) *Store {
	s := open(o, disk.Within(o.withDefaults().Rules), filelock.WallClock{}, "")
	s.mutex.BootID = sync.OnceValue(disk.BootID)
	s.mutex.BootTime = disk.BootTime()
	return s
}

func open(o Options, sys disk.FS, c filelock.Clock, bootID string) *Store {
	s := &Store{options: o.withDefaults(), fs: sys, clock: c}
	s.history = &history{fs: sys, dir: s.path(historyName)}
	s.mutex = s.newMutex(bootID)
	return s
}

// Metadata is empty: the code that opens a realm adds it.
func (s *Store) Metadata() store.Metadata { return store.Metadata{} }

// Limits returns how much goes into one file of the history.
func (s *Store) Limits() store.Limits { return store.Limits{Records: 64, Bytes: 5 << 20} }

// Close gives up the turn of this process, if it has it. No other file stays open between
// two calls, and Watch closes its own.
func (s *Store) Close() { s.mutex.EndReservation() }
