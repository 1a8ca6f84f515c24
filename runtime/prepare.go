package runtime

import (
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
	ctx      context.Context
	store    store.Store
	commitID string
	now      time.Time
}

func newPreparation(ctx context.Context, s store.Store) (preparation, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return preparation{}, fault.New(fault.Internal, "no random bytes for a commit id: try again").Because(err)
	}
	return preparation{ctx: ctx, store: s, commitID: id.String(), now: time.Now()}, nil
}

// prepare computes the effect of one write on the current content: an outcome and,
// if the write makes a new generation, its record under the given number. It
// changes nothing. The steps, and the faults that end them:
//
//	current content
//	  │ 1 expected generation is current?          generation_conflict
//	base
//	  │ 2 is it TOML, or may w replace it?         corrupt_config
//	  │ 3 apply the change, reveal tokens          invalid_config, not_found
//	target tree
//	  │ 4 validate                                 invalid_config
//	  │ 5 edit the text                            too_large
//	document
//	  │ 6 review, if anything changes              would_drop, approval_required
//	  ├─7 dry run ─────→ outcome
//	  │ 8 mistakes withheld from a guess           invalid_config
//	  ├─9 no change ───→ outcome
//	  │ 10 a number is left?                       storage, reason full
//	outcome and record
//
// 1 comes first because a stale write was meant for another configuration: no
// later refusal would help its client. 4 comes before 6 so that no person is asked
// about a configuration that cannot be written. 8 and 9 come after 6 because they
// tell something about the stored secrets: see validate. 7 is between: a dry run
// reports the refusals of the review, and nothing about the secrets. 10 comes last
// because a write that changes nothing needs no number.
func (r *Runtime) prepare(p preparation, w Write, current *parsedState, number uint64) (*Outcome, *store.Record, error) {
	version := current.state.Version
	if w.Expected != nil && *w.Expected != version.Generation {
		return nil, nil, conflictFault(*w.Expected, version.Generation)
	}
	base, err := r.writeBase(p, w, current)
	if err != nil {
		return nil, nil, err
	}
	wanted, err := w.change(base)
	if err != nil {
		return nil, nil, err
	}
	checked, err := r.validate(w, wanted, base)
	if err != nil {
		return nil, nil, err
	}
	doc, reformatted, err := wanted.edit(base.document, r.model)
	if err != nil {
		return nil, nil, err
	}
	unchanged := doc == base.document && current.snapshot != nil
	outcome := &Outcome{
		Previous: version.Generation,
		Changed:  !unchanged,
		Warnings: append(locate(checked.warnings, doc), reformatWarnings(reformatted)...),
	}
	if w.Judge != nil || w.DryRun {
		outcome.Comparison = *r.preview(p.ctx, w, wanted, base, doc)
		outcome.Changed = !unchanged || len(outcome.Changes) > 0
	}
	var approval *store.Approval
	if w.Judge != nil && outcome.Changed {
		if approval, err = w.Judge(&outcome.Comparison); err != nil {
			return nil, nil, err
		}
	}
	switch {
	case w.DryRun && outcome.Changed:
		if checked.givesSecret {
			outcome.Warnings = locate(checked.clientWarnings, base.document)
		}
		return outcome, nil, nil
	case len(checked.withheld) > 0:
		return nil, nil, invalidFault(checked.withheld, version.Generation)
	case unchanged:
		outcome.Comparison = Comparison{Before: base, After: base, Changes: []tree.Change{}}
		outcome.Changed = false
		return outcome, nil, nil
	case number == 0:
		return nil, nil, store.ExhaustedFault()
	}
	record := p.record(w, version, doc, number)
	record.Approval = approval
	valid := len(checked.warnings) == 0 && tree.Exactly(doc.Tree(), wanted.tree)
	outcome.Comparison = *r.comparison(base, base.successor(record.Version, doc, valid))
	return outcome, record, nil
}

// record returns a write's record for the history.
func (p preparation) record(w Write, parent store.Version, doc *document.Document, number uint64) *store.Record {
	return &store.Record{
		Version:    store.Version{Generation: number, Digest: store.DigestOf(doc.Text())},
		Parent:     parent,
		CommitID:   p.commitID,
		Time:       p.now.UTC(),
		Operation:  w.operation,
		Actor:      w.Actor,
		Reason:     w.Reason,
		RollbackTo: w.rollbackTo,
		Text:       doc.Text(),
	}
}

// writeBase returns the snapshot that a write starts from: the current one.
//
// Text that is not TOML has no snapshot. Only a rollback, or a set that names
// the text's generation, may replace it. Such a write starts from the last
// configuration that is TOML, so that its comments come back; if the history has
// none, from the empty one.
func (r *Runtime) writeBase(p preparation, w Write, current *parsedState) (*Snapshot, error) {
	if current.snapshot != nil {
		return current.snapshot, nil
	}
	version := current.state.Version
	good := r.lastGood(p.ctx, p.store, version.Generation)
	if w.operation != store.Rollback && (w.operation != store.Set || w.Expected == nil) {
		return nil, corruptFault(current.syntax, version.Generation, good)
	}
	var src source
	if good != nil {
		src = good.source // its tokens still refer to its own generation
	} else {
		src = r.empty().source
		src.baseUnknown = true
	}
	src.committed = false
	return newSnapshot(r.model, version, current.metadata, src), nil
}

func reformatWarnings(places []tree.Pointer) []schema.Issue {
	var warnings []schema.Issue
	for _, p := range places {
		warnings = append(warnings, schema.Issue{
			Kind:    schema.Reformatted,
			Path:    p.String(),
			Message: "written anew, because it could not be changed in place; its comments are above it now",
		})
	}
	return warnings
}
