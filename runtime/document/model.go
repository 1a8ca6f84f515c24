package document

import "realmconf/schema/tree"

// Model says about places of a tree what an edit has to know.
type Model interface {
	// Key returns the member that identifies the entries of the list at p, "" if
	// none does.
	Key(p tree.Pointer) string
	// Declares reports whether the name of the member at p is one of those that its
	// object always has or may have, with a meaning of its own. Any other name was
	// chosen by a person, like that of a map's entry, or is a mistake.
	Declares(p tree.Pointer) bool
	// MayRename reports whether the wanted member at p may be taken for one that goes
	// and has the same value. It is false for a value with a secret that a client gave:
	// where the member then is in the text would tell that a guess was right.
	MayRename(p tree.Pointer) bool
}

// anyModel is the model of a tree of which nothing is known: lists have no identity,
// and each name may have a meaning.
type anyModel struct{}

func (anyModel) Key(tree.Pointer) string     { return "" }
func (anyModel) Declares(tree.Pointer) bool  { return true }
func (anyModel) MayRename(tree.Pointer) bool { return true }

// movedModel is the model of a text that is a part of another one: place returns the
// place in the other one.
type movedModel struct {
	Model
	place func(tree.Pointer) tree.Pointer
}

func (m movedModel) Key(p tree.Pointer) string     { return m.Model.Key(m.place(p)) }
func (m movedModel) Declares(p tree.Pointer) bool  { return m.Model.Declares(m.place(p)) }
func (m movedModel) MayRename(p tree.Pointer) bool { return m.Model.MayRename(m.place(p)) }
