package runtime

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"realmconf.io/realmconf/runtime/document"
	"realmconf.io/realmconf/runtime/fault"
	"realmconf.io/realmconf/runtime/store"
	"realmconf.io/realmconf/schema"
	"realmconf.io/realmconf/schema/tree"
)

// Write is what accompanies a change: the condition it is under, and what the
// history keeps of it.
type Write struct {
	Expected *uint64     // the generation that must be current; nil for whatever is
	Reason   string      // why, in the client's words
	Actor    store.Actor // who asks
	Origin   any         // where it comes from, so that a watcher can tell its own changes; compared with ==
	Entered  func()      // called once its place among the writes is settled, and the next one may begin; may be nil

	operation store.Operation
	wanted    func(current *Snapshot) (tree.Object, error)
}

// Outcome is what a write did.
type Outcome struct {
	Snapshot *Snapshot      // the configuration afterwards
	Previous uint64         // the generation before
	Changed  bool           // false when the configuration already was what was asked for
	Changes  []tree.Change  // what is different now, in stored terms
	Warnings []schema.Issue // mistakes that were there before, and what had to be reformatted
}

// write hands a write to the committer and waits for its outcome. Once its
// commit has begun the outcome is waited for, whatever becomes of ctx.
func (r *Runtime) write(ctx context.Context, w Write) (*Outcome, error) {
	m := &member{ctx: ctx, write: w, done: make(chan struct{})}
	r.committer.submit(m)
	if w.Entered != nil {
		w.Entered()
	}
	select {
	case <-m.done:
	case <-ctx.Done():
		if r.committer.withdraw(m) {
			return nil, ctx.Err()
		}
		<-m.done
	}
	return m.outcome, m.err
}

// prepare works out what one write makes of the current content: an outcome,
// and the record of a new generation where there is one. It changes nothing.
func (r *Runtime) prepare(w Write, current *content, next uint64, commitID string, now time.Time) (*Outcome, *store.Record, error) {
	version := current.state.Version
	if w.Expected != nil && *w.Expected != version.Generation {
		return nil, nil, conflict(*w.Expected, version.Generation)
	}
	before, err := r.base(w, current)
	if err != nil {
		return nil, nil, err
	}
	wanted, err := w.wanted(before)
	if err != nil {
		return nil, nil, err
	}
	issues, warnings := r.model.Check(wanted, before.Stored())
	if len(issues) > 0 {
		return nil, nil, invalid(issues, version.Generation)
	}
	doc, reformatted, err := before.document.Edit(wanted)
	if errors.Is(err, document.ErrTooLong) {
		return nil, nil, tooLarge()
	}
	if err != nil {
		return nil, nil, err
	}
	warnings = append(located(warnings, doc), reformatting(reformatted)...)
	if doc == before.document && current.snapshot != nil {
		return &Outcome{Snapshot: before, Previous: version.Generation, Changes: []tree.Change{}, Warnings: warnings}, nil, nil
	}
	if next == 0 {
		return nil, nil, exhausted()
	}
	record := &store.Record{
		Version:   store.Version{Generation: next, Digest: store.DigestOf(doc.Text())},
		Parent:    version,
		CommitID:  commitID,
		Time:      now.UTC(),
		Operation: w.operation,
		Actor:     w.Actor,
		Reason:    w.Reason,
		Text:      doc.Text(),
	}
	after := newSnapshot(doc, record.Version, current.metadata, r.model)
	return &Outcome{
		Snapshot: after,
		Previous: version.Generation,
		Changed:  true,
		Changes:  tree.Difference(before.Stored(), wanted, r.model.Key, r.model.Default),
		Warnings: warnings,
	}, record, nil
}

// base is the snapshot that a write starts from. Text that is not TOML can
// only be replaced as a whole, by somebody who names its generation.
func (r *Runtime) base(w Write, current *content) (*Snapshot, error) {
	if current.snapshot != nil {
		return current.snapshot, nil
	}
	if w.operation != store.Set || w.Expected == nil {
		return nil, corrupt(current.syntax, current.state.Version.Generation, nil)
	}
	empty, err := document.Parse(nil)
	if err != nil {
		return nil, err
	}
	return newSnapshot(empty, current.state.Version, current.metadata, r.model), nil
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
