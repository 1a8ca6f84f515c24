package schema

import (
	"slices"
	"strings"

	"realmconf/schema/tree"
)

// unknownKey explains a key that does not exist. Its value is never shown: it may be
// a secret whose key was misspelt.
func (c *checker) unknownKey(p tree.Pointer) Issue {
	return Issue{
		Kind: UnknownKey, Path: p.String(), Message: "no such key",
		Hint: c.unknownKeyHint(p[:len(p)-1], p[len(p)-1]),
	}
}

func (c *checker) unknownKeyHint(parent tree.Pointer, name string) string {
	if meant, ok := c.nearestKey(parent, name); ok {
		return "did you mean " + meant.String() + "?"
	}
	if names := c.keyNames(parent); len(names) > 0 && len(names) <= maxListed {
		return "there are " + strings.Join(names, ", ")
	}
	return ""
}

// keyNames returns the names of the keys that there may be in an object, sorted: of a
// union, those of the branch that the value selects, and of a loaded one all, since the
// object may be meant to have another form.
func (c *checker) keyNames(p tree.Pointer) []string {
	n, v := c.place(p)
	if n.Union == nil || n.Union.objects == nil {
		return n.formFor(v).names()
	}
	var all []string
	for _, b := range n.Union.Branches {
		all = append(all, b.Node.names()...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// maxListed is how many keys are listed if none is near.
const maxListed = 16

// nearestKey finds the key that an unknown one was probably meant to be. A key of
// that very name in another place comes first: people forget a section's name,
// or write a root key below a header. Then the nearest name beside it.
func (c *checker) nearestKey(parent tree.Pointer, name string) (tree.Pointer, bool) {
	root := c.model.root
	if len(parent) == 0 {
		if found := root.placesOf(name); len(found) == 1 {
			return found[0], true
		}
	} else if root.property(name) != nil {
		return tree.Pointer{name}, true
	}
	if path, ok := c.parsePath(parent, name); ok {
		return path, true
	}
	n, _ := c.object(parent)
	if near, ok := tree.Nearest(name, c.keyNames(parent)); ok {
		return parent.Child(near), true
	}
	return n.oneLevelDown(parent, name)
}

// pathSeparators are between the tokens of a path that was written as a key.
const pathSeparators = "./"

// parsePath reads a key that was written as a path: "agent.model",
// "/agent/model".
func (c *checker) parsePath(parent tree.Pointer, name string) (tree.Pointer, bool) {
	tokens := strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune(pathSeparators, r) })
	if len(tokens) < 2 && !strings.HasPrefix(name, "/") {
		return nil, false
	}
	for _, path := range []tree.Pointer{slices.Concat(parent, tokens), tokens} {
		if at := c.model.root.lookup(path); len(at) > 0 && !at[0].IsFree {
			return path, true
		}
	}
	return nil, false
}

// oneLevelDown finds a key that was written one level too high, if a single
// object has it.
func (n *Node) oneLevelDown(p tree.Pointer, name string) (tree.Pointer, bool) {
	var found []tree.Pointer
	for _, own := range n.Properties {
		for _, form := range own.Node.forms() {
			if form.property(name) != nil {
				found = append(found, p.Child(own.Name).Child(name))
				break
			}
		}
	}
	if len(found) != 1 {
		return nil, false
	}
	return found[0], true
}

// object returns the node and the value of an object at p: of a union, the
// branch that the value selects.
func (c *checker) object(p tree.Pointer) (*Node, tree.Object) {
	steps, unknown := c.follow(p)
	if unknown != nil {
		return unknown, nil
	}
	last := steps[len(steps)-1]
	o, _ := last.value.(map[string]any)
	return last.form, o
}

// placesOf returns the places of all properties of a name below n. Entries of lists and
// maps are left out, since they have no place of their own; so are the members of
// unions, which mean something only together. Where a node is in several places, only the
// nearest one counts.
func (n *Node) placesOf(name string) []tree.Pointer {
	type nodeAt struct {
		node *Node
		at   tree.Pointer
	}
	var found []tree.Pointer
	seen := map[*Node]bool{n: true}
	for queue := []nodeAt{{n, nil}}; len(queue) > 0; queue = queue[1:] {
		next := queue[0]
		if next.node.Union != nil || next.node.Wrapper != nil {
			continue
		}
		for _, own := range next.node.Properties {
			if own.Name == name {
				found = append(found, next.at.Child(own.Name))
			}
			if !seen[own.Node] && len(own.Node.Properties) > 0 {
				seen[own.Node] = true
				queue = append(queue, nodeAt{own.Node, next.at.Child(own.Name)})
			}
		}
	}
	return found
}

// addMissing adds a required key, unless it is there under an alias, or misspelt:
// then the misspelling is a mistake of its own.
func (c *checker) addMissing(parent tree.Pointer, name string) {
	n, o := c.object(parent)
	for _, a := range n.KeyAliases {
		if _, has := o[a.Other]; has && a.Name == name {
			return
		}
	}
	if !c.hasMisspelt(parent, n, o, name) {
		c.addUnder(parent, name, causeMissing)
	}
}

func (c *checker) missing(p tree.Pointer) Issue {
	parent, name := p[:len(p)-1], p[len(p)-1]
	issue := Issue{Kind: Missing, Path: p.String(), Message: "a required key is missing"}
	n, _ := c.object(parent)
	if of := n.child(name); of != nil {
		issue.Expected = expectedType(of)
		issue.Hint = "add it: it is " + tree.WithArticle(typeNames(of))
		if len(of.Enum) > 0 {
			issue.Hint = "add it: it is one of " + joinClipped(texts(of.Enum))
		}
	}
	return issue
}

// hasMisspelt reports whether an object has a key that was probably meant to be
// one of these names.
func (c *checker) hasMisspelt(parent tree.Pointer, n *Node, o tree.Object, names ...string) bool {
	unknownKeys := c.unknownKeys(parent, n, o)
	if len(unknownKeys) > maxUnknownKeys {
		return false
	}
	for _, key := range unknownKeys {
		if _, alike := tree.Nearest(key, names); !alike && !strings.ContainsAny(key, pathSeparators) {
			continue // to look for the nearest of all keys takes time
		}
		if meant, ok := c.nearestKey(parent, key); ok && len(meant) == len(parent)+1 && slices.Contains(names, meant[len(parent)]) {
			return true
		}
	}
	return false
}

// maxUnknownKeys is how many unknown keys an object can have of which one may be a
// misspelling of a missing key. In an object with more, the missing key is reported, too.
const maxUnknownKeys = 50

// unknownKeys returns the keys of an object at p that its node does not have, at most
// maxUnknownKeys and one. It keeps those of one place, since an object that lacks one key
// often lacks several.
func (c *checker) unknownKeys(p tree.Pointer, n *Node, o tree.Object) []string {
	if c.lastUnknown.node == n && slices.Equal(c.lastUnknown.at, p) {
		return c.lastUnknown.keys
	}
	c.lastUnknown.node, c.lastUnknown.at, c.lastUnknown.keys = n, slices.Clone(p), nil
	for key := range o {
		if n.child(key) == nil {
			if c.lastUnknown.keys = append(c.lastUnknown.keys, key); len(c.lastUnknown.keys) > maxUnknownKeys {
				break
			}
		}
	}
	return c.lastUnknown.keys
}

// branchNames returns the keys that select a branch.
func (u *Union) branchNames() []string {
	var names []string
	for _, b := range u.Branches {
		names = append(names, b.Name)
	}
	return names
}

// addUndecided adds an object that has none of the keys that select a branch.
func (c *checker) addUndecided(p tree.Pointer) {
	n, v := c.place(p)
	o, _ := v.(map[string]any)
	names := n.Union.branchNames()
	if !c.hasMisspelt(p, n.Union.Loose, o, names...) {
		c.addUnder(p, names[0], causeUndecided)
	}
}

func (c *checker) undecided(p tree.Pointer) Issue {
	n, _ := c.place(p[:len(p)-1])
	names := n.Union.branchNames()
	return Issue{
		Kind: Missing, Path: p.String(), Message: "a required key is missing",
		Hint: "add " + tree.JoinWords(names, "or", len(names)) + ": it says which sort of entry this is",
	}
}
