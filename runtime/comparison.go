package runtime

import (
	"context"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// Comparison is what is different between two configurations.
type Comparison struct {
	Before, After *Snapshot
	Changes       []tree.Change // in stored terms, secrets included
}

// BaseUnknown reports that nothing tells what the write removes: the current
// text is not TOML, and the history has no earlier text that is. Before is the
// empty configuration then.
func (c *Comparison) BaseUnknown() bool { return c.Before.baseUnknown }

func (r *Runtime) comparison(before, after *Snapshot) *Comparison {
	return &Comparison{Before: before, After: after, Changes: r.difference(before.Stored(), after.Stored())}
}

func (r *Runtime) difference(before, after tree.Object) []tree.Change {
	return tree.Difference(before, after, r.model.Key, r.model.Default)
}

// asked is what a write changes, as its client knows it: what a client gives in
// the place of a secret is another secret, whether or not it is the same. So
// nobody can tell by it that a guess was right.
func (r *Runtime) asked(before *Snapshot, wanted target) []tree.Change {
	if wanted.given == nil {
		return r.difference(before.Stored(), wanted.tree)
	}
	return r.difference(before.ShownStored(), wanted.given())
}

// Shown is Changes as they may leave for a client: a token stands for each
// secret.
func (c *Comparison) Shown() []tree.Change {
	return Masked(c.Changes, c.Before.ShownStored(), c.After.ShownStored())
}

// Masked are changes between two configurations with the values that two shown
// views of these have in their places.
func Masked(changes []tree.Change, before, after tree.Object) []tree.Change {
	shown := make([]tree.Change, len(changes))
	for i, c := range changes {
		if c.Op == "remove" || c.Op == "replace" {
			c.Old, _, _ = c.Was.Get(before)
		}
		if c.Op == "add" || c.Op == "replace" {
			c.New, _, _ = c.Path.Get(after)
		}
		shown[i] = c
	}
	return shown
}

// Compare compares two generations of the history, or one with what is current
// if to is nil; it says which two they were. A generation that is not kept is a
// not_found fault; one whose text is not TOML cannot be compared and is a
// corrupt_config fault.
func (r *Runtime) Compare(ctx context.Context, from uint64, to *uint64) (*Comparison, error) {
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

// valid is the configuration of a generation that must be TOML.
func (r *Runtime) valid(ctx context.Context, generation uint64) (*Snapshot, error) {
	if generation == 0 {
		return r.empty(), nil
	}
	revision, err := r.Revision(ctx, generation)
	if err != nil {
		return nil, err
	}
	if revision.Snapshot == nil {
		return nil, fault.New(fault.CorruptConfig,
			"config.toml was not TOML at generation %d: line %d, column %d: %s; take another one from the history",
			generation, revision.Syntax.Line, revision.Syntax.Column, revision.Syntax.Reason).
			With("line", revision.Syntax.Line).With("column", revision.Syntax.Column).With("generation", generation)
	}
	return revision.Snapshot, nil
}
