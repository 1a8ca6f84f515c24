package policy

import (
	"context"
	"slices"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/schema"
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

// effectField is a field in what the agents of a realm run with.
type effectField struct {
	field
	realm   string
	source  tree.Pointer // the place in the written configuration that the value comes from, nil if none
	isGiven bool         // the write changes that place in the same way
}

// judgeEffects returns the effects of a change. It computes them only if the change
// touches a section in which a place has a risk class: sections do not depend on each
// other, apart from the one with the parents of realms, which has a class.
func (r *Review) judgeEffects(ctx context.Context, c *runtime.Comparison, entries *entryNames) (e effects, err error) {
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

// givenChange is a change of a place in the written configuration. Its zero value is
// the same as no other.
type givenChange struct {
	change tree.Change
	risk   schema.RiskSet
	exists bool
}

func (g givenChange) isSame(c tree.Change) bool {
	return g.exists && g.change.Op == c.Op && tree.Equal(g.change.Old, c.Old) && tree.Equal(g.change.New, c.New)
}

// givenChanges returns the changes of the fields in the written configuration, by
// their places, with the defaults filled in: in what agents run with they are, too.
func givenChanges(model Model, c *runtime.Comparison) map[string]givenChange {
	s := scanner{model: model, routes: routesOf(model, c)}
	resolved := tree.Difference(c.Before.Resolved(), c.After.Resolved(), model.Key, model.DefaultWithout)
	for _, change := range runtime.MaskChanges(resolved, c.Before.Shown(), c.After.Shown()) {
		s.add(change)
	}
	given := make(map[string]givenChange, len(s.fields))
	for _, f := range s.fields {
		given[f.change.Path.String()] = givenChange{f.change, f.risk, true}
	}
	return given
}

// effectFields returns the fields with a risk class in an effect. The defaults of an
// entry that comes or goes are left out.
func effectFields(model Model, e runtime.Effect) []effectField {
	var all []effectField
	routes := newSecretRoutes(func() (before, after []schema.SecretRoute) { return e.RoutesBefore, e.RoutesAfter })
	for i, change := range e.Changes {
		s := scanner{model: model, routes: routes}
		s.add(change)
		for _, f := range s.fields {
			if len(f.change.Path) > len(change.Whole) && isUnset(model, f.change) {
				continue
			}
			ef := effectField{field: f, realm: e.Realm}
			if at := e.Sources[i]; at != nil {
				ef.source = append(slices.Clip(at), f.change.Path[len(change.Path):]...)
			}
			all = append(all, ef)
		}
	}
	slices.SortStableFunc(all, func(a, b effectField) int { return tree.ComparePointers(a.change.Path, b.change.Path) })
	return all
}

// isUnset reports whether a member of an entry that comes or goes has its default, or
// no value.
func isUnset(model Model, c tree.Change) bool {
	v := c.New
	switch c.Op {
	case "remove":
		v = c.Old
	case "add":
	default:
		return false
	}
	d, hasDefault := model.Default(c.Path)
	return v == nil || hasDefault && tree.Equal(v, d)
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
func (a Allowance) coversEffect(model Model, f effectField, entries *entryNames) bool {
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

// effectGroup is the same effect on several realms.
type effectGroup struct {
	effectField
	realms []string
}

// groupEffects puts the fields with the same key together, in the order of the first
// ones.
func groupEffects(fields []effectField, key func(effectField) string) []effectGroup {
	var groups []effectGroup
	at := map[string]int{}
	for _, f := range fields {
		k := key(f)
		i, exists := at[k]
		if !exists {
			i = len(groups)
			at[k] = i
			groups = append(groups, effectGroup{effectField: f})
		}
		groups[i].realms = append(groups[i].realms, f.realm)
	}
	return groups
}
