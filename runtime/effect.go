package runtime

import (
	"context"
	"errors"
	"slices"

	"realmconf/runtime/store"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// Effect is what a change of a realm's configuration changes in what the programs
// of a realm run with: the realm itself, or one that inherits from it.
type Effect struct {
	Realm   string
	Changes []tree.Change // as a client may see them
	Refusal error         // why the realm cannot be composed after the change; nil if it can
}

// NoEffect returns the values without effect after a change: those in the sections
// that it touches, and those that had an effect before. It returns nothing if the
// realm inherits from no other, and where that cannot be known.
func (r *Runtime) NoEffect(ctx context.Context, c *Comparison) []schema.Issue {
	if len(c.Changes) == 0 || !r.Composes(ctx) {
		return nil
	}
	touched, isTouched := touchedSections(c.Changes)
	after, err := r.effectiveOf(ctx, c.After, touched)
	if err != nil {
		return nil
	}
	all := after.OwnNoEffect()
	if len(all) == 0 {
		return nil
	}
	type effect struct{ path, message string }
	known := make(map[effect]bool)
	if before, err := r.effectiveOf(ctx, c.Before, touched); err == nil {
		for _, issue := range before.OwnNoEffect() {
			known[effect{issue.Path, issue.Message}] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(issue schema.Issue) bool {
		p, err := tree.ParsePointer(issue.Path)
		return known[effect{issue.Path, issue.Message}] && !(err == nil && len(p) > 0 && isTouched[p[0]])
	})
}

// touchedSections returns the sections that changes touch, in their order and as a
// set. A client may touch as many keys of the root as a text can have.
func touchedSections(changes []tree.Change) (sections []string, set map[string]bool) {
	set = make(map[string]bool)
	for _, c := range changes {
		if len(c.Path) > 0 && !set[c.Path[0]] {
			set[c.Path[0]] = true
			sections = append(sections, c.Path[0])
		}
	}
	return sections, set
}

// effectiveOf returns what programs would run with if a snapshot were the realm's
// configuration: all of it, or at least what depends on some sections.
func (r *Runtime) effectiveOf(ctx context.Context, s *Snapshot, sections []string) (*Effective, error) {
	_, family, err := r.family(ctx)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	last := r.composed
	r.mu.Unlock()
	if last != nil && last.head == s && last.isCurrent(ctx) {
		return last.effective, nil
	}
	c, err := r.compose(ctx, s, family, last, sections...)
	return c.effective, err
}

// Effects returns what a change of the realm's configuration changes in what
// programs run with: in this realm first, and then in each realm that inherits from
// it and runs with something else after the change.
func (r *Runtime) Effects(ctx context.Context, c *Comparison) ([]Effect, error) {
	realm, family, err := r.family(ctx)
	if err != nil {
		return nil, err
	}
	names, err := family.Names(ctx)
	if err != nil {
		return nil, err
	}
	others := newReader(family)
	effects := []Effect{r.effectOn(ctx, others, realm, realm, c)}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if name == realm {
			continue
		}
		if e := r.effectOn(ctx, others, name, realm, c); len(e.Changes) > 0 || e.Refusal != nil {
			effects = append(effects, e)
		}
	}
	return effects, nil
}

// effectOn returns the effect that a change of the realm changed has on a realm. A
// realm that could not be composed before has none.
func (r *Runtime) effectOn(ctx context.Context, others *reader, realm, changed string, c *Comparison) Effect {
	e := Effect{Realm: realm}
	compose := func(s *Snapshot) (*Effective, error) { return r.composeFor(ctx, others, realm, changed, s) }
	before, beforeErr := compose(c.Before)
	after, afterErr := compose(c.After)
	switch {
	case afterErr != nil && (beforeErr == nil || realm == changed):
		e.Refusal = afterErr
	case beforeErr == nil && afterErr == nil:
		changes := r.difference(before.Resolved(), after.Resolved())
		e.Changes = MaskChanges(changes, before.Shown(), after.Shown())
	}
	return e
}

// errUnrelated says that a realm does not inherit from another one.
var errUnrelated = errors.New("the realm does not inherit from the changed one")

// composeFor returns what the programs of a realm run with if s is the
// configuration of the realm changed.
func (r *Runtime) composeFor(ctx context.Context, others *reader, realm, changed string, s *Snapshot) (*Effective, error) {
	c := &composed{head: s}
	result, err := r.model.Compose(realm, func(id string) (tree.Object, bool, error) {
		if id == changed {
			return s.Stored(), false, nil
		}
		o, err := others.read(ctx, id)
		return o.tree, false, err
	})
	if err != nil {
		return nil, compositionFault(err)
	}
	if !slices.Contains(result.Chain, changed) {
		return nil, errUnrelated
	}
	c.effective = newEffective(r.model, c, result)
	return c.effective, nil
}

// reader reads each configuration of a family once.
type reader struct {
	family store.Family
	known  map[string]readResult
}

type readResult struct {
	observation
	err error
}

func newReader(family store.Family) *reader { return &reader{family, map[string]readResult{}} }

// read returns a configuration as it was when it was first read.
func (r *reader) read(ctx context.Context, id string) (observation, error) {
	known, isKnown := r.known[id]
	if !isKnown {
		relative, err := r.family.Relative(id)
		if err == nil {
			known.observation, err = observe(ctx, id, relative, nil)
		}
		known.err = err
		r.known[id] = known
	}
	return known.observation, known.err
}
