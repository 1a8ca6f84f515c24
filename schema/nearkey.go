package schema

import (
	"slices"

	"realmconf/schema/tree"
)

// maxNear is how many keys of a configuration can be misspelt ones. Of more, the schema
// leaves the names to the user.
const maxNear = 1000

// noteNear notes the key at c.at, of an object with a form, if it may be a misspelt one:
// the schema allows it only because it says nothing about other keys.
func (c *checker) noteNear(form *Node, name string) {
	if len(c.near) > maxNear || form.property(name) != nil || !form.isSilent() {
		return
	}
	c.near = append(c.near, slices.Clone(c.at))
}

// isSilent reports whether the schema names some keys of an object and says nothing about
// others.
func (n *Node) isSilent() bool {
	if len(n.Properties) == 0 {
		return false
	}
	for _, form := range n.loaded.shapes {
		for _, s := range form.schemas {
			if s.Additional != nil || s.Unevaluated != nil || s.Names != nil || len(s.PatternProperties) > 0 {
				return false
			}
		}
	}
	return true
}

// addNear adds the noted keys that are near one that the schema names.
func (c *checker) addNear() {
	if len(c.near) > maxNear {
		return
	}
	for _, p := range c.near {
		if _, ok := c.namedNear(p); ok {
			c.add(p, causeNear)
		}
	}
}

// namedNear returns the key that the schema names beside a place and that is nearest to
// its key.
func (c *checker) namedNear(p tree.Pointer) (tree.Pointer, bool) {
	parent, name := p[:len(p)-1], p[len(p)-1]
	n, _ := c.object(parent)
	near, ok := tree.Nearest(name, n.names())
	return parent.Child(near), ok
}

func (c *checker) nearKey(p tree.Pointer) Issue {
	meant, _ := c.namedNear(p)
	return Issue{
		Kind: UnknownKey, Path: p.String(), Message: "the schema does not name this key",
		Hint: "did you mean " + meant.String() + "?",
	}
}
