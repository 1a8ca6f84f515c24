package runtime

import (
	"realmconf/schema"
	"realmconf/schema/tree"
)

// Model says which configurations are valid and what they mean, as far as the
// runtime must know it. *schema.Model implements it.
//
// The result of a method for one section, a member of the root, depends on that
// section alone; only Check looks at several sections together, and Accept and Mask if
// the model has forms.
type Model interface {
	// HasForms reports whether the configuration has several forms, so that Accept and
	// Mask must get all sections.
	HasForms() bool
	// Fill returns the resolved view of a stored configuration.
	Fill(stored tree.Object) tree.Object
	// Refill is Fill of next, where filled is Fill of prev. It shares the
	// sections of filled that are tree.Same in next and prev. If filled is
	// empty, these are left out, and all other sections are as in Fill.
	Refill(next, prev, filled tree.Object) tree.Object
	// Accept turns values of a configuration or a patch as clients send them into
	// those that a file has: whole floats into integers, texts into durations. What
	// shown has at the same place stays.
	Accept(given, shown tree.Object) tree.Object
	// Canonical reads a whole configuration as a client may send it: it removes
	// the nulls of optional fields, and turns aliases into canonical names.
	Canonical(given tree.Object) (tree.Object, []schema.Issue)
	// Check finds every mistake in next. Mistakes that one of prev has too are
	// warnings.
	Check(next tree.Object, prev ...tree.Object) schema.Report
	// Recheck is Check of next, where valid is a configuration in which Check
	// finds nothing at all. It is faster the more sections are tree.Same.
	Recheck(next, valid tree.Object) schema.Report
	// Key returns the member that identifies the entries of the list at p, or "".
	Key(p tree.Pointer) string
	// PathIn returns the pointer by which a configuration has the place at p, where
	// keys may have other names; the canonical one if it has no value there.
	PathIn(p tree.Pointer, config tree.Object) tree.Pointer
	// NameIn returns the name by which an object at parent has the member name.
	NameIn(parent tree.Pointer, name string, o tree.Object) string
	// NamesAsStored returns a merge patch with the names that a stored configuration
	// has for its keys.
	NamesAsStored(patch, stored tree.Object) tree.Object
	// Declares reports whether the schema has a property of the name at p. Any other
	// name is that of a map's entry, another name of a property, or a mistake.
	Declares(p tree.Pointer) bool
	// Default returns the value that a missing key has.
	Default(p tree.Pointer) (any, bool)
	// DefaultWithout is Default of p in a configuration without whole, a place at or
	// above p: a key of an entry of a list or a map has none without its entry.
	DefaultWithout(whole, p tree.Pointer) (any, bool)

	// SecretRoutes returns the places at which a change would send a secret of a
	// resolved configuration to another address, or another secret to the same one.
	SecretRoutes(resolved tree.Object) []schema.SecretRoute

	// Composes reports whether configurations inherit from each other.
	Composes() bool
	// Compose returns what the programs of a realm run with, made of the documents
	// that fetch returns.
	Compose(realm string, fetch schema.Fetch, sections ...string) (*schema.Composition, error)

	// Mask returns a configuration with the result of token for its place in the
	// place of every secret.
	Mask(config tree.Object, token func(p tree.Pointer, secret any) string) tree.Object
	// Reveal is the reverse of Mask: it replaces every token in given by the
	// secret that lookup returns for it. A token where no secret may be is an
	// issue. A value that prev has at the same place stays as it is.
	Reveal(given, prev tree.Object, lookup func(schema.Token, schema.Part) (any, bool)) (tree.Object, []schema.Issue)
	// Secret returns the part at p of a configuration, if Mask hides it.
	Secret(config tree.Object, p tree.Pointer, part schema.Part) (any, bool)
}
