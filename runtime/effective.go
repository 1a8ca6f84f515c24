package runtime

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"

	"realmconf/runtime/document"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// Effective is the configuration that the programs of a realm run with: its own
// and the inherited ones, composed. Its views are those of a snapshot; it has the
// version of the realm's own configuration.
type Effective struct {
	*Snapshot
	Chain []Member  // the realm first, the one that inherits from no other last
	Own   *Snapshot // the realm's own configuration

	composition *schema.Composition
	origins     lazy[[]schema.Origin]
	ownNoEffect lazy[[]schema.Issue]
}

// Member is a configuration of a chain.
type Member struct {
	Realm      string
	Generation uint64
	Paths      *store.ResolvedPaths

	state store.State // as it was read
}

// composition is a composition with everything that it was made of.
type composition struct {
	effective *Effective
	err       error // why there is none
	head      *Snapshot
	read      []observation // the other configurations
}

// observation is a configuration of the family as it was read.
type observation struct {
	realm    string
	relative store.Relative
	state    store.State
	tree     tree.Object
	readable bool // it was composed: Meerkat can read it
}

// maxCompositions is how often a composition is made anew because a configuration
// changed meanwhile.
const maxCompositions = 10

// Effective returns what the programs of the realm run with. Like Get it takes no
// lock, and reads again only what has changed. All configurations in the result were
// current at one moment.
func (r *Runtime) Effective(ctx context.Context) (*Effective, error) {
	c, err := r.currentComposition(ctx)
	if err != nil {
		return nil, err
	}
	return c.effective, nil
}

// currentComposition returns a composition of what is current. With an error it
// has the configurations that were read, or is nil.
func (r *Runtime) currentComposition(ctx context.Context) (*composition, error) {
	head, _, err := r.head(ctx)
	if err != nil {
		return nil, err
	}
	if last := r.lastComposition(); last.isOf(ctx, head) {
		return last, last.err
	}
	if err := r.composing.enter(ctx); err != nil {
		return nil, err
	}
	defer r.composing.leave()
	return r.composeCurrent(ctx)
}

// lastComposition returns the composition that was made last, nil if there is none.
func (r *Runtime) lastComposition() *composition {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.composed
}

// composeCurrent composes what is current, unless another reader did so meanwhile. It
// begins again if a configuration changes while it composes. One call at a time may
// do so.
func (r *Runtime) composeCurrent(ctx context.Context) (*composition, error) {
	for range maxCompositions {
		head, family, err := r.head(ctx)
		if err != nil {
			return nil, err
		}
		last := r.lastComposition()
		if last.isOf(ctx, head) {
			return last, last.err
		}
		c, err := r.compose(ctx, head, family, last)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if now, _, err := r.head(ctx); err != nil || now != head || !c.isCurrent(ctx) {
			continue
		}
		if c.err = err; err == nil || isRefusal(err) {
			r.mu.Lock()
			r.composed = c
			r.mu.Unlock()
		}
		return c, err
	}
	return nil, fault.New(fault.Busy, "the realms that this one inherits from are being changed over and over: wait until that is done, and try again")
}

// Composes reports whether the realm may inherit from others, so that Effective can
// be called. It opens the store, if that was not done yet.
func (r *Runtime) Composes(ctx context.Context) bool {
	s, err := r.openStore(ctx)
	_, inherits := s.(store.Family)
	return err == nil && inherits && r.model.Composes()
}

// head returns the realm's own configuration, and the others that it may inherit
// from.
func (r *Runtime) head(ctx context.Context) (*Snapshot, store.Family, error) {
	_, family, err := r.family(ctx)
	if err != nil {
		return nil, nil, err
	}
	head, err := r.Get(ctx)
	return head, family, err
}

// family returns the realm's id and the store as a family.
func (r *Runtime) family(ctx context.Context) (realm string, family store.Family, err error) {
	s, err := r.openStore(ctx)
	if err != nil {
		return "", nil, err
	}
	family, inherits := s.(store.Family)
	if !inherits || !r.model.Composes() {
		return "", nil, fault.New(fault.InvalidParams, "this configuration inherits from no other: leave view effective out, and read the view resolved")
	}
	return *family.Metadata().RealmID, family, nil
}

// compose reads the configurations that the realm inherits from, and composes
// them: all, or at least what depends on some sections. The result has all that were
// read, with an error, too.
func (r *Runtime) compose(ctx context.Context, head *Snapshot, family store.Family, last *composition, sections ...string) (*composition, error) {
	c := &composition{head: head}
	realm := *head.Metadata.RealmID
	result, err := r.model.Compose(realm, func(id string) (schema.Document, error) {
		if id == realm {
			return head.composable(), nil
		}
		relative, err := family.Relative(id)
		if err != nil {
			return schema.Document{}, err
		}
		o, err := observe(ctx, id, head.Metadata.FileName(), relative, last)
		c.read = append(c.read, o)
		return schema.Document{Tree: o.tree, IsChecked: o.readable}, err
	}, sections...)
	if err != nil {
		return c, compositionFault("this realm", err)
	}
	for i := range c.read {
		c.read[i].readable = true // or Compose would have refused it
	}
	c.effective = newEffective(r.model, c, result)
	return c, nil
}

// observe reads and parses a configuration, unless it is as it was the last time. A fault
// calls its file fileName.
func observe(ctx context.Context, realm, fileName string, relative store.Relative, last *composition) (observation, error) {
	o := observation{realm: realm, relative: relative}
	var err error
	if o.state, err = relative.Observe(ctx); err != nil {
		return o, err
	}
	if last != nil {
		for _, known := range last.read {
			if known.realm == realm && known.tree != nil && sameState(known.state, o.state) {
				return known, nil
			}
		}
	}
	doc, err := document.Parse(o.state.Text)
	var syntax *document.SyntaxError
	if errors.As(err, &syntax) {
		return o, relativeSyntaxFault(realm, fileName, syntax)
	}
	if err != nil {
		return o, err
	}
	o.tree = doc.Tree()
	return o, nil
}

// isRefusal reports whether an error of a composition says what is in the
// configurations: it stays as long as they do.
func isRefusal(err error) bool {
	return fault.Is(err, fault.InvalidConfig) || fault.Is(err, fault.CorruptConfig)
}

// isOf reports whether c is the composition of a head, and nothing that it was made
// of has changed since. Get returns the same snapshot until the configuration
// changes. c may be nil.
func (c *composition) isOf(ctx context.Context, head *Snapshot) bool {
	return c != nil && c.head == head && c.isCurrent(ctx)
}

// isCurrent reports whether the other configurations are as they were read. Each
// costs what an unchanged read costs.
func (c *composition) isCurrent(ctx context.Context) bool {
	return !slices.ContainsFunc(c.read, func(o observation) bool { return o.hasChanged(ctx) })
}

// hasChanged reports whether the configuration is not as it was read.
func (o observation) hasChanged(ctx context.Context) bool {
	now, err := o.relative.Observe(ctx)
	if o.tree == nil { // it could not be read
		return err == nil && !sameState(now, o.state)
	}
	return err != nil || !sameState(now, o.state)
}

// sameState reports whether two reads found the same text and number.
func sameState(a, b store.State) bool {
	return a.Version == b.Version && a.Pending == b.Pending && len(a.Text) == len(b.Text) &&
		(sameMemory(a.Text, b.Text) || bytes.Equal(a.Text, b.Text))
}

// newEffective returns what a composition says.
func newEffective(model Model, c *composition, result *schema.Composition) *Effective {
	head := c.head
	e := &Effective{Own: head, composition: result}
	e.Snapshot = newSnapshot(model, head.Version, head.Metadata, source{
		document: head.document, stored: result.Stored, token: e.token(*head.Metadata.RealmID, head.source.token),
	})
	e.Pending, e.Notices = head.Pending, head.Notices
	for _, realm := range result.Chain {
		m := Member{Realm: realm}
		if realm == *head.Metadata.RealmID {
			m.state, m.Paths = headState(head), head.Metadata.Paths
		}
		for _, o := range c.read {
			if o.realm == realm {
				m.state, m.Paths = o.state, o.relative.Metadata().Paths
			}
		}
		m.Generation = m.state.Version.Generation
		e.Chain = append(e.Chain, m)
	}
	return e
}

// headState returns the state that a realm's own configuration was read in.
func headState(head *Snapshot) store.State {
	return store.State{Version: head.Version, Pending: head.Pending, Text: head.Text()}
}

// inheritedToken returns the text that replaces a secret of another realm. It is no
// token, and a client that sends it back is refused.
func inheritedToken(realm string) string { return schema.TokenPrefix + "of-realm-" + realm }

// RealmOfSecret returns the realm whose secret a text stands for, if it is not a
// secret of the realm itself.
func RealmOfSecret(text string) (realm string, isInherited bool) {
	return strings.CutPrefix(text, inheritedToken(""))
}

// token returns the texts that replace secrets. A secret of the realm itself has
// the token that own gives it; that refers to the place in the realm's own
// configuration.
func (e *Effective) token(realm string, own tokenFunc) tokenFunc {
	return func(p tree.Pointer, secret any) string {
		o, ok := e.OriginOf(p)
		switch {
		case !ok || o.Realm == "":
			return notStored
		case o.Realm != realm:
			return inheritedToken(o.Realm)
		}
		return own(append(slices.Clip(o.Source), p[len(o.Path):]...), secret)
	}
}

// Origins returns for each value of Resolved where it comes from, sorted by path.
// An origin of an object or a list is that of everything in it.
func (e *Effective) Origins() []schema.Origin { return e.origins.get(e.composition.Origins) }

// OriginOf returns the origin of the value at p, if one origin is that of all of
// it.
func (e *Effective) OriginOf(p tree.Pointer) (schema.Origin, bool) {
	for i := len(p); i >= 0; i-- {
		at, found := slices.BinarySearchFunc(e.Origins(), p[:i], func(o schema.Origin, p tree.Pointer) int {
			return tree.ComparePointers(o.Path, p)
		})
		if found {
			return e.Origins()[at], true
		}
	}
	return schema.Origin{}, false
}

// Warnings are the mistakes in the composition, and the values that have no effect
// in it. A value of the realm's own file has its line.
func (e *Effective) Warnings() []schema.Issue {
	return e.warnings.get(func() []schema.Issue {
		return append(listFound(e.model.Check(e.Stored(), e.Stored()).Warnings), e.noEffect(false)...)
	})
}

// OwnNoEffect returns the values in the realm's own configuration that have no
// effect, and the inherited ones that it takes the effect from. A place in the
// realm's own configuration is given as it is there.
func (e *Effective) OwnNoEffect() []schema.Issue {
	return e.ownNoEffect.get(func() []schema.Issue {
		return e.noEffect(true)
	})
}

// noEffect returns the values without effect as warnings: all of them, with their
// places in the composition, or those of OwnNoEffect.
func (e *Effective) noEffect(own bool) []schema.Issue {
	realm := *e.Metadata.RealmID
	var issues []schema.Issue
	for _, i := range e.composition.Ineffective {
		if own && i.Realm != realm && i.Cause != realm {
			continue
		}
		issue := schema.Issue{Kind: schema.NoEffect, Path: i.Path.String(), Message: i.Message, Hint: i.Hint, Realm: i.Cause}
		if i.Realm == realm {
			issue.Line, issue.Column, _ = e.Own.document.Position(i.Source)
			if own {
				issue.Path = i.Source.String()
			}
		}
		issues = append(issues, issue)
	}
	return issues
}
