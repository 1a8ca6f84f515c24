package runtime

import (
	"context"
	"fmt"
	"slices"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

// Conflict is a generation_conflict that tells what others made of the
// configuration since the generation that a write expected.
type Conflict struct {
	Divergence
	fault *fault.Fault
}

// Error is the text of the fault: which generation is current.
func (c *Conflict) Error() string { return c.fault.Message }

// Unwrap is the fault, without what others did.
func (c *Conflict) Unwrap() error { return c.fault }

// Divergence is what others did, as far as the history tells.
type Divergence struct {
	*Comparison                // between Expected and Current; nil when one of them is not to be had, or not TOML
	Expected    uint64         // the generation that the write expected
	Current     uint64         // the one that is current
	By          []uint64       // for each of Changes, the generation that made it last; 0 where that is not known
	Commits     []Commit       // that lie between, oldest first
	Overlaps    []tree.Pointer // what both the others and the write touch
	OldestKept  uint64         // generation, when Comparison is nil; 0 for none
}

// conflict is the answer to a write that expected another generation.
func conflict(expected, current uint64) *fault.Fault {
	return store.Conflict(expected, current,
		fmt.Sprintf("read the configuration again, and repeat with expected_generation %d if the change is still wanted", current))
}

// maxBlamed is over how many commits each change is told its maker.
const maxBlamed = 64

// taught adds to a conflict what became of the configuration meanwhile. While
// that cannot be read the conflict stays as it was.
func (r *Runtime) taught(ctx context.Context, w Write, err error) error {
	if w.Expected == nil {
		return err
	}
	d, unread := r.diverged(ctx, w)
	if unread != nil || d.Expected == d.Current {
		return err
	}
	return &Conflict{Divergence: *d, fault: conflict(d.Expected, d.Current)}
}

func (r *Runtime) diverged(ctx context.Context, w Write) (*Divergence, error) {
	s, err := r.opened(ctx)
	if err != nil {
		return nil, err
	}
	now, err := r.load(ctx, s)
	if err != nil {
		return nil, err
	}
	d := &Divergence{Expected: *w.Expected, Current: now.state.Version.Generation}
	expected, err := r.valid(ctx, d.Expected)
	if err != nil || now.snapshot == nil {
		d.OldestKept = r.oldest(ctx, s)
		return d, nil
	}
	d.Comparison = r.comparison(expected, now.snapshot)
	d.Commits, _ = r.commits(ctx, s, expected.Version, now.state.Version)
	d.By = r.blame(ctx, d)
	d.Overlaps = r.overlaps(w, d)
	return d, nil
}

// blame finds the commit that last touched each change's place. Over very many
// commits it finds none.
func (r *Runtime) blame(ctx context.Context, d *Divergence) []uint64 {
	by := make([]uint64, len(d.Changes))
	if len(d.Commits) > maxBlamed {
		return by
	}
	before := d.Before
	for _, c := range d.Commits {
		revision, err := r.Revision(ctx, c.Generation)
		if err != nil || revision.Snapshot == nil {
			continue
		}
		step := r.comparison(before, revision.Snapshot)
		for i, change := range d.Changes {
			if slices.ContainsFunc(step.Changes, func(s tree.Change) bool { return touch(s, change) }) {
				by[i] = c.Generation
			}
		}
		before = revision.Snapshot
	}
	return by
}

// overlaps are the places that others changed meanwhile and that the write is
// about: what it would have changed where it was meant, what it would change if
// it were repeated now, and what it names or reads. Where there are none, a
// repetition takes nothing back of what the others did. A write that could not
// be done in one of the two places overlaps with everything.
func (r *Runtime) overlaps(w Write, d *Divergence) []tree.Pointer {
	overlaps := []tree.Pointer{}
	then, err := w.change(d.Before)
	now, nowErr := w.change(d.After)
	if err != nil || nowErr != nil {
		for _, theirs := range d.Changes {
			overlaps = append(overlaps, theirs.Path)
		}
		return overlaps
	}
	ours := append(r.asked(d.Before, then), r.asked(d.After, now)...)
	for _, p := range w.named {
		ours = append(ours, tree.Change{Op: "replace", Path: p})
	}
	for _, theirs := range d.Changes {
		if slices.ContainsFunc(ours, func(c tree.Change) bool { return touch(c, theirs) }) {
			overlaps = append(overlaps, theirs.Path)
		}
	}
	return overlaps
}

// touch reports whether two changes are about one place, or about places one of
// which holds the other.
func touch(a, b tree.Change) bool {
	for _, p := range places(a) {
		for _, q := range places(b) {
			if p.Overlaps(q) {
				return true
			}
		}
	}
	return false
}

// places are where a change happens. An entry that comes, goes or moves shifts
// its neighbours: the place is then the whole list.
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

// oldest is the oldest generation that the history has, 0 when it has none.
func (r *Runtime) oldest(ctx context.Context, s store.Store) uint64 {
	var oldest uint64
	for before := uint64(0); ; {
		records, err := s.List(ctx, before, 64)
		if err != nil || len(records) == 0 {
			return oldest
		}
		oldest = records[len(records)-1].Generation
		before = oldest
	}
}
