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

// Write is what accompanies a change: the condition it is under, and what the
// history keeps of it.
type Write struct {
	Expected *uint64     // the generation that must be current; nil for whatever is
	DryRun   bool        // work everything out, and write nothing
	Reason   string      // why, in the client's words
	Actor    store.Actor // who asks
	Origin   any         // where it comes from, so that a watcher can tell its own changes; compared with ==
	Queued   func()      // called once the write has its place in the queue, so that the next one may begin; may be nil

	// Review judges what the write would make of the configuration, before
	// anything is written: an error refuses it, an approval goes into the
	// history. After is a draft under Before's generation; while the current
	// text is not TOML, Before is what last was. It is shown what the client may
	// know: tokens stand for the secrets that there are, and a secret that the
	// client gives is another one, whether or not it is the same. So neither its
	// verdict nor a dry run's outcome tells whether a guess was right. Review is
	// called again when somebody else was first, must not wait for anybody, and
	// may be nil.
	Review func(*Comparison) (*store.Approval, error)

	operation  store.Operation
	rollbackTo *uint64
	change     change
	named      []tree.Pointer // places that the client names or reads, whether or not they change
}

// Outcome is what a write did, or as a dry run would do.
type Outcome struct {
	Comparison                // After is the configuration now; of a dry run, a draft under Before's generation
	Previous   uint64         // the generation before
	Changed    bool           // false when the configuration already was what was asked for
	Warnings   []schema.Issue // mistakes that were there before, and what had to be reformatted
}

// write hands a write to the committer and waits for its outcome. Once its
// commit has begun the outcome is waited for, whatever becomes of ctx. A
// conflict is told with what the others did.
func (r *Runtime) write(ctx context.Context, w Write) (*Outcome, error) {
	m := &member{ctx: ctx, write: w, done: make(chan struct{})}
	r.committer.submit(m)
	if w.Queued != nil {
		w.Queued()
	}
	select {
	case <-m.done:
	case <-ctx.Done():
		if r.committer.withdraw(m) {
			return nil, ctx.Err()
		}
		<-m.done
	}
	if fault.Is(m.err, fault.GenerationConflict) {
		return nil, r.taught(ctx, w, m.err)
	}
	return m.outcome, m.err
}

// preparation is what all members of a batch have in common.
type preparation struct {
	ctx      context.Context
	store    store.Store
	commitID string
	now      time.Time
}

// prepare works out what one write makes of the current content: an outcome,
// and the record of a new generation where there is one. It changes nothing.
func (r *Runtime) prepare(p preparation, w Write, current *content, next uint64) (*Outcome, *store.Record, error) {
	version := current.state.Version
	if w.Expected != nil && *w.Expected != version.Generation {
		return nil, nil, conflict(*w.Expected, version.Generation)
	}
	before, err := r.base(p, w, current)
	if err != nil {
		return nil, nil, err
	}
	wanted, err := w.change(before)
	if err != nil {
		return nil, nil, err
	}
	found, err := r.judge(w, wanted, before)
	if err != nil {
		return nil, nil, err
	}
	doc, reformatted, err := wanted.edited(before.document, r.model)
	if err != nil {
		return nil, nil, err
	}
	warnings := append(located(found.warnings, doc), reformatting(reformatted)...)
	same := doc == before.document && current.snapshot != nil
	outcome := &Outcome{Previous: version.Generation, Changed: !same, Warnings: warnings}
	if w.Review != nil || w.DryRun {
		outcome.Comparison = *r.draft(p.ctx, before, doc, w, wanted)
		outcome.Changed = !same || len(outcome.Changes) > 0
	}
	var approval *store.Approval
	if w.Review != nil && outcome.Changed {
		if approval, err = w.Review(&outcome.Comparison); err != nil {
			return nil, nil, err
		}
	}
	switch {
	case w.DryRun && outcome.Changed:
		if found.guessed {
			outcome.Warnings = located(found.open, before.document)
		}
		return outcome, nil, nil
	case len(found.issues) > 0:
		return nil, nil, invalid(found.issues, version.Generation)
	case same:
		outcome.Comparison, outcome.Changed = Comparison{Before: before, After: before, Changes: []tree.Change{}}, false
		return outcome, nil, nil
	case next == 0:
		return nil, nil, store.Exhausted()
	}
	record := p.record(w, version, doc, next)
	record.Approval = approval
	outcome.Comparison = *r.comparison(before, newSuccessor(doc, record.Version, before, r.model, wanted.tree, len(found.warnings)))
	return outcome, record, nil
}

// record is what the history keeps of a write.
func (p preparation) record(w Write, parent store.Version, doc *document.Document, generation uint64) *store.Record {
	return &store.Record{
		Version:    store.Version{Generation: generation, Digest: store.DigestOf(doc.Text())},
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

// verdict is what is wrong with what a write wants to be stored.
type verdict struct {
	warnings []schema.Issue
	guessed  bool           // the client gives a secret, right or wrong; see guess.go
	issues   []schema.Issue // of a guess, which may be told only when the review has let it pass
	open     []schema.Issue // of a guess, the warnings that tell nothing of the secret
}

// judge finds what is wrong with what a write wants to be stored, and refuses
// it. Of a guess at a secret it looks first at what the client itself knows.
func (r *Runtime) judge(w Write, wanted target, before *Snapshot) (verdict, error) {
	generation := before.Version.Generation
	found := verdict{guessed: w.guesses(r.model, wanted)}
	if found.guessed {
		var issues []schema.Issue
		if issues, found.open = r.model.Check(wanted.given(), before.ShownStored()); len(issues) > 0 {
			return found, invalid(issues, generation)
		}
	}
	if before.right() {
		found.issues, found.warnings = r.model.Recheck(wanted.tree, before.Stored())
	} else {
		found.issues, found.warnings = r.model.Check(wanted.tree, before.Stored())
	}
	if wanted.document != nil {
		found.issues = located(found.issues, wanted.document)
	}
	if len(found.issues) > 0 && !found.guessed {
		return found, invalid(found.issues, generation)
	}
	return found, nil
}

// base is the snapshot that a write starts from. Text that is not TOML can
// only be replaced as a whole: by a rollback, or by somebody who names its
// generation. Such a write starts from what last was TOML, so that its comments
// come back; where nothing is known to have been, from the empty text.
func (r *Runtime) base(p preparation, w Write, current *content) (*Snapshot, error) {
	if current.snapshot != nil {
		return current.snapshot, nil
	}
	version := current.state.Version
	good := r.lastGood(p.ctx, p.store, version.Generation)
	if w.operation != store.Rollback && (w.operation != store.Set || w.Expected == nil) {
		return nil, corrupt(current.syntax, version.Generation, good)
	}
	if good == nil {
		good = r.empty()
		good.baseUnknown = true
	}
	base := *good // its tokens go on to refer to the generation that it was
	base.Version, base.Metadata, base.settled, base.replies = version, current.metadata, false, nil
	return &base, nil
}

func reformatting(places []tree.Pointer) []schema.Issue {
	var warnings []schema.Issue
	for _, p := range places {
		warnings = append(warnings, schema.Issue{
			Kind:    schema.Reformatted,
			Path:    p.String(),
			Message: "written anew, because it could not be changed in place; its comments stand above it",
		})
	}
	return warnings
}

// commitID names the files of one commit.
func commitID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fault.New(fault.Internal, "no random bytes for a commit id: try again").Because(err)
	}
	return id.String(), nil
}
