// Package mirror keeps two stores of one configuration in step: a realm's directory on
// this machine, for the programs that read files only, and the store that machines
// share.
//
// A mirror writes by compare-and-swap on either side, like every other program, and
// remembers a base: a text that both sides contain. Its records name the version of the
// other side (Record.Mirrors), so that after a crash the base is found in the two
// histories; only when the local one does not go back as far, a note beside it counts
// (savedbase.go). A move begins with both texts, L and R, and the
// base B:
//
//	L = R                  in step                               B = L
//	L = B                  pull:  local  L → R                   B = the new L
//	R = B                  push:  shared R → L                   B = L
//	both differ from B     M = B with the keys that either side has changed
//	                       M = R: pull
//	                       else   shared R → M                   B = L
//	                       and then, since L = B:  pull M
//	no B, one is empty     the other is copied
//	no B, both exist       hold, until a person adopts one of them
//	conflict, or unknown   begin again
//
// After a merge the base is L and not M: M holds all of L, and if L has changed again
// meanwhile, only that change is new. A key that both sides have changed keeps the value
// of shared; the local text stays in the local history, and the event says which keys.
//
// Without push, shared is never written. A change of L stays, and M replaces L:
//
//	R = B                  in step, and ahead
//	both differ from B     local L → M                           B = R
//
// Crashes between two steps of a merge:
//
//	shared R → M | crash | local L → M
//	             └ the record of M names L: B = L, so that the next move pulls M
package mirror

import (
	"context"
	"time"

	"realmconf/runtime/document"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// Model is the part of a configuration's model that a mirror uses: *schema.Model
// implements it.
type Model interface {
	// Key returns the member that identifies the entries of the list at p, or "".
	Key(p tree.Pointer) string
	// Declares reports whether the schema has a property of the name at p.
	Declares(p tree.Pointer) bool
	// Check finds every mistake in next. Mistakes that one of prev has too are warnings.
	Check(next tree.Object, prev ...tree.Object) schema.Report
}

// Options are the two sides of a mirror, and its direction.
type Options struct {
	Local  store.Store
	Shared store.Store
	Model  Model
	Push   bool        // local changes go to shared
	Adopt  Side        // whose text is taken if no base is known; empty for none
	Actor  store.Actor // of the records
	Report func(Event) // is called with each event
	Note   Note        // for the last base; may be nil
}

// Mirror keeps two stores in step. Its methods must not be called at the same time.
type Mirror struct {
	options Options

	base       *base         // nil until it is known
	saved      []byte        // the last text of the note
	seen       store.Version // the highest version of shared
	reported   Event         // the last event that was reported
	unreported bool          // the last state that was reported is not the current one
}

// New returns a mirror. It reads nothing yet.
func New(o Options) *Mirror { return &Mirror{options: o, unreported: true} }

const (
	pendingPause = 100 * time.Millisecond // until a file that is being written is read again
	firstPause   = 250 * time.Millisecond // after the first failure
	maxPause     = 30 * time.Second
	maxConflicts = 100 // in a row, in Once
)

// Run moves changes until ctx ends. A failure is reported and the move is tried again,
// with longer and longer pauses. Run returns the error of a local directory that is not
// there any more: the lock that keeps other mirrors out was in it.
func (m *Mirror) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	changed := make(chan struct{}, 1)
	watching := make(chan struct{})
	for _, s := range []store.Store{m.options.Local, m.options.Shared} {
		go func() {
			defer func() { watching <- struct{}{} }()
			watch(ctx, s, changed)
		}()
	}
	defer func() {
		cancel()
		<-watching
		<-watching
	}()
	pause := firstPause
	for ctx.Err() == nil {
		next, err := m.step(ctx)
		var wait <-chan time.Time
		switch {
		case ctx.Err() != nil:
			return nil
		case isGone(err) && newFailure(err).Side == Local:
			m.report(Event{Kind: Failed, Failure: newFailure(err)})
			return err
		case fault.Is(err, fault.GenerationConflict): // another writer was first, who made progress
			continue
		case err != nil:
			m.reportFailure(err, pause)
			select {
			case <-time.After(pause):
			case <-ctx.Done():
			}
			pause = min(2*pause, maxPause)
			continue
		case next == again:
			pause = firstPause
			continue
		case next == pending:
			wait = time.After(pendingPause)
		}
		pause = firstPause
		select {
		case <-changed:
		case <-wait:
		case <-ctx.Done():
		}
	}
	return nil
}

// watch signals each change of a store until ctx ends.
func watch(ctx context.Context, s store.Store, changed chan<- struct{}) {
	signal := func() {
		select {
		case changed <- struct{}{}:
		default: // one signal stands for all
		}
	}
	for pause := firstPause; ctx.Err() == nil; pause = min(2*pause, maxPause) {
		if s.Watch(ctx, signal) == nil {
			continue
		}
		signal()
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// Once moves what there is to move, and returns the state that it ends with: InStep or
// Hold. It does not try again after a failure.
func (m *Mirror) Once(ctx context.Context) (Event, error) {
	for conflicts := 0; ; {
		next, err := m.step(ctx)
		if fault.Is(err, fault.GenerationConflict) && conflicts < maxConflicts {
			conflicts++
			continue
		}
		if err != nil {
			return Event{}, err
		}
		switch next {
		case settled:
			return m.reported, nil
		case pending:
			select {
			case <-time.After(pendingPause):
			case <-ctx.Done():
				return Event{}, ctx.Err()
			}
		}
	}
}

// progress is what follows a step.
type progress int

const (
	again   progress = iota // something moved: look again
	settled                 // nothing moves until a side changes
	pending                 // a file is being written
)

// step makes at most one move.
func (m *Mirror) step(ctx context.Context) (progress, error) {
	local, err := m.load(ctx, m.options.Local, Local)
	if err != nil {
		return again, err
	}
	shared, err := m.load(ctx, m.options.Shared, Shared)
	if isGone(err) {
		m.settle(Event{Kind: Hold, Local: local.state.Version, Shared: m.seen, Hold: WentBack})
		return settled, nil
	}
	if err != nil {
		return again, err
	}
	if local.state.Pending || shared.state.Pending {
		return pending, nil
	}
	if err := m.refreshBase(ctx, local, shared); err != nil {
		return again, err
	}
	m.saveBase()
	move := decide(m.options, m.base, local, shared)
	switch move.kind {
	case InStep:
		m.settle(Event{Kind: InStep, Local: local.state.Version, Shared: shared.state.Version, Ahead: move.ahead})
		if !move.ahead && local.exists() && shared.exists() {
			m.base = newBase(local, shared)
			m.saveBase()
		}
		return settled, nil
	case Hold:
		m.settle(Event{Kind: Hold, Local: local.state.Version, Shared: shared.state.Version, Hold: move.hold})
		return settled, nil
	}
	err = m.carryOut(ctx, move, local, shared)
	if err != nil && !fault.Is(err, fault.GenerationConflict) {
		m.base = nil // the outcome may be unknown: the histories show it
	}
	return again, err
}

// settle reports a state if it is not the one that was reported last.
func (m *Mirror) settle(e Event) {
	if m.unreported || !m.reported.sameState(e) {
		m.report(e)
	}
	m.unreported = false
}

// report reports an event.
func (m *Mirror) report(e Event) {
	m.reported, m.unreported = e, true
	e.At = time.Now().UTC()
	m.options.Report(e)
}

// reportFailure reports a failure that is not the last one again.
func (m *Mirror) reportFailure(err error, pause time.Duration) {
	e := Event{Kind: Retry, Failure: newFailure(err), Pause: pause}
	if m.reported.Kind == Retry && m.reported.Failure.Message == e.Failure.Message {
		m.unreported = true
		return
	}
	m.report(e)
}

// load reads one side.
func (m *Mirror) load(ctx context.Context, s store.Store, side Side) (sideState, error) {
	state, err := s.Load(ctx)
	if err != nil {
		return sideState{}, onSide(side, err)
	}
	v := sideState{state: state}
	v.doc, v.problem = document.Parse(state.Text)
	return v, nil
}

// isGone reports whether a store is not the one that this process has seen, which a new
// try does not change.
func isGone(err error) bool {
	return fault.Is(err, fault.Storage) && fault.Of(err).Data["reason"] == fault.Gone
}

// sideState is what one side had at one moment.
type sideState struct {
	state   store.State
	doc     *document.Document // nil if the text is not TOML
	problem error              // why it is not
}

// exists reports whether the side has a configuration.
func (v sideState) exists() bool { return v.state.Version.Generation > 0 }

// isEmpty reports whether the side has no key.
func (v sideState) isEmpty() bool { return v.doc != nil && len(v.doc.Tree()) == 0 }
