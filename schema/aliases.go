package schema

import (
	"maps"
	"slices"

	"realmconf/schema/tree"
)

// PathIn returns the pointer by which a configuration has the place at p, in which
// keys may have other names than in the configuration. Where the configuration has
// no value, it is the pointer with the canonical names.
func (m *Model) PathIn(p tree.Pointer, config tree.Object) tree.Pointer {
	found, value := p, any(config)
	at := []*Node{m.root}
	for i, name := range p {
		o, _ := value.(map[string]any)
		var forms, next []*Node
		for _, n := range at {
			forms = append(forms, n.formsOf(value)...)
		}
		if other := nameIn(forms, name, o); other != name {
			if &found[0] == &p[0] {
				found = slices.Clone(p)
			}
			found[i], name = other, other
		}
		for _, form := range forms {
			if child := form.child(name); child != nil && !slices.Contains(next, child) {
				next = append(next, child)
			}
		}
		value, _, _ = tree.Pointer{name}.Get(value)
		at = next
	}
	return found
}

// NameIn returns the name by which an object at parent has the member name. It is
// name itself if the object does not have it.
func (m *Model) NameIn(parent tree.Pointer, name string, o tree.Object) string {
	if _, has := o[name]; has {
		return name
	}
	for _, n := range m.root.lookup(parent) {
		for _, form := range n.forms() {
			for _, other := range form.otherNames(name) {
				if _, has := o[other]; has {
					return other
				}
			}
		}
	}
	return name
}

// NamesAsStored returns a merge patch in which keys have the names that they have in
// a stored configuration, so that the patch changes them and adds no second one.
func (m *Model) NamesAsStored(patch, stored tree.Object) tree.Object {
	return m.root.namesAsStored(patch, stored)
}

func (n *Node) namesAsStored(patch, stored tree.Object) tree.Object {
	form := n.formFor(stored)
	named := patch
	change := func() tree.Object {
		if tree.Same(named, patch) {
			named = maps.Clone(patch)
		}
		return named
	}
	for _, a := range form.KeyAliases {
		for _, pair := range [][2]string{{a.Name, a.Other}, {a.Other, a.Name}} {
			given, other := pair[0], pair[1]
			value, isGiven := patch[given]
			_, isBoth := patch[other]
			_, has := stored[given]
			if _, hasOther := stored[other]; isGiven && !isBoth && !has && hasOther {
				delete(change(), given)
				named[other] = value
			}
		}
	}
	for name, value := range named {
		inner, isObject := value.(map[string]any)
		below, wasObject := stored[name].(map[string]any)
		child := form.child(name)
		if !isObject || !wasObject || child == nil {
			continue
		}
		if next := child.namesAsStored(inner, below); !tree.Same(next, inner) {
			change()[name] = next
		}
	}
	return named
}

// formsOf returns the form of an object that a value has, or every form if there is
// no value to tell it.
func (n *Node) formsOf(value any) []*Node {
	if _, isObject := value.(map[string]any); isObject {
		return []*Node{n.formFor(value)}
	}
	return n.forms()
}

// nameIn returns the name by which an object has a member, or else the canonical
// name.
func nameIn(forms []*Node, name string, o tree.Object) string {
	if _, has := o[name]; has {
		return name
	}
	canonical := name
	for _, form := range forms {
		if form.property(name) != nil {
			canonical = name
			break
		}
		if other, isAlias := form.canonicalKey(name); isAlias {
			canonical = other
		}
	}
	for _, form := range forms {
		for _, other := range form.otherNames(name) {
			if _, has := o[other]; has {
				return other
			}
		}
	}
	return canonical
}

// otherNames returns the names of a key beside one of them.
func (n *Node) otherNames(name string) []string {
	if len(n.KeyAliases) == 0 {
		return nil
	}
	canonical := name
	if other, isAlias := n.canonicalKey(name); isAlias {
		canonical = other
	}
	var names []string
	for _, a := range n.KeyAliases {
		if a.Name == canonical {
			names = append(names, a.Other)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return slices.DeleteFunc(append(names, canonical), func(n string) bool { return n == name })
}
