package file

import (
	"cmp"
	"slices"

	"realmconf/runtime/store"
)

// maxBranches is how many branches are followed at once: each holds a text.
const maxBranches = 4

// ancestry returns the records from which a version descends, and those that they
// supersede, from the highest generation to the lowest. It has one branch for the
// ancestors, and one for each superseded version until that meets another branch.
type ancestry struct {
	history *history
	budget  *store.HistoryBudget
	catalog catalog

	branches []store.Record // the next record of each branch, by ascending generation
	below    uint64         // all records to come are below it
	ended    uint64         // the version at which the branch of the ancestors has no record, or 0
	file     []store.Record // the records of the file that was read last
}

// add begins a branch at a version, or continues one there. A version without a
// record ends it: it was pruned, is damaged, or is a peer's that was never read.
// Every number is added once, and is lower than those that next has returned:
// records that realmconf did not write may refer to each other in any way.
func (w *ancestry) add(v store.Version, superseded bool) error {
	i, added := slices.BinarySearchFunc(w.branches, v.Generation, func(r store.Record, g uint64) int {
		return cmp.Compare(r.Generation, g)
	})
	switch {
	case v.Generation == 0 || v.Generation >= w.below || superseded && len(w.branches) >= maxBranches:
		return nil
	case added:
		w.branches[i].Superseded = w.branches[i].Superseded && superseded
		return nil
	}
	r, file, err := w.history.next(w.budget, w.catalog, w.file, v.Generation)
	if err != nil {
		return err
	}
	w.file = file
	if r.Generation == 0 || v.Digest != r.Digest && v.Digest != (store.Digest{}) {
		if !superseded {
			w.ended = v.Generation
		}
		return nil
	}
	r.Superseded = superseded
	w.branches = slices.Insert(w.branches, i, r)
	return w.add(r.Supersedes, true)
}

// next returns the next record, or a record without a number at the end. Below the
// last ancestor that has a record it is unknown which records are superseded, so
// there is the end.
func (w *ancestry) next() (store.Record, error) {
	last := len(w.branches) - 1
	if last < 0 || w.branches[last].Generation <= w.ended {
		return store.Record{}, nil
	}
	r := w.branches[last]
	w.branches = w.branches[:last]
	w.below = r.Generation
	return r, w.add(r.Parent, r.Superseded)
}
