package file

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"realmconf/runtime/store"
)

// maxBranches is how many branches are followed at once: each holds a text.
const maxBranches = 4

// ancestry returns the records from which a version descends, and those that they
// supersede, from the highest generation to the lowest. It has one branch for the
// ancestors, and one for each superseded version until that meets another branch.
//
// Of files whose records are all above from, only the beginning of the first record is
// read, and next returns a record without a text for all records of the file: the
// work for one old generation must not depend on the texts of all that came later.
type ancestry struct {
	history *history
	budget  *store.HistoryBudget // of records with their texts
	passing *store.HistoryBudget // of files whose records are all above from
	catalog catalog
	from    uint64

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
	r, err := w.record(v)
	if err != nil {
		return err
	}
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

// record returns the record of a version, without its text if it need not be read.
func (w *ancestry) record(v store.Version) (store.Record, error) {
	b := w.budget
	if i, exact := slices.BinarySearch(w.catalog, v.Generation); exact && v.Generation > w.from {
		b = w.passing
		r, err := w.history.head(b, w.catalog[i])
		if err == nil || !errors.Is(err, errUnreadable) {
			return r, err
		}
	} else if i > 0 && w.catalog[i-1] > w.from {
		b = w.passing
	}
	r, file, err := w.history.next(b, w.catalog, w.file, v.Generation)
	if err == nil {
		w.file = file
	}
	return r, err
}

// pass passes the records above from.
func (w *ancestry) pass(ctx context.Context) error {
	for len(w.branches) > 0 && w.branches[len(w.branches)-1].Generation > w.from {
		if err := ctx.Err(); err != nil {
			return err
		}
		if r, err := w.next(); err != nil || r.Generation == 0 {
			return err
		}
	}
	return nil
}

// maxRestarts is how many files restart tries.
const maxRestarts = 16

// restart begins again close above from, because there are too many or too long files
// between it and the current version. The parent of a record was current when the
// record was made, so the first record above from leads to records that have been
// current. Whether a later record supersedes them is not known then.
func (w *ancestry) restart() error {
	i, exact := slices.BinarySearch(w.catalog, w.from)
	if exact {
		i++
	}
	w.branches, w.file, w.ended = nil, nil, 0
	for _, first := range w.catalog[i:min(i+maxRestarts, len(w.catalog))] {
		r, err := w.history.head(w.budget, first)
		if errors.Is(err, errUnreadable) || err == nil && r.Generation == 0 {
			continue
		}
		if err != nil {
			return err
		}
		w.below = first
		if err := w.add(r.Parent, false); err != nil {
			return err
		}
		return w.add(r.Supersedes, true)
	}
	return nil
}
