package schema

import (
	"maps"
	"slices"

	"realmconf/schema/tree"
)

// union is the branches of an object whose keys depend on its value.
type union struct {
	tag      string // the key whose value selects; "" where the keys do
	branches []branch
	loose    *node // of a value that selects no branch: all keys of all of them
}

type branch struct {
	name string // the value of the tag, or the key that selects
	node *node  // with the members that all branches have
}

// selected is the branch of a value, nil for one that selects none.
func (u *union) selected(o tree.Object) *node {
	tag, _ := o[u.tag].(string)
	for _, b := range u.branches {
		_, has := o[b.name]
		if u.tag != "" && b.name == tag || u.tag == "" && has {
			return b.node
		}
	}
	return nil
}

// of is what a value of this node selects: the node itself for most, a branch
// for a union.
func (n *node) of(v any) *node {
	o, ok := v.(map[string]any)
	switch {
	case !ok:
		return n
	case n.inner().wrapper != nil:
		if wrapsSchema(o) {
			return n.inner().wrapper
		}
	case n.inner().union != nil:
		if selected := n.inner().union.selected(o); selected != nil {
			return selected
		}
		return n.inner().union.loose
	}
	return n
}

// forms is all that of can give for values that are right.
func (n *node) forms() []*node {
	switch {
	case n.inner().wrapper != nil:
		return []*node{n.inner().wrapper, n}
	case n.inner().union != nil:
		var all []*node
		for _, b := range n.inner().union.branches {
			all = append(all, b.node)
		}
		return all
	}
	return []*node{n}
}

// readUnion is the branches of a node that has some.
func (n *node) readUnion(all []any) *union {
	u := &union{loose: n.branch(nil)}
	u.loose.loose = true
	u.tag, _ = n.source["x-tag"].(string)
	for _, b := range all {
		b := known(b).(map[string]any)
		u.branches = append(u.branches, branch{
			name: selector(known(b["if"]).(map[string]any), u.tag),
			node: n.branch(known(b["then"]).(map[string]any)),
		})
	}
	for _, b := range u.branches {
		for name, c := range b.node.properties {
			u.loose.properties[name] = either(u.loose.properties[name], c)
		}
	}
	u.loose.names = slices.Sorted(maps.Keys(u.loose.properties))
	return u
}

// selector is the value or the key that an if asks for.
func selector(condition tree.Object, tag string) string {
	if tag == "" {
		return condition["required"].([]any)[0].(string)
	}
	return condition["properties"].(map[string]any)[tag].(map[string]any)["const"].(string)
}

// branch is a node that has the members of n and those of a then.
func (n *node) branch(then tree.Object) *node {
	b := &node{
		source: then, types: n.types, class: n.class, secret: n.secret, form: true,
		properties: maps.Clone(n.properties), aliases: maps.Clone(n.aliases),
	}
	if b.properties == nil {
		b.properties = make(map[string]*node)
	}
	b.parseMembers(then)
	return b
}

// either is a member that two branches have, for a value that does not say
// which is meant. If they mean different things by it, it may be anything.
func either(a, b *node) *node {
	switch {
	case a == nil || a == b:
		return b
	case a.weight().hides || b.weight().hides:
		return anything(RiskSecret)
	case a.weight().reaches || b.weight().reaches:
		c := anything(RiskNetwork)
		c.url = a.url || b.url
		return c
	default:
		return anything(RiskNone)
	}
}
