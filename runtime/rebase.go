package runtime

import (
	"context"
	"sync"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// rebase lets a write that expects an earlier generation take effect on the current
// one, if other writers have changed only what it does not touch. It returns the
// write for the current configuration, and what the others changed. Its error is
// the conflict of any other stale write.
func (r *Runtime) rebase(ctx context.Context, p preparation, w Write, tip *parsedState) (Write, *Divergence, error) {
	current := tip.state.Version
	conflict := conflictFault(*w.Expected, current.Generation)
	if tip.snapshot == nil || *w.Expected > current.Generation {
		return w, nil, conflict
	}
	expected, err := r.valid(ctx, *w.Expected)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.CorruptConfig) {
		return w, nil, conflict
	}
	if err != nil {
		return w, nil, err
	}
	d := &Divergence{
		Comparison: r.comparison(expected, tip.snapshot),
		Expected:   *w.Expected, Current: current.Generation,
	}
	then, err := w.change(expected)
	if err != nil {
		return w, nil, conflict
	}
	if len(r.overlaps(w, d)) > 0 {
		return w, nil, conflict
	}
	if w.replacesWhole {
		w.change = r.rebasedChange(expected, then)
	}
	d.attribute(ctx, r.lineageWithTexts(ctx, p.store, d.Expected, tip.snapshot))
	return w, d, nil
}

// listAround returns the place of the outermost list that a place is in: the index of
// an entry may mean another entry once anything in the list has changed.
func listAround(place tree.Pointer, config tree.Object) tree.Pointer {
	for i := range place {
		value, _, ok := place[:i].Get(config)
		if _, isList := value.([]any); ok && isList {
			return place[:i]
		}
	}
	return place
}

// rebasedChange returns the change of a write that replaces the whole configuration:
// its difference from the one that it expected, applied to the current one. A key that
// another writer added stays, also where the write removes all that it knew of a
// section.
func (r *Runtime) rebasedChange(expected *Snapshot, then target) changeFunc {
	return func(current *Snapshot) (target, error) {
		next, overlaps := tree.Undo(then.tree, expected.Stored(), current.Stored(), r.model.Key, nil)
		if len(overlaps) > 0 {
			return target{}, conflictFault(expected.Version.Generation, current.Version.Generation)
		}
		t := target{tree: next}
		if then.fromClient != nil {
			t.fromClient = sync.OnceValue(func() tree.Object {
				given, _ := tree.Undo(then.fromClient(), expected.ShownStored(), current.ShownStored(), r.model.Key, nil)
				return given
			})
		}
		return t, nil
	}
}
