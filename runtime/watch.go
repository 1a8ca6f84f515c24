package runtime

import (
	"context"
	"slices"
	"time"

	"realmconf/runtime/store"
)

const (
	// The pauses before a look that showed nothing final is repeated: a file
	// that somebody is still writing, a store that cannot be read.
	firstPause = 100 * time.Millisecond
	lastPause  = 5 * time.Second

	// maxCommits is how many commits one event lists.
	maxCommits = 1000
)

// Event is a change of the configuration: one commit, or several that followed
// each other faster than they could be told.
type Event struct {
	Version    store.Version // what is current now, and can be read
	Previous   store.Version // what the event before told of
	Comparison               // between the two; empty if Opaque
	Opaque     bool          // one of the two texts is not TOML, so the changes are not known

	// Commits are the commits in between, oldest first, as far as the history
	// has them; Whole says that it has all.
	Commits []Commit
	Whole   bool
}

// Commit is one commit in an event: its record without the text, and the Origin
// of its write if it was made here.
type Commit struct {
	store.Record
	Origin any
}

// Own reports whether every commit of the event came from one origin.
func (e *Event) Own(origin any) bool {
	for _, c := range e.Commits {
		if c.Origin == nil || c.Origin != origin {
			return false
		}
	}
	return e.Whole
}

// Version is what is current now, whether its text is TOML or not.
func (r *Runtime) Version(ctx context.Context) (store.Version, error) {
	s, err := r.opened(ctx)
	if err != nil {
		return store.Version{}, err
	}
	c, err := r.load(ctx, s)
	if err != nil {
		return store.Version{}, err
	}
	return c.state.Version, nil
}

// Watch tells of every change after from, whoever makes it, until ctx ends;
// then it returns nil. Another error means that nothing more will be told. It
// calls changed from one goroutine and holds no lock meanwhile: what happens
// before changed returns is told in one event after it.
func (r *Runtime) Watch(ctx context.Context, from store.Version, changed func(*Event)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s, err := r.opened(ctx)
	if err != nil {
		return err
	}
	nudged := make(chan struct{}, 1) // one nudge stands for all since the last look
	ended := make(chan error, 1)
	go func() {
		ended <- s.Watch(ctx, func() {
			select {
			case nudged <- struct{}{}:
			default:
			}
		})
	}()

	last, pause := r.told(ctx, s, from), firstPause
	var again <-chan time.Time
	for {
		select {
		case err := <-ended:
			return err
		case <-nudged:
			pause = firstPause
		case <-again:
			pause = min(2*pause, lastPause)
		}
		again = nil
		current, err := r.load(ctx, s)
		if err != nil || current.state.Pending {
			again = time.After(pause)
		}
		if err != nil || current.state.Version == last.state.Version || ctx.Err() != nil {
			continue
		}
		changed(r.event(ctx, s, last, current))
		last = current
	}
}

// told is the content that a watch begins with. Where its text is not to be had
// any more it counts as one that is not TOML: what changed is not known then.
func (r *Runtime) told(ctx context.Context, s store.Store, from store.Version) *content {
	current, err := r.load(ctx, s)
	if err == nil && current.state.Version == from {
		return current
	}
	unknown := &content{state: store.State{Version: from}}
	record := store.Record{Version: store.Empty()}
	if from != store.Empty() {
		if record, err = s.Record(ctx, from.Generation); err != nil || record.Version != from {
			return unknown
		}
	}
	c, err := read(store.State{Text: record.Text, Version: from}, s.Metadata(), r.model)
	if err != nil {
		return unknown
	}
	return c
}

// event is what happened between two contents.
func (r *Runtime) event(ctx context.Context, s store.Store, from, to *content) *Event {
	e := &Event{Version: to.state.Version, Previous: from.state.Version}
	if e.Opaque = from.snapshot == nil || to.snapshot == nil; !e.Opaque {
		e.Comparison = *r.comparison(from.snapshot, to.snapshot)
	}
	e.Commits, e.Whole = r.commits(ctx, s, e.Previous, e.Version)
	return e
}

// commits lists what leads from one version to another, oldest first, and
// reports whether it leads all the way.
func (r *Runtime) commits(ctx context.Context, s store.Store, from, to store.Version) ([]Commit, bool) {
	const page = 16 // records come with their texts
	var commits []Commit
	wanted := to // the version that the next record must be of
	for wanted.Generation > from.Generation && len(commits) < maxCommits {
		records, err := s.List(ctx, wanted.Generation+1, page)
		if err != nil || len(records) == 0 || records[0].Version != wanted {
			break
		}
		for _, record := range records {
			if record.Version != wanted || wanted.Generation <= from.Generation {
				break
			}
			record.Text = nil
			commits = append(commits, Commit{record, r.origins.of(record.Version)})
			wanted = record.Parent
		}
	}
	slices.Reverse(commits)
	return commits, wanted == from
}
