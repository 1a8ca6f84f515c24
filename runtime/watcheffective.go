package runtime

import (
	"context"
	"slices"
	"time"

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
}

// MemberChange is a change of one configuration of a chain. A generation of 0 is that
// of a configuration that does not exist, or that is not in the chain.
type MemberChange struct {
	Realm                string
	Previous, Generation uint64
}

// WatchEffective calls changed whenever the programs of the realm run with something
// else than before, from a composition on, until ctx ends; then it returns nil.
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
	last, refusal := from, ""
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
			if err.Error() != refusal {
				changed(&EffectiveEvent{Refusal: err, Previous: last, Opaque: true})
				refusal = err.Error()
			}
		default:
			isRepeated, again = false, nil
			if e := r.effectiveEvent(last, c.effective); len(e.Changes) > 0 || refusal != "" {
				e.Opaque = refusal != ""
				changed(e)
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
	e := &EffectiveEvent{Effective: to, Previous: from}
	if from == to {
		return e
	}
	e.Changes = MaskChanges(r.difference(from.Resolved(), to.Resolved()), from.Shown(), to.Shown())
	member := func(chain []Member, realm string) (m Member) {
		if i := slices.IndexFunc(chain, func(m Member) bool { return m.Realm == realm }); i >= 0 {
			m = chain[i]
		}
		return m
	}
	for _, now := range to.Chain {
		if before := member(from.Chain, now.Realm); before.version != now.version || before.Realm == "" {
			e.Realms = append(e.Realms, MemberChange{now.Realm, before.Generation, now.Generation})
		}
	}
	for _, before := range from.Chain {
		if member(to.Chain, before.Realm).Realm == "" {
			e.Realms = append(e.Realms, MemberChange{before.Realm, before.Generation, 0})
		}
	}
	return e
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
