package runtime

import (
	"realmconf/schema"
	"realmconf/schema/tree"
)

// Model is what a configuration may be, as far as the runtime must know it.
// *schema.Model is one; a configuration of another kind would bring another.
//
// What its methods make of a section, a member of the root, depends on that
// section alone; only Check looks at several together.
type Model interface {
	// Fill is the resolved view of a stored configuration.
	Fill(stored tree.Object) tree.Object
	// Refill is Fill of next, where filled is Fill of prev. It shares the
	// sections of filled that are tree.Same in next and prev. Where filled is
	// empty, these are left out, and the rest is as in Fill.
	Refill(next, prev, filled tree.Object) tree.Object
	// Canonical reads a whole configuration as a client may send it: the nulls
	// of optional fields are gone, aliases have their canonical names.
	Canonical(given tree.Object) (tree.Object, []schema.Issue)
	// Check finds everything that is wrong with next. What was wrong in prev
	// already is a warning.
	Check(next, prev tree.Object) (issues, warnings []schema.Issue)
	// Recheck is Check of next, where right is a configuration in which Check
	// finds nothing at all. It is quicker the more sections are tree.Same.
	Recheck(next, right tree.Object) (issues, warnings []schema.Issue)
	// Key is the member that identifies the entries of the list at p, or "".
	Key(p tree.Pointer) string
	// Default is the value that a missing key stands for.
	Default(p tree.Pointer) (any, bool)

	// Mask is a configuration in which every secret is replaced by what token
	// gives for its place.
	Mask(config tree.Object, token func(p tree.Pointer, secret any) string) tree.Object
	// Reveal is the way back: every token in given is replaced by the secret
	// that lookup gives for it. One that may not stand where it stands is an
	// issue. What prev has at the same place stays as it is.
	Reveal(given, prev tree.Object, lookup func(schema.Token, schema.Part) (any, bool)) (tree.Object, []schema.Issue)
	// Secret is the part at p of a configuration, if that is one that Mask hides.
	Secret(config tree.Object, p tree.Pointer, part schema.Part) (any, bool)
}
