package schema

import (
	"slices"

	"realmconf/schema/internal/jsonschema"
	"realmconf/schema/tree"
)

// maxNear is how many keys of a configuration can be misspelt ones. Of more, the schema
// leaves the names to the user.
const maxNear = 1000

// maxNearCompared is how many comparisons of a key with a name of the schema are made to
// find those that are misspelt. If it takes more, no key counts as a misspelt one.
const maxNearCompared = 500_000

// noteNear notes the key at c.at, of an object with a form, if it may be a misspelt one:
// the schema allows it only because it allows any other key.
func (c *checker) noteNear(form *Node, name string) {
	if len(c.near) > maxNear || form.property(name) != nil || form.loaded.others == describedOthers {
		return
	}
	c.near = append(c.near, slices.Clone(c.at))
}

// otherKeys says what a schema that names some keys of an object says of the others.
type otherKeys int

const (
	describedOthers otherKeys = iota // what they are called or hold; or it names no keys at all
	silentOthers                     // nothing
	freeOthers                       // that they may be there, whatever they hold
)

// findOthers returns what the schema says of the keys that it does not name.
func (n *Node) findOthers() otherKeys {
	if len(n.Properties) == 0 {
		return describedOthers
	}
	others := silentOthers
	for _, form := range n.loaded.shapes {
		for _, s := range form.schemas {
			for _, about := range []*jsonschema.Schema{s.Additional, s.Unevaluated} {
				switch {
				case about == nil:
				case about.Never || len(about.Source) > 0:
					return describedOthers
				default:
					others = freeOthers
				}
			}
			if s.Names != nil || len(s.PatternProperties) > 0 {
				return describedOthers
			}
		}
	}
	return others
}

// addNear adds the noted keys that are near one that the schema names.
func (c *checker) addNear() {
	if len(c.near) > maxNear {
		return
	}
	compared := 0
	for _, p := range c.near {
		n, _ := c.object(p[:len(p)-1])
		compared += len(n.Properties)
	}
	if compared > maxNearCompared {
		return
	}
	for _, p := range c.near {
		if _, ok := c.namedNear(p); ok {
			c.add(p, causeNear)
		}
	}
}

// namedNear returns the key that the schema names beside a place and that is nearest to
// its key. Where the schema allows other keys in words, the key must certainly be a
// misspelling, and the right one not be there, too.
func (c *checker) namedNear(p tree.Pointer) (tree.Pointer, bool) {
	parent, name := p[:len(p)-1], p[len(p)-1]
	n, o := c.object(parent)
	if n.loaded.others == silentOthers {
		near, ok := tree.Nearest(name, n.names())
		return parent.Child(near), ok
	}
	near, ok := tree.Misspelt(name, n.names())
	_, isThere := o[near]
	return parent.Child(near), ok && !isThere
}

func (c *checker) nearKey(p tree.Pointer) Issue {
	meant, _ := c.namedNear(p)
	return Issue{
		Kind: UnknownKey, Path: p.String(), Message: "the schema does not name this key",
		Hint: "did you mean " + meant.String() + "?",
	}
}
