package runtime

import (
	"context"
	"slices"

	"realmconf/runtime/fault"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// Effect is what a change of a realm's configuration changes in what the programs
// of a realm run with: the realm itself, or one that inherits from it.
type Effect struct {
	Realm   string        // empty for all realms that were too many to be looked at
	Changes []tree.Change // as a client may see them
	Exact   []tree.Change // the same ones, with the secrets

	// The places that decide on the way of a secret in what its programs run with,
	// before and after the change.
	RoutesBefore, RoutesAfter []schema.SecretRoute

	// Sources has for each of Changes its place in the changed realm's own
	// configuration, nil if the value comes from elsewhere.
	Sources []tree.Pointer

	Refusal    error // why the realm cannot be composed after the change; nil if it can
	WasRefused bool  // it could not be composed before the change either: there are no Changes
}

// Effects returns what a change of the realm's configuration changes in what
// programs run with: in this realm first, and then in each realm that inherits from
// it, before or after the change, and runs with something else. A realm that cannot
// be composed is in the result if it inherits from this one or if that cannot be
// known. Each effect is computed from configurations that were current at one
// moment.
func (r *Runtime) Effects(ctx context.Context, c *Comparison) ([]Effect, error) {
	realm, family, err := r.family(ctx)
	if err != nil {
		return nil, err
	}
	names, more, err := family.Names(ctx)
	if err != nil {
		return nil, err
	}
	return r.effects(ctx, newImpact(r.model, family, realm, c), names, more)
}

// RelatedEffects is Effects for a caller to whom the realms that cannot be listed do
// not matter. It looks at no file if there is no other realm, and returns nothing if
// this realm inherits from no other.
func (r *Runtime) RelatedEffects(ctx context.Context, c *Comparison) ([]Effect, error) {
	if !r.Composes(ctx) {
		return nil, nil
	}
	realm, family, err := r.family(ctx)
	if err != nil {
		return nil, err
	}
	names, more, err := family.Names(ctx)
	if err == nil && !slices.ContainsFunc(names, func(name string) bool { return name != realm }) {
		return nil, ctx.Err()
	}
	return r.effects(ctx, newImpact(r.model, family, realm, c), names, more)
}

// effects returns the effects of a change on the realm itself and on the named ones. If
// there are more, the last effect is that on the others, which is not known.
func (r *Runtime) effects(ctx context.Context, i *impact, names []string, more bool) ([]Effect, error) {
	own, _, err := i.effectOn(ctx, i.changed)
	if err != nil {
		return nil, err
	}
	effects := []Effect{own}
	for _, name := range names {
		if name == i.changed {
			continue
		}
		e, isAffected, err := i.effectOn(ctx, name)
		if err != nil {
			return nil, err
		}
		if isAffected {
			effects = append(effects, e)
		}
	}
	if more && len(i.sections) > 0 {
		effects = append(effects, Effect{WasRefused: true, Refusal: fault.New(fault.TooLarge,
			"there are more realms in the state root than are looked at (%d were)", len(names))})
	}
	return effects, nil
}

// NoEffect returns the values without effect after a change: those in the sections
// that it touches, and those that had an effect before. It returns nothing if the
// realm inherits from no other. The error says why the realm cannot be composed after
// the change.
func (r *Runtime) NoEffect(ctx context.Context, c *Comparison) ([]schema.Issue, error) {
	if len(c.Changes) == 0 || !r.Composes(ctx) {
		return nil, nil
	}
	touched, isTouched := touchedSections(c.Changes)
	after, err := r.effectiveOf(ctx, c.After, touched)
	if err != nil {
		return nil, err
	}
	all := after.OwnNoEffect()
	if len(all) == 0 {
		return nil, nil
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
	}), nil
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
	last := r.lastComposition()
	if last.isOf(ctx, s) {
		return last.effective, last.err
	}
	c, err := r.compose(ctx, s, family, last, sections...)
	return c.effective, err
}
