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
// wherever it is: a commit that changes another entry does not touch it. So the entries
// are followed from the oldest commit on; where no change is in a list, the search
// begins at the newest commit, and reads no more than it needs.
func (l lineage) blame(ctx context.Context, d *Divergence) []uint64 {
	by := make([]uint64, len(d.Changes))
	switch {
	case len(d.Commits) > maxBlamed:
	case slices.ContainsFunc(d.Changes, d.isInList):
		l.blameEntries(ctx, d, by)
	default:
		l.blameMembers(ctx, d, by)
	}
	return by
}

// isInList reports whether a change is of a list's entry or of a place in one.
func (d *Divergence) isInList(c tree.Change) bool {
	isIn := func(p tree.Pointer, config tree.Object) bool { return len(listAround(p, config)) < len(p) }
	return c.Op == "move" || c.Op != "add" && isIn(oldPlace(c), d.Before.Stored()) || c.Op != "remove" && isIn(c.Path, d.After.Stored())
}

// blameMembers is blame for changes of which none is in a list. A commit whose text
// cannot be read or is not TOML counts as part of the next one.
func (l lineage) blameMembers(ctx context.Context, d *Divergence, by []uint64) {
	var steps []step
	missing := len(by)
	after := d.After
	for i := len(d.Commits) - 1; i >= 0 && missing > 0 && ctx.Err() == nil; i-- {
		before := d.Before
		if i > 0 {
			revision, err := l.revision(ctx, d.Commits[i-1].Generation)
			if err != nil || revision.Snapshot == nil {
				continue
			}
			before = revision.Snapshot
		}
		s := l.step(newEntryNames(l.runtime.model.Key), before, after)
		for i, c := range d.Changes {
			if by[i] == 0 && s.touches(c.Op, c.Path) {
				by[i] = s.generation
				missing--
			}
		}
		steps, after = append(steps, s), before
	}
	slices.Reverse(steps)
	blameAround(steps, d.Changes, by)
}

// blameEntries is blame for changes of which some are in lists.
func (l lineage) blameEntries(ctx context.Context, d *Divergence, by []uint64) {
	entries := newEntryNames(l.runtime.model.Key)
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
		revision, err := l.revision(ctx, c.Generation)
		if err != nil || revision.Snapshot == nil {
			continue
		}
		steps = append(steps, l.step(entries, before, revision.Snapshot))
		before = revision.Snapshot
	}
	for i, c := range d.Changes {
		var is tree.Pointer
		if c.Op != "remove" {
			is = entries.place(before.Stored(), c.Path)
		}
		by[i] = lastStep(steps, func(s step) bool { return s.touches(c.Op, was[i], is) })
	}
	blameAround(steps, d.Changes, by)
}

// blameAround completes by with the last steps that touch the list around a change: of
// equal entries in another order, which of them moved is a choice.
func blameAround(steps []step, changes []tree.Change, by []uint64) {
	for i, c := range changes {
		if by[i] == 0 {
			by[i] = lastStep(steps, func(s step) bool { return touches(s.around, c) })
		}
	}
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

// step returns the step from one configuration to the next, and takes the names of
// entries along.
func (l lineage) step(entries *entryNames, from, to *Snapshot) step {
	before, after := from.Stored(), to.Stored()
	changes := l.runtime.difference(before, after)
	s := step{generation: to.Version.Generation, values: tree.NewPointerSet(), moved: make(map[string]bool), around: placesOf(changes)}
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
