package schema

import (
	"slices"

	"realmconf/schema/tree"
)

// Describe is the schema of what may stand at p, one level deep: its own
// keywords, and under properties, items and additionalProperties a summary of
// each thing that may stand in it. The class of harm is x-risk, worked out; a
// member that is a list or an object has that of the worst in it.
//
// A union has x-branches: for each value of its x-tag, or for each key of which
// one must be there, the keys with their types. Where p means something else in
// each branch, anyOf lists the meanings, each with x-when. Any name will do for
// a map's key, an index or "-" for a list's entry. Any answer is below 8 KB as
// JSON. It is false where nothing may stand.
func (m *Model) Describe(p tree.Pointer) (tree.Object, bool) {
	var meanings []any
	for _, parent := range m.parents(p) {
		var last string
		if len(p) > 0 {
			last = p[len(p)-1]
		}
		meanings = parent.meanings(meanings, last, len(p) == 0)
	}
	switch len(meanings) {
	case 0:
		return nil, false
	case 1:
		only := meanings[0].(tree.Object)
		delete(only, "x-when")
		return only, true
	}
	return tree.Object{"anyOf": meanings}, true
}

// parents is the nodes above p; for the root, the root itself.
func (m *Model) parents(p tree.Pointer) []*node {
	if len(p) == 0 {
		return []*node{m.root()}
	}
	return m.root().lookup(p[:len(p)-1])
}

// meanings adds to a list what a token means below a node, once for each
// branch in which that is something else.
func (n *node) meanings(list []any, token string, self bool) []any {
	add := func(c *node, when string) {
		if c == nil {
			return
		}
		d := c.describe()
		for _, other := range list {
			other := other.(tree.Object)
			whens, _ := other["x-when"].([]any)
			delete(other, "x-when")
			same := tree.Equal(other, d)
			if same && !slices.Contains(whens, any(when)) {
				whens = append(whens, when)
			}
			other["x-when"] = whens
			if same {
				return
			}
		}
		d["x-when"] = []any{when}
		list = append(list, d)
	}
	switch {
	case self:
		add(n, "")
	case n.inner().union != nil:
		for _, b := range n.inner().union.branches {
			if n.inner().union.tag == "" {
				add(b.node.child(token), b.name+" is given")
			} else {
				add(b.node.child(token), n.inner().union.tag+" is "+b.name)
			}
		}
	case n.inner().wrapper != nil && n.inner().wrapper.child(token) != nil:
		add(n.inner().wrapper.child(token), "")
	default:
		add(n.child(token), "")
	}
	return list
}

// describe is the whole of a node, with summaries of what may stand in it.
func (n *node) describe() tree.Object {
	d := n.summary()
	form := n
	if n.inner().wrapper != nil {
		form = n.inner().wrapper
	}
	if len(form.properties) > 0 {
		properties := make(tree.Object, len(form.properties))
		for name, c := range form.properties {
			properties[name] = c.summary()
		}
		d["properties"] = properties
	}
	if required := form.requiredNames(); len(required) > 0 {
		d["required"] = required
	}
	if n.inner().additional != nil && !n.inner().additional.free {
		d["additionalProperties"] = n.inner().additional.summary()
	}
	if n.inner().items != nil {
		d["items"] = n.inner().items.summary()
	}
	if n.inner().union == nil {
		return d
	}
	if n.inner().union.tag != "" {
		d["x-tag"] = n.inner().union.tag
	}
	branches := make(tree.Object, len(n.inner().union.branches))
	for _, b := range n.inner().union.branches {
		branches[b.name] = n.branchSummary(b)
	}
	d["x-branches"] = branches
	return d
}

// branchSummary is the keys of a branch beside those that all have.
func (n *node) branchSummary(b branch) tree.Object {
	keys := make(tree.Object)
	for name, c := range b.node.properties {
		if n.properties[name] != nil {
			continue
		}
		about := typeNames(c)
		if c.required {
			about += ", required"
		}
		keys[name] = about
	}
	d := tree.Object{"keys": keys}
	if about, ok := b.node.source["description"]; ok {
		d["description"] = about
	}
	return d
}

func (n *node) requiredNames() []any {
	var names []any
	for _, name := range n.names {
		if n.properties[name].required {
			names = append(names, name)
		}
	}
	return names
}

// summary is a node's own keywords.
func (n *node) summary() tree.Object {
	s := make(tree.Object)
	for _, keyword := range []string{
		"type", "description", "default", "enum", "format", "minimum", "maximum",
		"x-alias", "x-form", "x-format", "x-key", "x-unset", "x-value-alias",
	} {
		if v, ok := n.source[keyword]; ok {
			s[keyword] = v
		}
	}
	if n.weight().worst != RiskNone {
		s["x-risk"] = string(n.weight().worst)
	}
	if n.free && n.inner().wrapper == nil {
		s["additionalProperties"] = true
	}
	return s
}

// typeNames is the types that may stand somewhere, in words.
func typeNames(n *node) string {
	return tree.JoinWords(n.types, "or", len(n.types))
}
