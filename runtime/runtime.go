// Package runtime holds a configuration and changes it. It knows snapshots,
// generations and compare-and-swap; it knows no JSON-RPC, and names no field
// of the configuration.
package runtime

import (
	"context"
	"sync"

	"realmconf/runtime/document"
	"realmconf/runtime/store"
)

// MaxText is how long a configuration's text may be, in bytes.
const MaxText = document.MaxBytes

// Opener finds and opens the store. It is called by the first request that
// needs it, again after it failed, and never after it succeeded.
type Opener func(ctx context.Context) (store.Store, error)

// Runtime is one configuration, held and changed. Use New.
type Runtime struct {
	open  Opener
	model Model

	committer committer
	origins   origins

	mu    sync.Mutex  // protects the fields below
	store store.Store // nil until the first request
	last  *content    // what was loaded last, parsed
}

// New makes a runtime. It opens nothing yet.
func New(open Opener, model Model) *Runtime {
	r := &Runtime{open: open, model: model}
	r.committer.commit, r.committer.room = r.commit, maxBatch
	return r
}

// Close waits until every write that was begun has ended. No request may be
// made afterwards.
func (r *Runtime) Close() { r.committer.close() }

// Get is the current configuration. It takes no lock of the store's and
// writes nothing. A text that is not TOML is a corrupt_config fault.
func (r *Runtime) Get(ctx context.Context) (*Snapshot, error) {
	s, err := r.opened(ctx)
	if err != nil {
		return nil, err
	}
	c, err := r.load(ctx, s)
	if err != nil {
		return nil, err
	}
	if c.syntax != nil {
		return nil, corrupt(c.syntax, c.state.Version.Generation, r.lastGood(ctx, s, c.state.Version.Generation))
	}
	return c.snapshot, nil
}

func (r *Runtime) opened(ctx context.Context) (store.Store, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.store == nil {
		s, err := r.open(ctx)
		if err != nil {
			return nil, err
		}
		r.store = s
	}
	return r.store, nil
}

// load reads the store and parses what it holds, unless that is what was
// parsed last.
func (r *Runtime) load(ctx context.Context, s store.Store) (*content, error) {
	state, err := s.Load(ctx)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	last := r.last
	r.mu.Unlock()
	metadata := s.Metadata()
	if last != nil && last.is(state, metadata) {
		if !aliases(last.state.Text, state.Text) { // the next reader need not compare
			known := *last
			known.state = state
			r.keep(&known)
		}
		return last, nil
	}
	c, err := read(state, metadata, r.model)
	if err != nil {
		return nil, err
	}
	r.keep(c)
	return c, nil
}

// aliases reports whether two texts of one length are the same memory.
func aliases(a, b []byte) bool { return len(a) == 0 || &a[0] == &b[0] }

// keep remembers what was parsed, for the next reader.
func (r *Runtime) keep(c *content) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = c
}
