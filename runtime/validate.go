package runtime

import (
	"context"

	"realmconf/runtime/document"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// validation is the result of checking the configuration that a write wants.
type validation struct {
	warnings []schema.Issue

	givesSecret    bool
	withheld       []schema.Issue // of a guess: mistakes to report only after the review
	clientWarnings []schema.Issue // of a guess: the warnings that do not depend on the stored secrets
}

// validate checks the configuration that a write wants, and refuses mistakes
// that were not there before.
//
// A client that may not know a secret may still try to guess it: it writes the
// guess in the secret's place or beside it, and sees whether that is no change,
// or a mistake of another kind. A write that gives a secret under review is
// therefore checked twice:
//
//  1. The tree as the client gave it, against ShownStored. Mistakes refuse the
//     write at once: the client could have found them itself.
//  2. The tree that would be stored, against Stored. Mistakes that only this
//     check finds depend on the stored secrets. They are withheld, and refuse
//     the write only after the review has let it pass.
//
// Every other write is checked once, by 2, and refused at once.
func (r *Runtime) validate(w Write, wanted target, base *Snapshot) (validation, error) {
	generation := base.Version.Generation
	found := validation{givesSecret: r.givesSecret(w, wanted)}
	if found.givesSecret {
		var issues []schema.Issue
		if issues, found.clientWarnings = r.model.Check(wanted.fromClient(), base.ShownStored()); len(issues) > 0 {
			return found, invalidFault(issues, generation)
		}
	}
	var issues []schema.Issue
	if base.knownValid() {
		issues, found.warnings = r.model.Recheck(wanted.tree, base.Stored())
	} else {
		issues, found.warnings = r.model.Check(wanted.tree, base.Stored())
	}
	if wanted.document != nil {
		issues = locate(issues, wanted.document)
	}
	if found.givesSecret {
		found.withheld = issues
		return found, nil
	}
	if len(issues) > 0 {
		return found, invalidFault(issues, generation)
	}
	return found, nil
}

// givesSecret reports whether a write under review gives a secret itself, and not
// only tokens: it may be a guess.
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
// the review or as the outcome of a dry run. Under review, both sides hold only
// the client's knowledge: tokens in the place of secrets, and the client's own
// secrets as new ones. If the write does more than the client gave, the preview
// compares the real effect.
func (r *Runtime) preview(ctx context.Context, w Write, wanted target, base *Snapshot, doc *document.Document) *Comparison {
	if w.Judge != nil && wanted.fromClient != nil {
		given := wanted.fromClient()
		if revealed, issues := r.reveal(ctx, base, given, base.Stored()); len(issues) == 0 && tree.Equal(revealed, wanted.tree) {
			known := base.masked()
			return r.comparison(known, known.draft(doc, given))
		}
	}
	return r.comparison(base, base.draft(doc, doc.Tree()))
}
