package runtime

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"realmconf/runtime/document"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

// Revision is a generation in the history.
type Revision struct {
	Record             store.Record
	Snapshot           *Snapshot             // nil if the text is not TOML
	Syntax             *document.SyntaxError // nil if it is
	IsApprovalUnproven bool                  // who approved it is only what the record says
}

// valid returns the snapshot of a revision whose text must be TOML.
func (v *Revision) valid() (*Snapshot, error) {
	if v.Snapshot == nil {
		generation := v.Record.Generation
		return nil, notTOMLFault(fmt.Sprintf("the text of generation %d is", generation), v.Syntax, "take another one from the history").With("generation", generation)
	}
	return v.Snapshot, nil
}

// Revision reads one generation of the history. One that never existed, or is no
// longer kept, is a not_found fault.
func (r *Runtime) Revision(ctx context.Context, generation uint64) (*Revision, error) {
	s, err := r.openStore(ctx)
	if err != nil {
		return nil, err
	}
	record, err := s.Record(ctx, generation)
	if err != nil {
		return nil, err
	}
	return r.revision(s, record)
}

// revision parses a record, unless its text is the current one. Its tree shares the
// parts of the current one that are equal, so that a comparison skips them.
func (r *Runtime) revision(s store.Store, record store.Record) (*Revision, error) {
	v := &Revision{Record: record, IsApprovalUnproven: r.isApprovalUnproven(&record)}
	last, isCurrent := r.lastDocument(record)
	doc := last
	if !isCurrent {
		var err error
		doc, err = document.ParseLike(record.Text, last)
		switch {
		case errors.As(err, &v.Syntax):
			return v, nil
		case err != nil:
			return nil, err
		}
		doc.DropPlaces()
	}
	v.Snapshot = newSnapshot(r.model, record.Version, s.Metadata(), storedSource(doc, record.Version))
	return v, nil
}

// isApprovalUnproven reports whether a record has an approval that this process did not
// write: whoever may write to the history can write that.
func (r *Runtime) isApprovalUnproven(record *store.Record) bool {
	return record.Approval != nil && r.authors.get(record.Version).approval != approvalDigest(record.Approval)
}

// lastDocument returns the parsed text that was loaded or committed last, nil if there
// is none, and whether it is that of a record.
func (r *Runtime) lastDocument(record store.Record) (doc *document.Document, isOfRecord bool) {
	last := r.lastState()
	if last == nil || last.snapshot == nil {
		return nil, false
	}
	isOfRecord = last.state.Version == record.Version && bytes.Equal(last.state.Text, record.Text)
	return last.snapshot.document, isOfRecord
}

// Generations lists the numbers of the generations in the history, newest first,
// at most limit of them.
func (r *Runtime) Generations(ctx context.Context, limit int) ([]uint64, error) {
	s, err := r.openStore(ctx)
	if err != nil {
		return nil, err
	}
	records, err := s.ListHeads(ctx, 0, limit)
	if err != nil {
		return nil, err
	}
	numbers := make([]uint64, 0, len(records))
	for _, record := range records {
		numbers = append(numbers, record.Generation)
	}
	return numbers, nil
}

// Entry is a generation in the history, with its changes.
type Entry struct {
	Record             store.Record
	IsValid            bool          // the text is TOML
	Changes            []tree.Change // from its parent, the generation that it was made from; empty if Opaque
	Opaque             bool          // one of the two texts is not TOML, or the parent is not kept
	IsApprovalUnproven bool          // who approved it is only what the record says
}

// History lists generations below before, newest first, at most limit of them,
// with their changes; before 0 means from the newest. more reports whether there
// are older ones. It has the trees of two texts in memory at a time: callers that may
// be many call Examine before.
func (r *Runtime) History(ctx context.Context, before uint64, limit int) (entries []Entry, more bool, err error) {
	s, err := r.openStore(ctx)
	if err != nil {
		return nil, false, err
	}
	if _, err := r.load(ctx, s); err != nil { // the earlier texts resemble it
		return nil, false, err
	}
	ctx = store.WithHistoryBudget(ctx)
	records, err := s.List(ctx, before, limit+1) // one more: the parent of the last entry
	if err != nil {
		return nil, false, err
	}
	if more = len(records) > limit; !more && len(records) > 0 { // a list of long texts is shorter
		if last := records[len(records)-1]; last.Parent.Generation > 0 {
			older, err := s.ListHeads(ctx, last.Generation, 1)
			more = err != nil || len(older) > 0
		}
	}
	parsed := map[store.Version]*Revision{store.Empty(): {Snapshot: r.empty()}}
	parse := func(v store.Version) (*Revision, error) {
		if parsed[v] == nil {
			i := slices.IndexFunc(records, func(record store.Record) bool { return record.Version == v })
			if i < 0 {
				return r.revisionOf(ctx, v), nil
			}
			if parsed[v], err = r.revision(s, records[i]); err != nil {
				return nil, err
			}
		}
		return parsed[v], nil
	}
	for _, record := range records[:min(limit, len(records))] {
		own, err := parse(record.Version)
		if err != nil {
			return nil, false, err
		}
		parent, err := parse(record.Parent)
		if err != nil {
			return nil, false, err
		}
		e := Entry{Record: record, IsValid: own.Snapshot != nil, IsApprovalUnproven: own.IsApprovalUnproven}
		if e.Opaque = parent == nil || parent.Snapshot == nil || !e.IsValid; !e.Opaque {
			e.Changes = r.comparison(parent.Snapshot, own.Snapshot).Changes
		}
		entries = append(entries, e)
		delete(parsed, record.Version) // an older generation has another parent
	}
	return entries, more, nil
}

// revisionOf reads the revision of a version, nil if the history does not have
// exactly that one.
func (r *Runtime) revisionOf(ctx context.Context, v store.Version) *Revision {
	revision, err := r.Revision(ctx, v.Generation)
	if err != nil || revision.Record.Version != v {
		return nil
	}
	return revision
}

// LastGood returns the number of the newest generation in the history whose text is
// TOML. It looks at the history only, takes no lock and changes nothing.
func (r *Runtime) LastGood(ctx context.Context) (generation uint64, ok bool) {
	s, err := r.openStore(ctx)
	if err != nil {
		return 0, false
	}
	good := r.lastGood(ctx, s, 0)
	if good == nil {
		return 0, false
	}
	return good.Version.Generation, true
}

// lastGood returns the newest generation before this one whose text is TOML, nil
// if the history has none. Before 0 means before any.
func (r *Runtime) lastGood(ctx context.Context, s store.Store, before uint64) *Snapshot {
	ctx = store.WithHistoryBudget(ctx)
	for page := 16; ; page *= 2 { // each list begins at the newest generation
		records, err := s.List(ctx, before, page)
		if err != nil || len(records) == 0 {
			return nil
		}
		for _, record := range records {
			before = record.Generation
			if record.Superseded {
				continue
			}
			if v, err := r.revision(s, record); err == nil && v.Snapshot != nil {
				return v.Snapshot
			}
		}
	}
}

// empty returns the configuration that does not exist yet.
func (r *Runtime) empty() *Snapshot {
	doc, err := document.Parse(nil)
	if err != nil {
		panic("runtime: the empty text is not TOML: " + err.Error())
	}
	return newSnapshot(r.model, store.Empty(), store.Metadata{}, storedSource(doc, store.Empty()))
}
