package runtime

import (
	"context"
	"fmt"
	"slices"

	"realmconf/runtime/document"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

// Conflict is a generation_conflict with the changes that other writers made since
// the generation that a write expected.
type Conflict struct {
	Divergence
	Reverting bool // Expected is a generation that could not be undone
	fault     *fault.Fault
}

// Error returns the text of the fault.
func (c *Conflict) Error() string { return c.fault.Message }

// Unwrap returns the fault, which names the two generations only.
func (c *Conflict) Unwrap() error { return c.fault }

// Divergence is the changes of other writers, as far as the history has them.
type Divergence struct {
	*Comparison                       // between Expected and Current; nil if one of them is not available, or not TOML
	Expected    uint64                // the generation that the write expected
	Current     uint64                // the current generation
	By          []uint64              // for each of Changes, the generation that made it last; 0 if that is not known
	Commits     []Commit              // between the two, oldest first
	Overlaps    []tree.Pointer        // places that the write and the other writers both touch
	OldestKept  uint64                // if Comparison is nil, the oldest generation in the history; 0 for none
	Syntax      *document.SyntaxError // why the text of Current is not TOML; nil if it is
	LastGood    uint64                // if Syntax is not nil, the last generation that is TOML; 0 for none
}

// conflictFault returns the fault of a write that expected another generation.
func conflictFault(expected, current uint64) *fault.Fault {
	return store.Conflict(expected, current,
		fmt.Sprintf("read the configuration again, and repeat with expected_generation %d if the change is still wanted", current))
}

// explainConflict adds to a conflict the changes of other writers. If the store
// cannot be read, it returns the conflict as it is.
func (r *Runtime) explainConflict(ctx context.Context, w Write, err error) error {
	if w.Expected == nil {
		return err
	}
	current, _ := fault.Of(err).Data["current"].(uint64)
	d, readErr := r.divergence(store.WithHistoryBudget(ctx), w, current)
	if readErr != nil || d.Expected == d.Current {
		return err
	}
	return &Conflict{Divergence: *d, fault: conflictFault(d.Expected, d.Current)}
}

// divergence returns what is between the generation that a write expected and the
// current one.
func (r *Runtime) divergence(ctx context.Context, w Write, current uint64) (*Divergence, error) {
	s, now, err := r.loaded(ctx, current)
	if err != nil {
		return nil, err
	}
	d := &Divergence{Expected: *w.Expected, Current: now.state.Version.Generation}
	if now.syntax != nil {
		d.Syntax = now.syntax
		if good := r.lastGood(ctx, s, d.Current); good != nil {
			d.LastGood = good.Version.Generation
		}
	}
	if now.snapshot == nil || d.Expected > d.Current {
		d.OldestKept = r.oldest(ctx, s)
		return d, nil
	}
	l := r.lineageWithTexts(ctx, s, d.Expected, now.snapshot)
	expected, err := l.valid(ctx, d.Expected)
	if err != nil {
		d.OldestKept = r.oldest(ctx, s)
		return d, nil
	}
	expected.reuseViews(now.snapshot)
	d.Comparison = r.comparison(expected, now.snapshot)
	d.attribute(ctx, l)
	d.Overlaps = r.overlaps(w, d)
	return d, nil
}

// loaded returns the state of a generation that this runtime has loaded last, and
// the current state if that is another one.
func (r *Runtime) loaded(ctx context.Context, generation uint64) (store.Store, *parsedState, error) {
	r.mu.Lock()
	s, last := r.store, r.last
	r.mu.Unlock()
	if last != nil && last.state.Version.Generation == generation && !last.state.Pending {
		return s, last, nil
	}
	return r.current(ctx)
}

// attribute adds to a divergence the commits of a lineage that begins at or below
// Expected, and which of them made each change.
func (d *Divergence) attribute(ctx context.Context, l lineage) {
	d.Commits = l.commits(d.Expected)
	d.By = l.blame(ctx, d)
}

// overlaps returns the places that other writers changed and that the write
// concerns: its changes to the expected generation, its changes to the current
// one, by the names in the file and by the canonical ones, and the places that it
// names or reads. Without overlaps, repeating the
// write undoes no change of another writer. A write that fails in one of the two
// generations overlaps with every change. A whole configuration that is to be
// rebased concerns only its changes to the expected generation.
func (r *Runtime) overlaps(w Write, d *Divergence) []tree.Pointer {
	overlaps := []tree.Pointer{}
	then, err := w.change(d.Before)
	var nowErr error
	now := target{}
	if rebases := w.Rebase && w.replacesWhole; !rebases {
		now, nowErr = w.change(d.After)
	}
	if err != nil || nowErr != nil {
		for _, other := range d.Changes {
			overlaps = append(overlaps, other.Path)
		}
		return overlaps
	}
	own := placesOf(r.clientChanges(d.Before, then))
	addPlaces(own, r.canonicalChanges(d.Before.Stored(), then.tree))
	if now.tree != nil {
		addPlaces(own, r.clientChanges(d.After, now))
		addPlaces(own, r.canonicalChanges(d.After.Stored(), now.tree))
	}
	for _, p := range w.named {
		if w.Rebase {
			p = listAround(p, d.Before.Resolved())
		}
		own.Add(p)
		own.Add(r.model.PathIn(p, nil)) // the client may have given another name of a key
	}
	known := tree.NewPointerSet()
	for _, other := range d.Changes {
		isTouched := touches(own, other)
		for _, p := range places(other) {
			canonical := r.model.PathIn(p, nil)
			known.Add(p)
			known.Add(canonical)
			isTouched = isTouched || own.Overlaps(canonical)
		}
		if isTouched {
			overlaps = append(overlaps, other.Path)
		}
	}
	for _, c := range r.canonicalChanges(d.Before.Stored(), d.After.Stored()) {
		if !touches(known, c) && touches(own, c) {
			overlaps = append(overlaps, c.Path)
		}
	}
	return overlaps
}

// canonicalChanges returns the changes between two stored configurations by the
// canonical names: two writers may have changed one key by two names.
func (r *Runtime) canonicalChanges(before, after tree.Object) []tree.Change {
	canonicalBefore, _ := r.model.Canonical(before)
	canonicalAfter, _ := r.model.Canonical(after)
	return r.difference(canonicalBefore, canonicalAfter)
}

// placesOf returns the places of some changes.
func placesOf(changes []tree.Change) *tree.PointerSet {
	set := tree.NewPointerSet()
	addPlaces(set, changes)
	return set
}

func addPlaces(set *tree.PointerSet, changes []tree.Change) {
	for _, c := range changes {
		for _, p := range places(c) {
			set.Add(p)
		}
	}
}

// touches reports whether a change is about one of some places, or about a place
// around or inside one of them.
func touches(set *tree.PointerSet, c tree.Change) bool {
	return slices.ContainsFunc(places(c), set.Overlaps)
}

// places returns the places of a change. An entry that is added, removed or
// moved shifts its neighbours, so its place is the whole list.
func places(c tree.Change) []tree.Pointer {
	all := []tree.Pointer{c.Path}
	if c.Op == "move" {
		all = append(all, c.From)
	}
	if c.Op == "replace" {
		return all
	}
	for i, p := range all {
		if _, isIndex := tree.ArrayIndex(p[len(p)-1]); isIndex {
			all[i] = p[:len(p)-1]
		}
	}
	return all
}

// oldest returns the oldest generation in the history, 0 if there is none.
func (r *Runtime) oldest(ctx context.Context, s store.Store) uint64 {
	var oldest uint64
	page := 64
	for before := uint64(0); ; page *= 2 { // each list begins at the newest generation
		records, err := s.ListHeads(ctx, before, page)
		if err != nil || len(records) == 0 {
			return oldest
		}
		oldest = records[len(records)-1].Generation
		before = oldest
	}
}
