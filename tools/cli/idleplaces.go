package cli

import (
	"context"
	"fmt"
	"io"

	"realmconf/runtime"
	"realmconf/schema"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// WarnIdlePlaces warns of the places in flags that name nothing in any file, before a
// client relies on them: a misspelt --secret hides nothing. It reads the file only if
// there are such flags, and says nothing of one that cannot be read.
func WarnIdlePlaces(ctx context.Context, stderr io.Writer, flags SchemaFlags, allow policy.Allowance, model *schema.Model, rt *runtime.Runtime) {
	if len(flags.Secrets)+len(flags.NotSecrets)+len(allow.Pointers()) == 0 {
		return
	}
	snapshot, err := rt.Get(ctx)
	if err != nil {
		return
	}
	for _, text := range idlePlaces(flags, allow, model, snapshot.Stored()) {
		message(stderr, "warning: %s", text)
	}
}

// idlePlaces says which places in flags the file does not have and the schema does not
// name.
func idlePlaces(flags SchemaFlags, allow policy.Allowance, model *schema.Model, config tree.Object) []string {
	var all []string
	for _, f := range []struct {
		name, does string
		places     []tree.Pointer
	}{
		{"--secret", "hides", flags.Secrets},
		{"--not-secret", "shows", flags.NotSecrets},
		{"--allow", "allows", allow.Pointers()},
	} {
		for _, p := range f.places {
			if model.IsNowhere(p, config) {
				all = append(all, fmt.Sprintf("%s %s %s nothing yet: the file has no such key, and no schema names it", f.name, p, f.does))
			}
		}
	}
	return all
}
