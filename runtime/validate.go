package runtime

import (
	"context"

	"realmconf/runtime/document"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// validation is the result of checking the configuration that a write wants.
type validation struct {
	schema.Report // of what would be stored; its issues are withheld

	givesSecret    bool          // the client may be guessing
	clientWarnings schema.Issues // if givesSecret: the warnings that do not depend on the stored secrets
}

// validate checks the configuration that a write wants, and refuses mistakes
// that were not there before.
//
// A client that does not know a secret can try to guess it: it writes the guess
// in the secret's place or beside it, and sees whether that is no change, or a
// mistake of another kind. A write that has a judge and gives a secret is
// therefore checked twice:
//
//  1. The tree as the client gave it, against ShownStored. Mistakes refuse the
//     write at once: the client could have found them itself.
//  2. The tree that would be stored, against Stored. Mistakes that only this
//     check finds depend on the stored secrets. They are withheld, and refuse
//     the write only after the judge has let it pass.
//
// Every other write is checked once, by 2, and refused at once.
func (r *Runtime) validate(ctx context.Context, w Write, wanted target, base *Snapshot) (validation, error) {
	generation := base.Version.Generation
	found := validation{givesSecret: r.givesSecret(w, wanted)}
	if found.givesSecret {
		given := r.model.Check(wanted.fromClient(), base.ShownStored())
		if given.Issues.Count > 0 {
			return found, invalidFault(given.Issues, generation)
		}
		found.clientWarnings = given.Warnings
		if err := ctx.Err(); err != nil {
			return found, err
		}
	}
	known, isKnown := base.report.peek() // to check the base first would take as long as all of this
	isValid := isKnown && known.IsValid()
	switch {
	case isValid:
		found.Report = r.model.Recheck(wanted.tree, base.Stored())
	case wanted.mistakesOf == nil:
		found.Report = r.model.Check(wanted.tree, base.Stored())
	}
	if wanted.mistakesOf != nil && (found.Issues.Count > 0 || !isValid) {
		found.Report = r.model.Check(wanted.tree, base.Stored(), wanted.mistakesOf)
	}
	if wanted.document != nil {
		found.Issues.First = locate(found.Issues.First, wanted.document)
	}
	if found.Issues.Count > 0 && !found.givesSecret {
		return found, invalidFault(found.Issues, generation)
	}
	return found, nil
}

// givesSecret reports whether a write that has a judge gives a secret itself, and
// not only tokens. The secret may be a guess, and a client could try one after
// another: each answer that depends on the stored secret would tell it whether
// the guess was right.
func (r *Runtime) givesSecret(w Write, wanted target) bool {
	if w.Judge == nil || wanted.fromClient == nil {
		return false
	}
	gives := false
	r.model.Mask(wanted.fromClient(), func(_ tree.Pointer, secret any) string {
		text, isText := secret.(string)
		gives = gives || !isText || !schema.IsToken(text)
		return ""
	})
	return gives
}

// preview compares a snapshot with the draft that a write would make of it, for
// the judge or as the outcome of a dry run. For a judge it hides the stored
// secrets as described at Comparison, unless the write does more than the client
// gave: then it compares the real effect. checked is the report of what would be
// stored.
func (r *Runtime) preview(ctx context.Context, w Write, wanted target, base *Snapshot, doc *document.Document, checked schema.Report) *Comparison {
	if w.Judge != nil && wanted.fromClient != nil {
		given := wanted.fromClient()
		if revealed, issues := r.reveal(ctx, base, given, base.Stored()); len(issues) == 0 && tree.Equal(revealed, wanted.tree) {
			known := base.masked()
			c := r.comparison(known, known.draft(doc, given))
			c.hidesSecrets = true
			return c
		}
	}
	draft := base.draft(doc, doc.Tree())
	draft.knowReport(wanted.tree, checked)
	return r.comparison(base, draft)
}
