package runtime

import (
	"sync"

	"realmconf/schema/tree"
)

// editModel is the model for the edit of a text to a target.
type editModel struct {
	Model
	given func() *tree.PointerSet // the places of the secrets that the client gave
}

func newEditModel(model Model, t target) editModel {
	return editModel{model, sync.OnceValue(func() *tree.PointerSet { return givenSecrets(model, t) })}
}

// MayRename reports whether no secret at or below a place was given by the client.
func (m editModel) MayRename(p tree.Pointer) bool { return !m.given().Overlaps(p) }

// givenSecrets returns the places in a target's configuration where the client gave a
// secret itself, and not a token of one.
func givenSecrets(model Model, t target) *tree.PointerSet {
	given := tree.NewPointerSet()
	if t.fromClient == nil {
		return given
	}
	fromClient := t.fromClient()
	model.Mask(t.tree, func(p tree.Pointer, _ any) string {
		whole, _, _ := p.Get(t.tree)
		if sent, _, _ := p.Get(fromClient); tree.Exactly(whole, sent) {
			given.Add(p)
		}
		return ""
	})
	return given
}
