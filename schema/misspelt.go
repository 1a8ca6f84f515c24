package schema

import (
	"slices"

	"realmconf/schema/internal/jsonschema"
	"realmconf/schema/tree"
)

// maxUnnamed is how many keys a configuration can have that the schema does not name and
// of which one may be a misspelling. With more of them, the schema leaves the names to the
// user.
const maxUnnamed = 1000

// maxComparisons limits the comparisons of such keys with names of the schema. If it
// takes more, no key counts as misspelt.
const maxComparisons = 500_000

// noteUnnamed keeps the key at c.at, of an object with a form, for addMisspelt, if the
// schema does not name it and allows it as it allows any other key.
func (c *checker) noteUnnamed(form *Node, name string) {
	if len(c.unnamed) > maxUnnamed || form.property(name) != nil || form.loaded.others == othersDescribed {
		return
	}
	c.unnamed = append(c.unnamed, slices.Clone(c.at))
}

// otherKeyRule is what a schema says of the keys of an object that it does not name.
type otherKeyRule int

const (
	othersDescribed   otherKeyRule = iota // their names or values have a schema, or they are not allowed; also if it names no keys
	othersUnmentioned                     // it does not mention them, so that they are allowed
	othersAllowed                         // they are allowed in words, with any value
)

// findOtherKeyRule returns the rule for an object.
func (n *Node) findOtherKeyRule() otherKeyRule {
	if len(n.Properties) == 0 {
		return othersDescribed
	}
	others := othersUnmentioned
	for _, form := range n.loaded.shapes {
		for _, s := range form.schemas {
			for _, about := range []*jsonschema.Schema{s.Additional, s.Unevaluated} {
				switch {
				case about == nil:
				case about.Never || len(about.Source) > 0:
					return othersDescribed
				default:
					others = othersAllowed
				}
			}
			if s.Names != nil || len(s.PatternProperties) > 0 {
				return othersDescribed
			}
		}
	}
	return others
}

// addMisspelt adds those keys of noteUnnamed that are near one that the schema names.
func (c *checker) addMisspelt() {
	if len(c.unnamed) > maxUnnamed {
		return
	}
	compared := 0
	for _, p := range c.unnamed {
		n, _ := c.object(p[:len(p)-1])
		compared += len(n.Properties)
	}
	if compared > maxComparisons {
		return
	}
	for _, p := range c.unnamed {
		if _, ok := c.nearestNamed(p); ok {
			c.add(p, causeMisspelt)
		}
	}
}

// nearestNamed returns the place of the key that the schema names in the same object and
// that is nearest to the key at p; false if none is near. Where the schema allows other
// keys in words, the key must certainly be a misspelling, and the right key be absent.
func (c *checker) nearestNamed(p tree.Pointer) (tree.Pointer, bool) {
	parent, name := p[:len(p)-1], p[len(p)-1]
	n, o := c.object(parent)
	if n.loaded.others == othersUnmentioned {
		near, ok := tree.Nearest(name, n.names())
		return parent.Child(near), ok
	}
	near, ok := tree.Misspelt(name, n.names())
	_, isThere := o[near]
	return parent.Child(near), ok && !isThere
}

func (c *checker) misspeltKey(p tree.Pointer) Issue {
	meant, _ := c.nearestNamed(p)
	return Issue{
		Kind: UnknownKey, Path: p.String(), Message: "the schema does not name this key",
		Hint: "did you mean " + meant.String() + "?",
	}
}
