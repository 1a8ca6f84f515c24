package runtime

import (
	"realmconf.io/realmconf/schema"
	"realmconf.io/realmconf/schema/tree"
)

// Model is what a configuration may be, as far as the runtime must know it.
// *schema.Model is one; a configuration of another kind would bring another.
type Model interface {
	// Fill is the resolved view of a stored configuration.
	Fill(stored tree.Object) tree.Object
	// Canonical reads a whole configuration as a client may send it: the nulls
	// of optional fields are gone, aliases have their canonical names.
	Canonical(given tree.Object) (tree.Object, []schema.Issue)
	// Check finds everything that is wrong with next. What was wrong in prev
	// already is a warning.
	Check(next, prev tree.Object) (issues, warnings []schema.Issue)
	// Key is the member that identifies the entries of the list at p, or "".
	Key(p tree.Pointer) string
	// Default is the value that a missing key stands for.
	Default(p tree.Pointer) (any, bool)
}
