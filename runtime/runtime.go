// Package runtime holds a configuration and changes it. It knows snapshots,
// generations and compare-and-swap; it knows no JSON-RPC, and names no field
// of the configuration.
//
// Reads return a [Snapshot]. Writes are queued, gathered into batches, and
// committed to a [store.Store] by compare-and-swap; (*Runtime).write shows the way
// of one write.
package runtime

import (
	"context"
	"sync"

	"realmconf/runtime/document"
	"realmconf/runtime/internal/heap"
	"realmconf/runtime/store"
)

// MaxText is the length limit of a configuration's text, in bytes.
const MaxText = document.MaxBytes

// IsText reports whether bytes are the text of a configuration: TOML, and not
// longer than MaxText.
func IsText(text []byte) bool {
	_, err := document.Parse(text)
	return err == nil
}

// Opener finds and opens the store. It is called by the first request that
// needs the store, again after it failed, and never after it succeeded.
type Opener func(ctx context.Context) (store.Store, error)

// Runtime holds one configuration. It must be made by New, and may be used from
// many goroutines.
type Runtime struct {
	open  Opener
	model Model

	committer committer
	authors   authors

	opening, loading, composing, examining gate // of openStore, load, currentComposition and Examine
	hasReserved                            bool // the memory for a long text is reserved; loading protects it

	mu       sync.Mutex   // protects the fields below
	store    store.Store  // nil until the first request
	last     *parsedState // the state that was loaded or committed last
	arrival  any          // of a request after which last was loaded; nil after a write
	composed *composition // the composition that was made last

	// composedArrival is of a request after which everything that composed was made of
	// was looked at; nil after a write.
	composedArrival any
	forgets         uint64 // how often arrival and composedArrival were forgotten
}

// New returns a runtime. It does not open the store yet.
func New(open Opener, model Model) *Runtime {
	r := &Runtime{open: open, model: model, opening: newGate(), loading: newGate(), composing: newGate(), examining: newGate()}
	r.committer.commit, r.committer.limit = r.commit, unlimited
	return r
}

// Close blocks until all writes have ended, and closes the store. No request may
// follow.
func (r *Runtime) Close() {
	r.committer.close()
	if s := r.openedStore(); s != nil {
		s.Close()
	}
}

// Get returns the current configuration. If the text is not TOML, it returns a
// corrupt_config fault. It takes no lock of the store and writes nothing, with one
// exception: Get, like all that calls the store's Load, gives its generation to a
// change by another program, and to a commit that was interrupted.
func (r *Runtime) Get(ctx context.Context) (*Snapshot, error) {
	s, c, err := r.current(ctx)
	if err != nil {
		return nil, err
	}
	if err := r.refusal(ctx, s, c); err != nil {
		return nil, err
	}
	return c.snapshot, nil
}

// KnownSize returns the length of the text that was read or committed last, in bytes;
// false before the first one. It does not look at the store.
func (r *Runtime) KnownSize() (size int, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last == nil {
		return 0, false
	}
	return len(r.last.state.Text), true
}

// refusal returns the fault of a read while the text of a state is not TOML, nil if it
// is.
func (r *Runtime) refusal(ctx context.Context, s store.Store, c *parsedState) error {
	switch {
	case c.syntax != nil && c.state.Pending:
		return settlingFault(c)
	case c.syntax != nil:
		return corruptFault(c, r.lastGood(ctx, s, c.state.Version.Generation))
	}
	return nil
}

// Version returns the current version, also if its text is not TOML.
func (r *Runtime) Version(ctx context.Context) (store.Version, error) {
	_, c, err := r.current(ctx)
	if err != nil {
		return store.Version{}, err
	}
	return c.state.Version, nil
}

// current returns the store and its current state.
func (r *Runtime) current(ctx context.Context) (store.Store, *parsedState, error) {
	s, err := r.openStore(ctx)
	if err != nil {
		return nil, nil, err
	}
	c, err := r.load(ctx, s)
	return s, c, err
}

// openStore returns the store, and opens it if that was not done yet. That may take
// long, so it is not done with mu held; a caller waits for it as long as its context
// lives.
func (r *Runtime) openStore(ctx context.Context) (store.Store, error) {
	if s := r.openedStore(); s != nil {
		return s, nil
	}
	if err := r.opening.enter(ctx); err != nil {
		return nil, err
	}
	defer r.opening.leave()
	if s := r.openedStore(); s != nil {
		return s, nil
	}
	s, err := r.open(ctx)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.store = s
	return s, nil
}

// openedStore returns the store, nil if it is not open yet.
func (r *Runtime) openedStore() store.Store {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.store
}

// load loads the state of the store. It parses the text only if that is not
// the last one, and many readers of a new text parse it once.
func (r *Runtime) load(ctx context.Context, s store.Store) (*parsedState, error) {
	state, err := s.Load(ctx)
	if err != nil {
		return nil, err
	}
	metadata := s.Metadata()
	if last := r.lastLike(state, metadata); last != nil {
		return last, nil
	}
	if err := r.loading.enter(ctx); err != nil {
		return nil, err
	}
	defer r.loading.leave()
	if last := r.lastLike(state, metadata); last != nil {
		return last, nil
	}
	r.reserveMemory(len(state.Text))
	c, err := parseState(state, metadata, r.model, r.lastState())
	if err != nil {
		return nil, err
	}
	r.keep(c)
	return c, nil
}

const (
	longText     = 256 << 10 // the length from which to reserve memory pays
	memoryOfByte = 16        // the bytes that one byte of a text of many keys takes, parsed and shown
)

// reserveMemory reserves the memory for the first long text. Later ones get that of
// earlier ones. It must be called behind the gate of load.
func (r *Runtime) reserveMemory(length int) {
	if length >= longText && !r.hasReserved {
		r.hasReserved = true
		heap.Reserve(memoryOfByte * length)
	}
}

// lastState returns the state that was loaded or committed last, nil if there is none.
func (r *Runtime) lastState() *parsedState {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

// lastLike returns the state that was loaded or committed last if this one is
// like it, else nil.
func (r *Runtime) lastLike(state store.State, metadata store.Metadata) *parsedState {
	last := r.lastState()
	if last == nil || !last.matches(state, metadata) {
		return nil
	}
	if !sameMemory(last.state.Text, state.Text) {
		known := *last
		known.state = state // so that the next load compares two pointers, not two texts
		r.keep(&known)
	}
	return last
}

// sameMemory reports whether two texts of one length are the same memory.
func sameMemory(a, b []byte) bool { return len(a) == 0 || &a[0] == &b[0] }

// keep keeps a state for the next load.
func (r *Runtime) keep(c *parsedState) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last == nil || r.last.snapshot != c.snapshot {
		r.arrival = nil
	}
	r.last = c
}
