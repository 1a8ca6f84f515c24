package tools

import (
	"context"
	"fmt"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// maxBeside is how many other realms a warning names.
const maxBeside = 8

// newRealmIssues returns a warning if a write has made the realm, or would make it,
// beside others.
func newRealmIssues(ctx context.Context, rt *runtime.Runtime, outcome *runtime.Outcome, isDryRun bool) []schema.Issue {
	others := rt.Beside(ctx, &outcome.Comparison)
	if len(others) == 0 {
		return nil
	}
	event := "did not exist and was made"
	if isDryRun {
		event = "does not exist, and the write would make it"
	}
	return []schema.Issue{{
		Kind:    schema.NewRealm,
		Message: fmt.Sprintf("realm %q %s, beside %s", fault.Clip(*outcome.Before.Metadata.RealmID), event, tree.JoinWords(others, "and", maxBeside)),
		Hint:    "if the name is mistyped, the person who started this program can correct it",
	}}
}
