package schema

import (
	"slices"
	"strings"

	"realmconf/schema/tree"
)

// unknownKey says that an object has a key that does not exist. Its value is
// never shown: it may be a secret whose key was misspelt.
func (c *checker) unknownKey(parent tree.Pointer, name string) Issue {
	issue := Issue{Kind: UnknownKey, Path: parent.Child(name).String(), Message: "no such key"}
	n, _ := c.object(parent)
	switch meant, ok := c.meant(parent, name); {
	case ok:
		issue.Hint = "did you mean " + meant.String() + "?"
	case len(n.names) > 0 && len(n.names) <= maxListed:
		issue.Hint = "there are " + strings.Join(n.names, ", ")
	}
	return issue
}

// maxListed is how many keys are listed where none is near.
const maxListed = 16

// meant finds the key that an unknown one was probably meant to be. A key of
// that very name in another place comes first: people forget a section's name,
// or write a root key below a header. Then the nearest name beside it.
func (c *checker) meant(parent tree.Pointer, name string) (tree.Pointer, bool) {
	root := c.model.root()
	if len(parent) == 0 {
		if found := c.model.places()[name]; len(found) == 1 {
			return found[0], true
		}
	} else if root.properties[name] != nil {
		return tree.Pointer{name}, true
	}
	if path, ok := c.nested(parent, name); ok {
		return path, true
	}
	n, _ := c.object(parent)
	if near, ok := tree.Nearest(name, n.names); ok {
		return parent.Child(near), true
	}
	return n.deeper(parent, name)
}

// nested reads a key that was written as a path: "agent.model", "/agent/model".
func (c *checker) nested(parent tree.Pointer, name string) (tree.Pointer, bool) {
	tokens := strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == '/' })
	if len(tokens) < 2 && !strings.HasPrefix(name, "/") {
		return nil, false
	}
	for _, path := range []tree.Pointer{slices.Concat(parent, tokens), tokens} {
		if at := c.model.root().lookup(path); len(at) > 0 && !at[0].free {
			return path, true
		}
	}
	return nil, false
}

// deeper finds a key that was written one level too high, if one object alone
// has it.
func (n *node) deeper(p tree.Pointer, name string) (tree.Pointer, bool) {
	var found []tree.Pointer
	for _, own := range n.names {
		for _, form := range n.properties[own].forms() {
			if form.properties[name] != nil {
				found = append(found, p.Child(own).Child(name))
				break
			}
		}
	}
	if len(found) != 1 {
		return nil, false
	}
	return found[0], true
}

// object is the schema and the value of an object at p: of a union, the branch
// that the value selects.
func (c *checker) object(p tree.Pointer) (*node, tree.Object) {
	n, v := c.place(p)
	o, _ := v.(map[string]any)
	return n.of(v), o
}

// find collects the places of all properties of each name. Entries of lists
// and maps are left out: they have no place of their own; so are the members of
// unions, which mean something only together.
func (n *node) find(p tree.Pointer, found map[string][]tree.Pointer) {
	if n.inner().union != nil || n.inner().wrapper != nil {
		return
	}
	for _, own := range n.names {
		at := p.Child(own)
		found[own] = append(found[own], at)
		n.properties[own].find(at, found)
	}
}

// missing reports a required key, unless it is there by another name, or
// misspelt: then the misspelling is what is reported.
func (c *checker) missing(parent tree.Pointer, name string) {
	n, o := c.object(parent)
	for other, own := range n.aliases {
		if _, has := o[other]; has && own == name {
			return
		}
	}
	if c.misspelt(parent, n, o, name) {
		return
	}
	issue := Issue{Kind: Missing, Path: parent.Child(name).String(), Message: "a required key is missing"}
	if of := n.child(name); of != nil {
		issue.Expected = expectedType(of)
		issue.Hint = "add it: it is " + tree.WithArticle(typeNames(of))
		if len(of.enum) > 0 {
			issue.Hint = "add it: it is one of " + strings.Join(texts(of.enum), ", ")
		}
	}
	c.add(issue)
}

// misspelt reports whether an object has a key that was probably meant to be
// one of these names.
func (c *checker) misspelt(parent tree.Pointer, n *node, o tree.Object, names ...string) bool {
	for key := range o {
		if n.child(key) != nil {
			continue
		}
		if meant, ok := c.meant(parent, key); ok && len(meant) == len(parent)+1 && slices.Contains(names, meant[len(parent)]) {
			return true
		}
	}
	return false
}

// undecided reports an object that has none of the keys of which one must be
// there.
func (c *checker) undecided(p tree.Pointer) {
	n, v := c.place(p)
	o, _ := v.(map[string]any)
	if n.inner().union == nil {
		c.add(Issue{Kind: Rule, Path: p.String(), Message: "does not fit the schema", Hint: "see the schema of this key"})
		return
	}
	var names []string
	for _, b := range n.inner().union.branches {
		names = append(names, b.name)
	}
	if c.misspelt(p, n.inner().union.loose, o, names...) {
		return
	}
	c.add(Issue{
		Kind: Missing, Path: p.Child(names[0]).String(), Message: "a required key is missing",
		Hint: "add " + tree.JoinWords(names, "or", len(names)) + ": it says which sort of entry this is",
	})
}

// texts is those values of a list that are text.
func texts(list []any) []string {
	var found []string
	for _, v := range list {
		if s, ok := v.(string); ok {
			found = append(found, s)
		}
	}
	return found
}
