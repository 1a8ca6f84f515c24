package runtime

import (
	"cmp"
	"context"
	"slices"

	"realmconf/runtime/store"
)

// lineage is the records from a generation up to a version that descends from it, oldest
// first, as far as the history has them.
type lineage struct {
	runtime *Runtime
	store   store.Store
	records []store.Record // some with their texts, and some without
	end     store.Version  // the parent of the oldest
}

// maxLineageTexts is how many bytes of texts a lineage holds. Longer texts are read one
// at a time, by those who need them.
const maxLineageTexts = 256 << 10

// lineagePage is how many records are listed at a time.
const lineagePage = maxBlamed + 1

// listFunc is the method List or ListHeads of a store.
type listFunc func(ctx context.Context, before uint64, limit int) ([]store.Record, error)

// lineageWithTexts is lineageOf with the texts, unless they are likely to be long: the
// current one is known. A text that is read alone costs the store a walk from the newest
// record down to its own.
func (r *Runtime) lineageWithTexts(ctx context.Context, s store.Store, from uint64, to *Snapshot) lineage {
	if count := to.Version.Generation - from + 1; count > lineagePage || int(count)*len(to.Text()) > maxLineageTexts {
		return r.lineageOf(ctx, s, s.ListHeads, from, to.Version)
	}
	return r.lineageOf(ctx, s, s.List, from, to.Version)
}

// lineageOf follows the parents from a version down to a generation.
func (r *Runtime) lineageOf(ctx context.Context, s store.Store, list listFunc, from uint64, to store.Version) lineage {
	l := lineage{runtime: r, store: s, end: to}
	before, length := to.Generation+1, 0
	for l.end.Generation >= max(from, 1) && len(l.records) < maxCommits {
		records, err := list(ctx, before, int(min(lineagePage, l.end.Generation-from+1)))
		if err != nil || len(records) == 0 {
			break
		}
		for _, record := range records {
			before = record.Generation
			if record.Superseded { // not on the way
				continue
			}
			if record.Version != l.end || record.Generation < from {
				slices.Reverse(l.records)
				return l
			}
			if length += len(record.Text); length > maxLineageTexts {
				record.Text = nil
			}
			l.records, l.end = append(l.records, record), record.Parent
		}
	}
	slices.Reverse(l.records)
	return l
}

// revision returns a generation of the history, whether or not it is in the lineage.
func (l lineage) revision(ctx context.Context, generation uint64) (*Revision, error) {
	i, is := slices.BinarySearchFunc(l.records, generation, func(r store.Record, g uint64) int { return cmp.Compare(r.Generation, g) })
	if is && len(l.records[i].Text) > 0 {
		return l.runtime.revision(l.store, l.records[i])
	}
	return l.runtime.Revision(ctx, generation)
}

// valid returns the configuration of a generation whose text must be TOML.
func (l lineage) valid(ctx context.Context, generation uint64) (*Snapshot, error) {
	if generation == 0 {
		return l.runtime.empty(), nil
	}
	revision, err := l.revision(ctx, generation)
	if err != nil {
		return nil, err
	}
	return revision.valid()
}

// commits returns the commits that made the generations above one.
func (l lineage) commits(above uint64) []Commit {
	var commits []Commit
	for _, record := range l.records {
		if record.Generation > above {
			record.Text = nil
			commits = append(commits, Commit{record, l.runtime.authors.get(record.Version).clientID})
		}
	}
	return commits
}
