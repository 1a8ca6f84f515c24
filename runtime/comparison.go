package runtime

import (
	"context"

	"realmconf/runtime/document"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

// Comparison is the difference between two configurations.
//
// Its snapshots and Changes hold the secrets. The exception is the preview of a
// write that has a Judge and whose configuration the client gave: there a token
// replaces each stored secret, and a secret that the client gives counts as a new
// one even if it equals the stored one.
type Comparison struct {
	Before, After *Snapshot
	Changes       []tree.Change // between Stored of the two

	hidesSecrets bool                 // a token replaces each stored secret, as described above
	shown        *lazy[[]tree.Change] // of ShownChanges; nil if it is not kept
}

// BaseUnknown reports that it is not known what a write replaces: the current text
// is not TOML. Before is the last configuration that is, or the empty one.
func (c *Comparison) BaseUnknown() bool { return c.Before.baseUnknown }

// ShownChanges returns Changes as a client may see them: with tokens in the place of
// secrets. The caller must not change them.
func (c *Comparison) ShownChanges() []tree.Change {
	if c.shown == nil {
		return c.maskedChanges()
	}
	return c.shown.get(c.maskedChanges)
}

func (c *Comparison) maskedChanges() []tree.Change {
	if tree.Same(c.Before.ShownStored(), c.Before.Stored()) && tree.Same(c.After.ShownStored(), c.After.Stored()) {
		return c.Changes // no secret is in them
	}
	return MaskChanges(c.Changes, c.Before.ShownStored(), c.After.ShownStored())
}

// GivenStored returns After.ShownStored with the secrets that the client itself gave.
func (c *Comparison) GivenStored() tree.Object {
	if c.hidesSecrets {
		return c.After.Stored()
	}
	return c.After.ShownStored()
}

// ShownTexts returns the texts of the two configurations without their stored secrets:
// After has those that the client itself gave. comment returns the text in the place of
// that of each comment, which may hold anything. The error is that of an edit.
func (c *Comparison) ShownTexts(comment func(string) string) (before, after []byte, err error) {
	if before, err = c.Before.ShownText(); err != nil {
		return nil, nil, err
	}
	if after, err = c.After.textWith(c.GivenStored()); err != nil {
		return nil, nil, err
	}
	return document.ReplaceComments(before, comment), document.ReplaceComments(after, comment), nil
}

// MaskChanges returns changes with the values that two other views have in their
// places.
func MaskChanges(changes []tree.Change, before, after tree.Object) []tree.Change {
	masked := make([]tree.Change, len(changes))
	for i, c := range changes {
		if c.Op == "remove" || c.Op == "replace" {
			c.Old, _, _ = c.Was.Get(before)
		}
		if c.Op == "add" || c.Op == "replace" {
			c.New, _, _ = c.Path.Get(after)
		}
		masked[i] = c
	}
	return masked
}

func (r *Runtime) comparison(before, after *Snapshot) *Comparison {
	return &Comparison{
		Before: before, After: after, Changes: r.difference(before.Stored(), after.Stored()),
		shown: new(lazy[[]tree.Change]),
	}
}

func (r *Runtime) difference(before, after tree.Object) []tree.Change {
	return tree.Difference(before, after, r.model.Key, r.model.DefaultWithout)
}

// clientChanges returns the changes of a write as its client knows them: a
// secret that the client gives counts as a new one even if it equals the stored
// one, so that a conflict does not show whether a guess was right.
func (r *Runtime) clientChanges(before *Snapshot, wanted target) []tree.Change {
	if wanted.fromClient == nil {
		return r.difference(before.Stored(), wanted.tree)
	}
	return r.difference(before.ShownStored(), wanted.fromClient())
}

// Compare compares two generations of the history, or one with the current
// configuration if to is nil. A generation that is not kept is a not_found
// fault, one whose text is not TOML a corrupt_config fault.
func (r *Runtime) Compare(ctx context.Context, from uint64, to *uint64) (*Comparison, error) {
	ctx = store.WithHistoryBudget(ctx)
	if _, _, err := r.current(ctx); err != nil { // the earlier texts resemble it
		return nil, err
	}
	before, err := r.valid(ctx, from)
	if err != nil {
		return nil, err
	}
	var after *Snapshot
	if to == nil {
		after, err = r.Get(ctx)
	} else {
		after, err = r.valid(ctx, *to)
	}
	if err != nil {
		return nil, err
	}
	return r.comparison(before, after), nil
}

// valid returns the configuration of a generation whose text must be TOML.
func (r *Runtime) valid(ctx context.Context, generation uint64) (*Snapshot, error) {
	return lineage{runtime: r}.valid(ctx, generation)
}
