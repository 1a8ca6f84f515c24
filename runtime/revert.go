package runtime

import (
	"bytes"
	"context"
	"errors"

	"realmconf/runtime/document"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

// Revert undoes one generation and keeps what came after it, as a new generation.
// What the generation changed gets the value that it had before; a place at or
// below a pointer of except stays. A place that has been changed since is a
// *Conflict. The generation's own comments and layout go with it, and those that it
// removed come back, as far as the lines around them are still there.
//
// A generation that is not kept, or whose parent is not, is a not_found fault; one
// of which a text is not TOML a corrupt_config fault.
func (r *Runtime) Revert(ctx context.Context, generation uint64, except []tree.Pointer, w Write) (*Outcome, error) {
	w.operation, w.reverts = store.Revert, &generation
	var undone *undoneCommit // read once: a generation does not change
	w.change = func(current *Snapshot) (target, error) {
		if undone == nil {
			var err error
			if undone, err = r.commitOf(ctx, generation, except); err != nil {
				return target{}, err
			}
		}
		return r.undo(undone, current, except)
	}
	outcome, err := r.write(ctx, w)
	var clash *revertClash
	if errors.As(err, &clash) {
		return nil, r.explainClash(ctx, undone, clash)
	}
	return outcome, err
}

// undoneCommit is the generation that a revert undoes, and its parent.
type undoneCommit struct{ before, after *Snapshot }

// commitOf returns a generation with its parent. It refuses exceptions that have
// nothing to do with what the generation changed.
func (r *Runtime) commitOf(ctx context.Context, generation uint64, except []tree.Pointer) (*undoneCommit, error) {
	if generation == 0 {
		return nil, fault.New(fault.NotFound, "generation 0 is the configuration before the first change: there is nothing to undo")
	}
	revision, err := r.Revision(ctx, generation)
	if err != nil {
		return nil, err
	}
	after, err := revision.valid()
	if err != nil {
		return nil, err
	}
	before := r.empty()
	if parent := revision.Record.Parent; parent != store.Empty() {
		kept := r.revisionOf(ctx, parent)
		if kept == nil {
			return nil, fault.New(fault.NotFound,
				"generation %d, from which generation %d was made, is not kept: look at what is there now, and patch it", parent.Generation, generation).
				With("generation", parent.Generation)
		}
		if before, err = kept.valid(); err != nil {
			return nil, err
		}
	}
	c := &undoneCommit{before, after}
	if len(except) == 0 {
		return c, nil
	}
	changed := placesOf(r.difference(before.Stored(), after.Stored()))
	for _, p := range except {
		if !changed.Overlaps(beforeIndex(p)) {
			return nil, fault.New(fault.InvalidParams,
				"except %s: generation %d changed nothing there; its entry in the history has what it changed; nothing was written", p, generation).With("path", "/except")
		}
	}
	return c, nil
}

// beforeIndex returns a pointer up to its first list index: an index in the current
// configuration says nothing about an earlier one.
func beforeIndex(p tree.Pointer) tree.Pointer {
	for i, token := range p {
		if _, isIndex := tree.ArrayIndex(token); isIndex {
			return p[:i]
		}
	}
	return p
}

// undo returns the configuration without a change. An entry that the change renamed
// gets its old name, with what has been changed in it since.
func (r *Runtime) undo(undone *undoneCommit, current *Snapshot, except []tree.Pointer) (target, error) {
	before, after := undone.before, undone.after
	renamed := newRenameReversal(r.model, before.Stored(), after.Stored(), current.Stored(), except)
	left := make([]tree.Pointer, len(except))
	for i, p := range except {
		left[i] = renamed.before(p)
	}
	wanted, overlaps := tree.Undo(before.Stored(), renamed.apply(after.Stored()), renamed.apply(current.Stored()), r.model.Key, left)
	if len(overlaps) > 0 {
		for i, p := range overlaps {
			overlaps[i] = renamed.after(p)
		}
		return target{}, &revertClash{generation: after.Version.Generation, current: current, overlaps: overlaps}
	}
	t := target{tree: wanted, mistakesOf: before.Stored(), moves: renamed.moves(), earlier: before.document}
	if len(except) == 0 && bytes.Equal(current.Text(), after.Text()) {
		t.document = before.document
		return t, nil
	}
	text, clashes := document.Merge(after.Text(), current.Text(), before.Text(), func(mine, _ []string) []string { return mine })
	if clashes > 0 || len(text) > MaxText {
		return t, nil
	}
	// The lines decide only about comments and layout: the meaning must be wanted.
	if doc, err := document.ParseLike(text, current.document); err == nil && tree.Exactly(doc.Tree(), wanted) {
		t.document = doc
	}
	return t, nil
}

// revertClash is a revert of a generation of which others have changed places
// since.
type revertClash struct {
	generation uint64
	current    *Snapshot
	overlaps   []tree.Pointer
}

// Error returns the text of the fault.
func (c *revertClash) Error() string { return c.fault().Message }

// Unwrap returns the fault, which names the two generations only.
func (c *revertClash) Unwrap() error { return c.fault() }

func (c *revertClash) fault() *fault.Fault {
	return fault.New(fault.GenerationConflict,
		"generation %d cannot be undone whole: what it changed has been changed since; name the places in except to keep them", c.generation).
		With("reverting", c.generation).With("current", c.current.Version.Generation)
}

// explainClash adds what others changed since the generation, and who. If the store
// cannot be read, it returns the clash as it is.
func (r *Runtime) explainClash(ctx context.Context, undone *undoneCommit, clash *revertClash) error {
	ctx = store.WithHistoryBudget(ctx)
	s, err := r.openStore(ctx)
	if err != nil {
		return clash
	}
	from, to := undone.after, clash.current
	d := Divergence{
		Comparison: r.comparison(from, to), Expected: from.Version.Generation, Current: to.Version.Generation,
		Overlaps: clash.overlaps,
	}
	d.attribute(ctx, r.lineageWithTexts(ctx, s, d.Expected, to))
	return &Conflict{Divergence: d, Reverting: true, fault: clash.fault()}
}
