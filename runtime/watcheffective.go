package runtime

import (
	"context"
	"slices"
	"time"

	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

// EffectiveEvent is a change of what the programs of a realm run with, by a change
// of the realm itself or of one that it inherits from.
type EffectiveEvent struct {
	Effective *Effective     // nil if the realm cannot be composed any more
	Refusal   error          // why
	Previous  *Effective     // the last one
	Changes   []tree.Change  // between the two, as a client may see them
	Opaque    bool           // the realm could not be composed before, or cannot now: Changes are not all
	Realms    []MemberChange // the configurations that changed

	// Generation is that of the realm's own configuration now. An event without
	// Changes, that is not Opaque, says only that this generation has no effect.
	Generation uint64
}

// MemberChange is a change of one configuration of a chain. A generation of 0 is that
// of a configuration that does not exist, or that is not in the chain. The two are the
// same if the change has no generation yet.
type MemberChange struct {
	Realm                string
	Previous, Generation uint64
}

// WatchEffective calls changed whenever the programs of the realm run with something
// else than before, from a composition on, and for each further generation of the
// realm's own configuration, until ctx ends; then it returns nil.
// Another error means that there will be no more events. It calls changed from one
// goroutine and without holding a lock.
func (r *Runtime) WatchEffective(ctx context.Context, from *Effective, changed func(*EffectiveEvent)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	_, family, err := r.family(ctx)
	if err != nil {
		return err
	}
	w := familyWatcher{signals: make(chan struct{}, 1), ended: make(chan error, 1), stop: map[string]context.CancelFunc{}}
	w.watch(ctx, "", family.Watch)
	last, refusal, known := from, "", from.Version.Generation
	var again <-chan time.Time
	for isRepeated := false; ; {
		c, err := r.currentComposition(ctx)
		if c != nil {
			w.watchAll(ctx, c.read)
		}
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil && !isRepeated: // perhaps a file that is still being written
			isRepeated, again = true, time.After(firstPause)
		case err != nil:
			again = time.After(lastPause)
			if e := refusalEvent(last, c, err); err.Error() != refusal || e.Generation > known {
				e.Opaque = err.Error() != refusal
				changed(e)
				refusal, known = err.Error(), max(known, e.Generation)
			}
		default:
			isRepeated, again = false, nil
			if e := r.effectiveEvent(last, c.effective); len(e.Changes) > 0 || refusal != "" || e.Generation > known {
				e.Opaque = refusal != ""
				changed(e)
				known = max(known, e.Generation)
			}
			last, refusal = c.effective, ""
		}
		select {
		case <-ctx.Done():
			return nil
		case err := <-w.ended:
			return err
		case <-w.signals:
		case <-again:
		}
	}
}

// effectiveEvent returns the difference between two compositions.
func (r *Runtime) effectiveEvent(from, to *Effective) *EffectiveEvent {
	e := &EffectiveEvent{Effective: to, Previous: from, Generation: to.Version.Generation}
	if from == to {
		return e
	}
	e.Changes = MaskChanges(r.difference(from.Resolved(), to.Resolved()), from.Shown(), to.Shown())
	for _, now := range to.Chain {
		if before, was := memberOf(from.Chain, now.Realm); !was || !sameState(before.state, now.state) {
			e.Realms = append(e.Realms, MemberChange{now.Realm, before.Generation, now.Generation})
		}
	}
	for _, before := range from.Chain {
		if _, is := memberOf(to.Chain, before.Realm); !is {
			e.Realms = append(e.Realms, MemberChange{before.Realm, before.Generation, 0})
		}
	}
	return e
}

// refusalEvent returns the event of a realm that cannot be composed. c has what was
// read until that was known; it may be nil.
func refusalEvent(last *Effective, c *composition, err error) *EffectiveEvent {
	e := &EffectiveEvent{Refusal: err, Previous: last}
	if c == nil {
		return e
	}
	e.Generation = c.head.Version.Generation
	compare := func(realm string, now store.State, isBroken bool) {
		before, was := memberOf(last.Chain, realm)
		if was && !sameState(before.state, now) || !was && isBroken {
			e.Realms = append(e.Realms, MemberChange{realm, before.Generation, now.Version.Generation})
		}
	}
	compare(*c.head.Metadata.RealmID, headState(c.head), false)
	for _, o := range c.read {
		compare(o.realm, o.state, o.tree == nil)
	}
	return e
}

// IsOlder reports whether a composition was made of older configurations than another
// one: at least one is of a lower generation there, and no one of a higher.
func (e *Effective) IsOlder(other *Effective) bool {
	older := false
	for _, m := range e.Chain {
		o, is := memberOf(other.Chain, m.Realm)
		if is && m.Generation > o.Generation {
			return false
		}
		older = older || is && m.Generation < o.Generation
	}
	return older
}

// memberOf returns the member of a chain for a realm, and whether there is one.
func memberOf(chain []Member, realm string) (Member, bool) {
	i := slices.IndexFunc(chain, func(m Member) bool { return m.Realm == realm })
	if i < 0 {
		return Member{}, false
	}
	return chain[i], true
}

// familyWatcher watches several configurations. A signal means that at least one
// may have changed.
type familyWatcher struct {
	signals chan struct{}
	ended   chan error // the first error of a watch
	stop    map[string]context.CancelFunc
}

// watchAll watches these configurations, and the realm's own, and no others.
func (w *familyWatcher) watchAll(ctx context.Context, read []observation) {
	wanted := map[string]bool{"": true}
	for _, o := range read {
		wanted[o.realm] = true
		if w.stop[o.realm] == nil {
			w.watch(ctx, o.realm, o.relative.Watch)
		}
	}
	for realm, stop := range w.stop {
		if !wanted[realm] {
			stop()
			delete(w.stop, realm)
		}
	}
}

// watch begins the watch of one configuration.
func (w *familyWatcher) watch(ctx context.Context, realm string, watch func(context.Context, func()) error) {
	ctx, w.stop[realm] = context.WithCancel(ctx)
	go func() {
		err := watch(ctx, func() {
			select {
			case w.signals <- struct{}{}:
			default:
			}
		})
		if ctx.Err() == nil {
			select {
			case w.ended <- err:
			default:
			}
		}
	}()
}
