package runtime

import (
	"context"
	"time"

	"realmconf/runtime/store"
)

const (
	// A look at the store is repeated after a pause if it showed nothing final:
	// a file that another program is still writing, a store that cannot be read.
	firstPause = 100 * time.Millisecond
	lastPause  = 5 * time.Second

	// A pending text under the number of the text before it, and a store that cannot be
	// read, are reported only if the pause has become longer than this: by then a text that
	// can get a number has its own, and a file that is being replaced is there again.
	lastingPause = time.Second

	maxCommits = 1000 // in one event
)

// Event is a change of the configuration: one commit, or several that followed
// each other faster than the watcher handled them. Or it says that the configuration
// cannot be read any more, or can be again; the two versions are the same if no change
// is known.
type Event struct {
	Version    store.Version // the current version
	Previous   store.Version // the version of the event before
	Comparison               // between the two; empty if Opaque
	Opaque     bool          // one of the two texts is not TOML or cannot be read, so the changes are not known
	Refusal    error         // why the configuration cannot be read now; nil if it can
	Resumed    bool          // the store could not be read at the event before, and can now
	Unordered  bool          // generations may be in no order: of a file, before its first write

	Commits  []Commit // between the two, oldest first, as far as the history has them
	Complete bool     // Commits are all of them
}

// Commit is one commit in an event: its record without the text, and the
// ClientID of its write if this process made it.
type Commit struct {
	store.Record
	ClientID any
}

// Own reports whether every commit of the event came from one client.
func (e *Event) Own(clientID any) bool {
	for _, c := range e.Commits {
		if c.ClientID == nil || c.ClientID != clientID {
			return false
		}
	}
	return e.Complete && len(e.Commits) > 0
}

// Watch calls changed after every change since the version from, by any program,
// until ctx ends; then it returns nil. It also calls changed when the configuration
// cannot be read for more than a moment, and when it can be again. An error means that
// there will be no more events. Watch calls changed from one goroutine and without holding a
// lock. All changes that happen before changed returns become one event.
func (r *Runtime) Watch(ctx context.Context, from store.Version, changed func(*Event)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s, err := r.openStore(ctx)
	if err != nil {
		return err
	}
	signals := make(chan struct{}, 1) // a signal means: at least one change since the last look
	ended := make(chan error, 1)
	go func() {
		ended <- s.Watch(ctx, func() {
			select {
			case signals <- struct{}{}:
			default:
			}
		})
	}()

	last, pause := r.startState(ctx, s, from), firstPause
	var unreadable error // why the store could not be read at the last event, nil if it could
	var again <-chan time.Time
	for {
		select {
		case err := <-ended:
			return err
		case <-signals:
			pause = firstPause
		case <-again:
			pause = min(2*pause, lastPause)
		}
		again = nil
		current, err := r.load(ctx, s)
		if err != nil || current.state.Pending {
			again = time.After(pause)
		}
		isLasting := pause > lastingPause
		switch {
		case ctx.Err() != nil:
			continue
		case err != nil:
			if isLasting && (unreadable == nil || err.Error() != unreadable.Error()) {
				unreadable = err
				changed(&Event{Version: last.state.Version, Previous: last.state.Version, Opaque: true, Refusal: err})
			}
			continue
		case current.state.Version == last.state.Version && unreadable == nil, isAwaitingNumber(last, current) && !isLasting:
			continue
		}
		e := r.event(store.WithHistoryBudget(ctx), s, last, current)
		e.Resumed = unreadable != nil
		changed(e)
		last, unreadable = current, nil
	}
}

// isAwaitingNumber reports whether a state has another text than the one before, and may
// yet get a number for it.
func isAwaitingNumber(last, current *parsedState) bool {
	was, is := last.state.Version, current.state.Version
	return current.state.Pending && is.Generation == was.Generation && is != was
}

// startState returns the state that a watch starts from. If its text is not
// available any more, it counts as one that is not TOML, and the first event is
// Opaque.
func (r *Runtime) startState(ctx context.Context, s store.Store, from store.Version) *parsedState {
	current, err := r.load(ctx, s)
	if err == nil && current.state.Version == from {
		return current
	}
	unknown := &parsedState{state: store.State{Version: from}}
	record := store.Record{Version: store.Empty()}
	if from != store.Empty() {
		if record, err = s.Record(ctx, from.Generation); err != nil || record.Version != from {
			return unknown
		}
	}
	c, err := parseState(store.State{Text: record.Text, Version: from}, s.Metadata(), r.model, r.lastState())
	if err != nil {
		return unknown
	}
	return c
}

// event returns the event for the change between two states.
func (r *Runtime) event(ctx context.Context, s store.Store, from, to *parsedState) *Event {
	e := &Event{Version: to.state.Version, Previous: from.state.Version, Unordered: s.Metadata().File != ""}
	if e.Opaque = from.snapshot == nil || to.snapshot == nil; !e.Opaque {
		e.Comparison = *r.comparison(from.snapshot, to.snapshot)
	}
	e.Refusal = r.refusal(ctx, s, to)
	l := r.lineageOf(ctx, s, s.ListHeads, e.Previous.Generation+1, e.Version)
	e.Commits, e.Complete = l.commits(e.Previous.Generation), l.end == e.Previous
	return e
}
