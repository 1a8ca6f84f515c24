package policy

import (
	"context"
	"slices"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// effects are what a write changes in what agents run with, beside the fields that it
// changes itself: a value that a parent has comes through, a section of a parent is
// replaced as a whole, and a realm that inherits from this one runs with the new
// values.
type effects struct {
	held, covered []effectField
	unknown       []runtime.Effect // on realms that cannot be composed, before or after the write
	exact         []any            // the changes with a risk class, with the secrets, of each realm with a held field
}

// judgeEffects returns the effects of a change. It computes them only if the change
// touches a section in which a place has a risk class: sections do not depend on each
// other, apart from the one with the parents of realms, which has a class.
func (r *Review) judgeEffects(ctx context.Context, c *runtime.Comparison, entries *entryIdentities) (e effects, err error) {
	hasClass := func(c tree.Change) bool { return len(c.Path) == 0 || r.model.Risk(c.Path[:1]) != 0 }
	if r.call.Effects == nil || !slices.ContainsFunc(c.Changes, hasClass) {
		return e, nil
	}
	all, err := r.call.Effects(ctx, c)
	if err != nil || len(all) == 0 {
		return e, err
	}
	given := givenChanges(r.model, c)
	for _, on := range all {
		if on.Refusal != nil || on.WasRefused {
			e.unknown = append(e.unknown, on)
		}
		isOwn := c.Before.Metadata.RealmID != nil && *c.Before.Metadata.RealmID == on.Realm
		hadHeld := len(e.held)
		for _, f := range effectFields(r.model, on) {
			place := f.change.Path
			if f.source != nil {
				place = f.source
			}
			f.isGiven = given[place.String()].isSame(f.change)
			switch {
			case isOwn && f.isGiven && given[place.String()].risk.Contains(f.risk): // the change itself has it
			case r.policy.Allow.coversEffect(r.model, f, entries):
				e.covered = append(e.covered, f)
			default:
				e.held = append(e.held, f)
			}
		}
		if len(e.held) > hadHeld {
			e.exact = append(e.exact, exactChanges(r.model, on))
		}
	}
	return e, nil
}

// exactChanges returns the changes with a risk class of an effect, with the secrets.
func exactChanges(model Model, e runtime.Effect) any {
	changes := []tree.Change{}
	for _, c := range e.Exact {
		if model.Risk(c.Path) != 0 {
			changes = append(changes, c)
		}
	}
	return tree.Object{"realm": e.Realm, "changes": changes}
}

// coversEffect is covers for an effect. Who allows a place allows it in every realm,
// and also the effect of the place elsewhere: an entry has other indexes there.
func (a Allowance) coversEffect(model Model, f effectField, entries *entryIdentities) bool {
	if a.covers(model, f.field, nil) {
		return true
	}
	if f.source == nil || f.change.Op == "move" {
		return false
	}
	at := f.field
	at.change.Path = f.source
	return a.covers(model, at, entries)
}

// subject returns everything in the effects that a person is asked about.
func (e effects) subject() []any {
	subject := slices.Clone(e.exact)
	for _, u := range e.unknown {
		refused := ""
		if u.Refusal != nil {
			refused = fault.Of(u.Refusal).Message
		}
		subject = append(subject, tree.Object{"realm": u.Realm, "refused": refused, "was_refused": u.WasRefused})
	}
	return subject
}

// describe returns the held fields in the form that replies and errors have: with the
// realms whose agents they are for.
func (e effects) describe() []any {
	all := []any{}
	for _, g := range groupEffects(e.held, func(f effectField) string {
		return string(tree.Append(nil, f.change.Tree())) + f.risk.String()
	}) {
		o := describe([]field{g.field})[0].(tree.Object)
		realms := make([]any, len(g.realms))
		for i, realm := range g.realms {
			realms[i] = realm
		}
		o["realms"] = realms
		all = append(all, o)
	}
	return all
}

// fields returns the held fields without their realms, and without those that an
// allowance of the place in the written configuration covers.
func (e effects) fields() []field {
	var all []field
	for _, f := range e.held {
		if !f.isGiven || f.source == nil {
			all = append(all, f.field)
		}
	}
	return all
}

// addPaths adds the places of effects to those of the fields that a write changes.
func (effects) addPaths(paths []string, fields []effectField) []string {
	known := make(map[string]bool, len(paths))
	for _, p := range paths {
		known[p] = true
	}
	for _, f := range fields {
		if p := f.change.Path.String(); !known[p] {
			known[p] = true
			paths = append(paths, p)
		}
	}
	return paths
}
