package runtime

import (
	"context"
	"errors"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// Limits of one computation of effects. A state root may have many realms, and
// anybody who may write there can make them large.
const (
	maxImpactBytes   = 8 << 20 // of the texts of other realms that are parsed
	maxImpactChanges = 10_000  // in what other realms run with
	maxImpactKept    = 1 << 20 // of texts whose trees are kept for the realms after them
)

// impact computes the effects of one change on realms, one realm after the other.
type impact struct {
	model    Model
	family   store.Family
	changed  string // the realm whose configuration changes
	change   *Comparison
	sections []string // that the change touches

	read    map[string]relativeRead
	kept    int // bytes of the texts in read
	parsed  int // bytes of all texts that were parsed
	changes int // in all effects on other realms
}

// relativeRead is the result of reading another configuration.
type relativeRead struct {
	observation
	err error
}

func newImpact(model Model, family store.Family, realm string, c *Comparison) *impact {
	sections, _ := touchedSections(c.Changes)
	return &impact{
		model: model, family: family, changed: realm, change: c, sections: sections,
		read: map[string]relativeRead{},
	}
}

// effectOn returns the effect on a realm, and whether it is affected. It computes the
// effect again if a configuration that the effect depends on changes meanwhile. The
// error is that of ctx.
func (i *impact) effectOn(ctx context.Context, realm string) (e Effect, isAffected bool, err error) {
	if i.parsed > maxImpactBytes || i.changes > maxImpactChanges {
		return Effect{Realm: realm, WasRefused: true, Refusal: fault.New(fault.TooLarge, "realm %q was not looked at: there are too many realms in its state root, or their configurations are too long", realm)}, true, nil
	}
	if len(i.sections) == 0 {
		return Effect{Realm: realm}, false, ctx.Err()
	}
	for range maxCompositions {
		before := i.compose(ctx, realm, i.change.Before)
		after := i.compose(ctx, realm, i.change.After)
		if err := ctx.Err(); err != nil {
			return e, false, err
		}
		e, isAffected = i.effect(realm, before, after)
		if !before.looked && !after.looked || i.isCurrent(ctx, before, after) {
			break
		}
	}
	if realm != i.changed {
		i.changes += len(e.Changes)
	}
	return e, isAffected, ctx.Err()
}

// effect returns the difference between the compositions of a realm before and after
// the change.
func (i *impact) effect(realm string, before, after compositionResult) (e Effect, isAffected bool) {
	e = Effect{Realm: realm, Refusal: after.err, WasRefused: before.err != nil}
	inherits := before.looked || after.looked || before.isUnreadable || after.isUnreadable
	if before.err != nil || after.err != nil {
		return e, inherits
	}
	exact := tree.Difference(before.effective.Resolved(), after.effective.Resolved(), i.model.Key, i.model.DefaultWithout)
	if len(exact) > 0 {
		e.RoutesBefore, e.RoutesAfter = i.model.SecretRoutes(before.effective.Resolved()), i.model.SecretRoutes(after.effective.Resolved())
	}
	e.Exact, e.Changes = exact, MaskChanges(exact, before.effective.Shown(), after.effective.Shown())
	for _, c := range exact {
		e.Sources = append(e.Sources, i.sourceOf(c, before.effective, after.effective))
	}
	return e, inherits && len(exact) > 0
}

// sourceOf returns the place in the changed configuration that a value of a
// composition comes from, or nil.
func (i *impact) sourceOf(c tree.Change, before, after *Effective) tree.Pointer {
	place, of := c.Path, after
	if c.Op == "remove" {
		place, of = c.Was, before
	}
	o, found := of.OriginOf(place)
	if !found || o.Realm != i.changed {
		return nil
	}
	return append(o.Source[:len(o.Source):len(o.Source)], place[len(o.Path):]...)
}

// compose composes a realm, where s is the configuration of the changed one.
func (i *impact) compose(ctx context.Context, realm string, s *Snapshot) compositionResult {
	p := compositionResult{}
	result, err := i.model.Compose(realm, func(id string) (schema.Document, error) {
		if id == i.changed {
			p.looked = true
			return s.composable(), nil
		}
		r := i.readRelative(ctx, id)
		p.read, p.readErr = append(p.read, r), r.err
		return schema.Document{Tree: r.tree, IsChecked: r.readable}, r.err
	}, i.sections...)
	if err != nil {
		p.err = compositionFault(i.subject(realm), err)
		var refused *schema.CompositionError
		p.isUnreadable = p.readErr != nil || errors.As(err, &refused) && refused.Unreadable
		return p
	}
	for _, r := range p.read {
		r.readable = true // or Compose would have refused it
		if _, isKept := i.read[r.realm]; isKept {
			i.read[r.realm] = r
		}
	}
	p.effective = newEffective(i.model, &composition{head: s}, result)
	return p
}

// subject names a realm in the fault of a realm that cannot be composed.
func (i *impact) subject(realm string) string {
	if realm == i.changed {
		return "this realm"
	}
	return "realm '" + realm + "'"
}

// readRelative reads a configuration once for all realms, as long as the texts of
// those that were read are short.
func (i *impact) readRelative(ctx context.Context, id string) relativeRead {
	if known, isKept := i.read[id]; isKept {
		return known
	}
	r := relativeRead{observation: observation{realm: id}}
	relative, err := i.family.Relative(id)
	if err == nil {
		r.observation, err = observe(ctx, id, i.family.Metadata().FileName(), relative, nil)
	}
	r.err = err
	size := len(r.state.Text)
	i.parsed += size
	if i.kept += size; i.kept > maxImpactKept {
		clear(i.read)
		i.kept = size
	}
	i.read[id] = r
	return r
}

// isCurrent reports whether the configurations that two compositions were made of
// are as they were read. Those that are not are read again the next time.
func (i *impact) isCurrent(ctx context.Context, results ...compositionResult) bool {
	isCurrent, looked := true, map[string]store.State{}
	for _, p := range results {
		for _, r := range p.read {
			if state, isKnown := looked[r.realm]; r.relative == nil || isKnown && sameState(state, r.state) {
				continue
			}
			looked[r.realm] = r.state
			if r.hasChanged(ctx) {
				delete(i.read, r.realm)
				isCurrent = false
			}
		}
	}
	return isCurrent
}

// compositionResult is the composition of a realm before or after the change.
type compositionResult struct {
	effective    *Effective // nil with an error
	err          error
	looked       bool           // the changed configuration was read for it
	read         []relativeRead // the other configurations that were
	readErr      error          // that of the last one
	isUnreadable bool           // one could not be read: those that the realm inherits from are not known
}
