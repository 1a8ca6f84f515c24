// Package compose makes the configuration that Meerkat runs a realm with of the
// documents of the realm and of the realms that it inherits from, as Meerkat 0.8.26
// does it:
//
//	head ──discover──▶ documents ──resolve──▶ chain ──fold, root first──▶ composition
//	          │            │                    head, parent, …, global        │
//	        fetch     canonical form                                      origins, what
//	                                                                      has no effect
//
// The rules of the sections are the table in table.go. Nothing here opens a file.
package compose

import (
	"slices"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// Composer composes the documents of realms. Its method is the rule Compose of
// the model.
type Composer struct {
	// CanonicalUUID returns the one spelling of a UUID.
	CanonicalUUID func(text string) (string, bool)
}

// Compose is [schema.Model.Compose] for a model of Meerkat's configuration.
func (c Composer) Compose(model *schema.Model, head string, fetch schema.Fetch, sections []string) (*schema.Composition, error) {
	documents, err := discover(head, func(id string) (tree.Object, error) {
		document, err := fetch(id)
		if err != nil || document.Tree == nil {
			return nil, err
		}
		if err := checkReadable(model, id, document); err != nil {
			return nil, err
		}
		canonical, _ := model.Canonical(only(document.Tree, sections))
		return model.Known(canonical), nil // Meerkat ignores all other keys
	})
	if err != nil {
		return nil, err
	}
	chain, err := resolveChain(head, documents)
	if err != nil {
		return nil, err
	}
	f := newFold(model, c.CanonicalUUID)
	for i := len(chain) - 1; i >= 0; i-- {
		if document := documents[chain[i]]; document != nil {
			f.add(chain[i], document)
		}
	}
	return f.composition(chain), nil
}

// only returns the sections of a document that depend on the named ones: all of
// them, if the chain does. No rule for a section looks at another one.
func only(document tree.Object, sections []string) tree.Object {
	if len(sections) == 0 || slices.Contains(sections, realmsKey) {
		return document
	}
	some := tree.Object{}
	for _, key := range append(slices.Clip(sections), realmsKey) {
		if v, has := document[key]; has {
			some[key] = v
		}
	}
	return some
}

// checkReadable refuses a document that Meerkat cannot read as a configuration,
// although it is TOML.
func checkReadable(model *schema.Model, realm string, document schema.Document) error {
	issue := document.Unreadable
	if !document.IsChecked {
		issue = model.Check(document.Tree, document.Tree).Unreadable
	}
	if issue == nil {
		return nil
	}
	return &schema.CompositionError{
		Realm: realm, Path: issue.Path,
		Message: "realm '" + realm + "' has a config.toml that Meerkat cannot read: " + issue.Text(),
		Advice:  "correct it in that realm", Unreadable: true,
	}
}

// IsUnreadable reports whether Meerkat cannot read a document with a mistake. It
// accepts all others, and ignores unknown keys in most places.
func IsUnreadable(kind schema.Kind, at tree.Pointer) bool {
	switch kind {
	case schema.Type, schema.Enum, schema.Missing, schema.Format, schema.Duplicate:
		return true
	case schema.UnknownKey:
		return refusesUnknownKeys(at)
	}
	return false
}
