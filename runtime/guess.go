package runtime

import (
	"context"

	"realmconf/runtime/document"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// A client that may not know a secret may still guess it: it writes the guess
// where the secret stands, or beside it, and looks whether that is no change, or
// a mistake of another kind. Under review a write is therefore judged by what its
// client knows and gave, and by nothing else; what only the secrets themselves
// tell is told when the review has let it pass.

// draft is what a write would make of a snapshot, as it may be judged. Should
// what the client gave not be all that the write does, the latter is judged.
func (r *Runtime) draft(ctx context.Context, before *Snapshot, doc *document.Document, w Write, wanted target) *Comparison {
	if w.Review != nil && wanted.given != nil {
		given := wanted.given()
		if revealed, issues := r.reveal(ctx, before, given, before.Stored()); len(issues) == 0 && tree.Equal(revealed, wanted.tree) {
			known := before.opaque(r.model)
			return r.comparison(known, opaqueDraft(given, doc, known, r.model))
		}
	}
	return r.comparison(before, newDraft(doc, before, r.model))
}

// guesses reports whether a write under review gives secrets, and not only
// tokens.
func (w Write) guesses(model Model, wanted target) bool {
	if w.Review == nil || wanted.given == nil {
		return false
	}
	found := false
	model.Mask(wanted.given(), func(_ tree.Pointer, secret any) string {
		text, isText := secret.(string)
		found = found || !isText || !schema.IsToken(text)
		return ""
	})
	return found
}
