package runtime

import (
	"bytes"
	"cmp"
	"context"
	"time"

	"github.com/google/uuid"

	"realmconf/runtime/document"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// preparation is shared by all writes of one attempt.
type preparation struct {
	store    store.Store
	commitID string
	now      time.Time
}

func newPreparation(s store.Store) (preparation, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return preparation{}, fault.New(fault.Internal, "no random bytes for a commit id: try again").Because(err)
	}
	return preparation{store: s, commitID: id.String(), now: time.Now()}, nil
}

// prepare computes the effect of one write on tip, the state after the writes
// before it: an outcome and, if the write makes a new generation, its record under
// the given number, which is 0 if all numbers are used. It changes nothing. The
// steps, and the faults that end them besides storage:
//
//	tip
//	  │ 1 expected generation is current,
//	  │   or all changes since are elsewhere?      generation_conflict
//	base
//	  │ 2 is it TOML, or may w replace it?         corrupt_config
//	  │ 3 apply the change, reveal tokens          invalid_config, not_found,
//	  │   (of a revert: is the place unchanged?)   corrupt_config, generation_conflict
//	wanted tree
//	  │ 4 validate                                 invalid_config
//	  │ 5 edit the text                            too_large
//	document
//	  │ 6 judge, if anything changes               would_drop, approval_required
//	  ├─7 dry run, if anything changes ─→ outcome  storage
//	  │ 8 mistakes that stored secrets decide      invalid_config
//	  ├─9 no change ───→ outcome
//	  │ 10 a number is left?                       storage, reason full
//	outcome and record
//
// 1 comes first because a stale write was meant for another configuration: no
// later refusal would help its client. 4 comes before 6 so that no person is asked
// about a configuration that cannot be written. 8 and 9 come after 6 because their
// answers depend on the stored secrets: the comment at validate says how a client could
// guess a secret by them. 7 is between: a dry run reports the refusals of the judge and of
// the store, and nothing that depends on a secret. 10 comes last because a write that changes nothing
// needs no number.
//
// ctx is the client's. It is looked at between the steps, and in those that may
// take long, so that nothing waits for a write that its client has cancelled.
func (r *Runtime) prepare(ctx context.Context, p preparation, w Write, tip *parsedState, number uint64) (*Outcome, *store.Record, error) {
	version := tip.state.Version
	var since *Divergence
	if w.Expected != nil && *w.Expected != version.Generation { // 1
		if !w.Rebase {
			return nil, nil, conflictFault(*w.Expected, version.Generation)
		}
		var err error
		if w, since, err = r.rebase(ctx, p, w, tip); err != nil {
			return nil, nil, err
		}
	}
	base, err := r.writeBase(ctx, p, w, tip) // 2
	if err != nil {
		return nil, nil, err
	}
	wanted, err := w.change(base) // 3
	if err := cmp.Or(ctx.Err(), err); err != nil {
		return nil, nil, err
	}
	checked, err := r.validate(ctx, w, wanted, base) // 4
	if err := cmp.Or(ctx.Err(), err); err != nil {
		return nil, nil, err
	}
	doc, reformatted, err := wanted.edit(base.document, w.Given, r.model) // 5
	if err := cmp.Or(ctx.Err(), err); err != nil {
		return nil, nil, err
	}
	base.document.DropPlaces() // to free memory: the next write edits doc, and a warning finds them again
	edited := tip.snapshot == nil || !bytes.Equal(doc.Text(), base.document.Text())
	var notes []schema.Issue // about the write, not about what is in the configuration
	if tip.snapshot == nil {
		notes = append(notes, replacedWarning(version.Generation, base))
	}
	notes = append(notes, reformatWarnings(reformatted)...)

	var preview *Comparison
	changes := edited
	if w.Judge != nil || w.DryRun {
		preview = r.preview(ctx, w, wanted, base, doc, checked.Report)
		changes = changes || len(preview.Changes) > 0 // a guess that is right edits nothing
	}
	var approval *store.Approval
	if w.Judge != nil && changes { // 6
		if approval, err = w.Judge(ctx, preview); err != nil {
			return nil, nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	outcome := &Outcome{Previous: version.Generation, Since: since, Warnings: append(listWarnings(checked.Warnings, doc), notes...)}
	switch {
	case w.DryRun && changes: // 7
		if err := store.CheckWritable(ctx, p.store); err != nil {
			return nil, nil, err
		}
		outcome.Comparison, outcome.Changed = *preview, true
		if checked.givesSecret {
			outcome.Warnings = append(listWarnings(checked.clientWarnings, base.document), notes...)
		}
		return outcome, nil, nil
	case checked.Issues.Count > 0: // 8
		return nil, nil, invalidFault(checked.Issues, version.Generation)
	case !edited: // 9
		outcome.Comparison = Comparison{Before: base, After: base, Changes: []tree.Change{}}
		return outcome, nil, nil
	case number == 0: // 10
		return nil, nil, store.ExhaustedFault()
	}
	record := p.record(w, version, doc, number, approval)
	after := base.successor(record.Version, doc)
	after.knowReport(wanted.tree, checked.Report)
	outcome.Comparison, outcome.Changed = *r.comparison(base, after), true
	return outcome, record, nil
}

// record returns a write's record for the history.
func (p preparation) record(w Write, parent store.Version, doc *document.Document, number uint64, approval *store.Approval) *store.Record {
	return &store.Record{
		Version:    store.Version{Generation: number, Digest: store.DigestOf(doc.Text())},
		Parent:     parent,
		CommitID:   p.commitID,
		Time:       p.now.UTC(),
		Operation:  w.operation,
		Actor:      w.Actor,
		Reason:     w.Reason,
		Approval:   approval,
		RollbackTo: w.rollbackTo,
		Reverts:    w.reverts,
		Text:       doc.Text(),
	}
}

// writeBase returns the snapshot that a write starts from: that of tip.
//
// Text that is not TOML has no snapshot. Only a rollback, or a set that names
// the text's generation, may replace it. Such a write starts from the last
// configuration that is TOML, so that its comments come back; if the history has
// none, from the empty one.
func (r *Runtime) writeBase(ctx context.Context, p preparation, w Write, tip *parsedState) (*Snapshot, error) {
	if tip.snapshot != nil {
		return tip.snapshot, nil
	}
	version := tip.state.Version
	good := r.lastGood(ctx, p.store, version.Generation)
	if w.operation != store.Rollback && (w.operation != store.Set || w.Expected == nil) {
		return nil, corruptFault(tip, good)
	}
	var src source
	if good != nil {
		src = good.source // its tokens still refer to its own generation
		src.baseOf = good.Version.Generation
	} else {
		src = r.empty().source
	}
	src.committed, src.baseUnknown = false, true
	base := newSnapshot(r.model, version, tip.metadata, src)
	base.Notices = tip.state.Notices
	return base, nil
}

func reformatWarnings(places []tree.Pointer) []schema.Issue {
	var warnings []schema.Issue
	for _, p := range places {
		warnings = append(warnings, schema.Issue{
			Kind:    schema.Reformatted,
			Path:    p.String(),
			Message: "rewritten, because it could not be changed in place; its comments are above it now",
		})
	}
	return warnings
}
