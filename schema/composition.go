package schema

import (
	"fmt"

	"realmconf/schema/tree"
)

// Composition is the configuration that results from a chain of documents of
// which each inherits from the next.
type Composition struct {
	// Chain has the names of the documents, the one that inherits from all others
	// first. Some may not exist.
	Chain []string
	// Stored is the result in the form of one document: without defaults, with
	// canonical names. Fill makes what programs run with of it.
	Stored tree.Object
	// Origins returns for each value of Stored after Fill where it comes from, sorted
	// by path. An origin of an object or a list is that of everything in it. Each call
	// computes them.
	Origins func() []Origin
	// Ineffective are the values in the documents that change nothing, in the order
	// of their paths.
	Ineffective []Ineffective
}

// Origin says where a value of a composition comes from.
type Origin struct {
	Path    tree.Pointer // in the composition
	Realm   string       // whose document has it; "" for a default
	Source  tree.Pointer // in that document; lists have other indexes there
	Because string       // why a default holds although a document has another value; may be empty
}

// Ineffective is a value in a document that has no effect on a composition.
type Ineffective struct {
	Path   tree.Pointer // in the composition
	Realm  string       // whose document has the value
	Source tree.Pointer // in that document
	Cause  string       // the realm that keeps it from having an effect; Realm itself if no other one does

	Message string
	Hint    string
}

// Fetch returns the document of a realm.
type Fetch func(realm string) (Document, error)

// Document is the configuration of one realm.
type Document struct {
	Tree tree.Object // nil if there is none
	// IsChecked says that Unreadable is that of the document's Report.
	IsChecked  bool
	Unreadable *Issue
}

// CompositionError says why documents cannot be composed.
type CompositionError struct {
	Realm   string // whose document is wrong
	Path    string // in that document
	Message string // the platform's own words, where it has any
	Advice  string

	// Unreadable says that the platform cannot read the document, so that it is not
	// known what the realm inherits from.
	Unreadable bool
}

// Error returns the message without the advice.
func (e *CompositionError) Error() string { return e.Message }

// Composes reports whether documents of the model inherit from each other.
func (m *Model) Composes() bool { return m.rules.Compose != nil }

// Compose returns what the programs of a realm run with. It calls fetch for the
// realm and for every other one whose document it needs, once each. It returns the
// errors of fetch as they are, and its own as *CompositionError. sections, if there
// are any, are those that a caller is interested in: it leaves out all others that do
// not depend on them, which is cheaper. The chain is always the whole one.
func (m *Model) Compose(head string, fetch Fetch, sections ...string) (*Composition, error) {
	if m.rules.Compose == nil {
		return nil, fmt.Errorf("the documents of this model do not inherit from each other")
	}
	return m.rules.Compose(m, head, fetch, sections)
}
