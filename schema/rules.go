package schema

import "realmconf/schema/tree"

// Rules is everything about a configuration that a JSON Schema cannot say.
// The zero value has no rules.
type Rules struct {
	// Formats are the values of the schema's keyword format, beside the duration
	// that every model knows.
	Formats []TextFormat
	// Modernise has a function for each section that has an old form: it brings
	// the section into today's form, before aliases are replaced. A function that
	// has nothing to do returns its argument.
	Modernise map[string]func(section tree.Object) tree.Object
	// Resolve has a function for each x-form whose bare object looks different in
	// the resolved view. It must not change its argument.
	Resolve map[string]func(bare tree.Object) tree.Object
	// Check are the rules between fields.
	Check []FieldRule
	// Unreadable reports whether the platform cannot read a configuration that has a
	// mistake of a kind at a place. It is nil if it reads all of them.
	Unreadable func(kind Kind, at tree.Pointer) bool
	// Vocabulary returns the words by which Search finds places beside their own.
	// It is called by the first search only, and may be nil.
	Vocabulary func() Vocabulary
	// SecretRoutes returns the places as [Model.SecretRoutes]. It is nil if the
	// configuration sends no secrets.
	SecretRoutes func(config tree.Object) []SecretRoute
	// Compose makes one configuration of the documents that a realm inherits from,
	// as [Model.Compose]. It is nil if documents do not inherit.
	Compose func(m *Model, head string, fetch Fetch, sections []string) (*Composition, error)
}

// FieldRule finds mistakes between fields. It is given the sections that it
// names, with canonical names and values, of any type. Mistakes of the kind
// Reference become warnings.
type FieldRule struct {
	Sections []string
	Find     func(config tree.Object, found func(Mistake))
}

// Mistake is what a rule has found at a place.
type Mistake struct {
	Kind    Kind
	At      tree.Pointer
	Message string
	Hint    string
	// Explain returns the message and the hint where that takes time or memory. It is
	// called for the first mistakes only, and may be nil.
	Explain func() (message, hint string)
}
