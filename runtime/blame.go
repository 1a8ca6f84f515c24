package runtime

import (
	"context"
	"slices"

	"realmconf/schema/tree"
)

// maxBlamed is the highest number of commits among which blame looks for the
// makers of changes.
const maxBlamed = 64

// blame returns, for each change, the last commit whose own changes touch it; 0 for
// all of them if there are very many commits. An entry of a list is the same one
// wherever it is: a commit that changes another entry does not touch it.
func (r *Runtime) blame(ctx context.Context, d *Divergence) []uint64 {
	by := make([]uint64, len(d.Changes))
	if len(d.Commits) > maxBlamed {
		return by
	}
	entries := newEntryNames(r.model.Key)
	before := d.Before
	was := make([]tree.Pointer, len(d.Changes)) // in the configuration before; nil for an addition
	for i, c := range d.Changes {
		if c.Op != "add" {
			was[i] = entries.place(before.Stored(), oldPlace(c))
		}
	}
	var steps []step
	for _, c := range d.Commits {
		if ctx.Err() != nil {
			break
		}
		revision, err := r.Revision(ctx, c.Generation)
		if err != nil || revision.Snapshot == nil {
			continue
		}
		steps = append(steps, newStep(c.Generation, entries, r.difference(before.Stored(), revision.Snapshot.Stored()), before.Stored(), revision.Snapshot.Stored()))
		before = revision.Snapshot
	}
	for i, c := range d.Changes {
		var is tree.Pointer
		if c.Op != "remove" {
			is = entries.place(before.Stored(), c.Path)
		}
		by[i] = lastStep(steps, func(s step) bool { return s.touches(c.Op, was[i], is) })
		if by[i] == 0 { // equal entries in another order: which of them moved is a choice
			by[i] = lastStep(steps, func(s step) bool { return touches(s.around, c) })
		}
	}
	return by
}

// oldPlace returns the place of a change in the configuration before it, which an
// addition does not have.
func oldPlace(c tree.Change) tree.Pointer {
	if c.Op == "move" {
		return c.From
	}
	return c.Was
}

// step is the places that one commit changed, with the names of list entries in the
// place of their indexes.
type step struct {
	generation uint64
	values     *tree.PointerSet // of values that came, went or changed
	moved      map[string]bool  // of entries that moved
	around     *tree.PointerSet // by index, with the whole list of an entry that came, went or moved
}

// newStep returns the step from one configuration to the next, and takes the names of
// entries along.
func newStep(generation uint64, entries *entryNames, changes []tree.Change, before, after tree.Object) step {
	s := step{generation: generation, values: tree.NewPointerSet(), moved: make(map[string]bool), around: placesOf(changes)}
	for _, c := range changes {
		if c.Op == "remove" || c.Op == "replace" {
			s.values.Add(entries.place(before, c.Was))
		}
	}
	entries.follow(before, after)
	for _, c := range changes {
		switch c.Op {
		case "add", "replace":
			s.values.Add(entries.place(after, c.Path))
		case "move":
			s.moved[entries.place(after, c.Path).String()] = true
		}
	}
	return s
}

// touches reports whether the step is about the places of a change. A move of an
// entry says nothing about the values in it, nor they about the move.
func (s step) touches(op string, places ...tree.Pointer) bool {
	return slices.ContainsFunc(places, func(p tree.Pointer) bool {
		switch {
		case p == nil:
			return false
		case op == "move":
			return s.values.Covers(p) || s.moved[p.String()]
		}
		return s.values.Overlaps(p)
	})
}

// lastStep returns the generation of the last step that fits, 0 if none does.
func lastStep(steps []step, fits func(step) bool) uint64 {
	for _, s := range slices.Backward(steps) {
		if fits(s) {
			return s.generation
		}
	}
	return 0
}
