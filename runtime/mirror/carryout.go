package mirror

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"realmconf/runtime/document"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

// carryOut commits a move, and reports it.
func (m *Mirror) carryOut(ctx context.Context, move move, local, shared sideState) error {
	onto, other := move.versions(local, shared)
	s, otherStore := m.options.Shared, m.options.Local
	if move.onto == Local {
		s, otherStore = otherStore, s
	}
	if onto.Next == 0 {
		return onSide(move.onto, store.ExhaustedFault())
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fault.New(fault.Internal, "no random bytes for a commit id: try again").Because(err)
	}
	written := store.Version{Generation: onto.Next, Digest: store.DigestOf(move.text)}
	record := store.Record{
		Version:   written,
		Parent:    onto.Version,
		CommitID:  id.String(),
		Time:      time.Now().UTC(),
		Operation: store.Set,
		Actor:     m.options.Actor,
		Reason:    describe(ctx, move, otherStore, other.Version),
		Mirrors:   &other.Version,
		Text:      move.text,
	}
	if err := s.CompareAndSwap(ctx, onto.Version, []store.Record{record}); err != nil {
		return onSide(move.onto, err)
	}
	e := Event{
		Kind: move.kind, Onto: move.onto, Local: local.state.Version, Shared: shared.state.Version,
		Clashes: move.clashes, LostComments: move.lostComments,
	}
	if move.keeps() {
		e.Kept = local.state.Version.Generation
	}
	// The base is the text that was there before, of the side that was not written: after
	// a merge the other side holds all of it, and after a copy it has the same text.
	if move.onto == Local {
		e.Local = written
		m.base = &base{digest: shared.state.Version.Digest, doc: shared.doc, local: written, shared: shared.state.Version}
	} else {
		e.Shared = written
		m.base = &base{digest: local.state.Version.Digest, doc: local.doc, local: local.state.Version, shared: written}
	}
	m.report(e)
	return nil
}

// describe returns the reason of a mirror's record: which version of the other side it
// has, who made that and why, and what it leaves out.
func describe(ctx context.Context, move move, other store.Store, version store.Version) string {
	from := "the shared realm"
	if move.onto == Shared {
		from = "a mirror"
	}
	reason := fmt.Sprintf("generation %d of %s", version.Generation, from)
	if move.kind == Merge {
		reason = "merged with " + reason
	}
	if len(move.clashes) > 0 {
		places := make([]string, len(move.clashes))
		for i, p := range move.clashes {
			if places[i] = p.String(); len(p) == 0 {
				places[i] = "everything"
			}
		}
		reason += "; the shared value stays at " + tree.JoinWords(places, "and", 5)
	}
	if r, err := other.Record(ctx, version.Generation); err == nil {
		if r.Actor.Name != "" {
			reason += "; by " + r.Actor.Name
		}
		if r.Reason != "" {
			reason += ": " + r.Reason
		}
	}
	return fault.Clip(reason)
}

var _ document.Model = editModel{}
