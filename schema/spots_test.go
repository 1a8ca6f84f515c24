package schema

import (
	"context"
	"slices"
	"strings"

	"realmconf/schema/tree"
)

// generation is the generation of the tests' tokens.
const generation = 7

// Spot is one place of a model: a configuration that has text only there, and the
// keys that the place depends on.
type Spot struct {
	Config any
	Path   tree.Pointer
	Class  RiskSet

	IsWebhook bool // an address there has no public path
}

func (s Spot) within(key string, beside tree.Object) Spot {
	o := tree.Object{key: s.Config}
	for name, v := range beside {
		if name != key {
			o[name] = v
		}
	}
	s.Config, s.Path = o, slices.Concat(tree.Pointer{key}, s.Path)
	return s
}

// spots returns the places of a node and of all nodes below, without text: listed
// keys, any key of a map, a deep place in a free value, and unknown keys.
func (n *Node) spots() []Spot {
	leaf := Spot{Config: "", Class: n.Risk, IsWebhook: n.IsWebhook}
	if n.IsFree && n.Wrapper == nil {
		deep := leaf
		deep.Config, deep.Path = []any{int64(1), tree.Object{"free": ""}}, tree.Pointer{"1", "free"}
		return []Spot{leaf, leaf.within("any key", nil), deep.within("other", nil)}
	}
	var found []Spot
	add := func(form *Node, beside tree.Object) {
		for _, p := range form.Properties {
			name, c := p.Name, p.Node
			if n.Union != nil && name == n.Union.Tag || n.Wrapper != nil && name == "format" {
				continue // it selects the branch
			}
			for _, s := range c.spots() {
				found = append(found, s.within(name, beside))
			}
		}
		for _, a := range form.KeyAliases {
			if _, selects := beside[a.Name]; !selects {
				for _, s := range form.property(a.Name).spots() {
					found = append(found, s.within(a.Other, beside))
				}
			}
		}
		if form.Additional != nil {
			for _, s := range form.Additional.spots() {
				found = append(found, s.within("any key", beside))
			}
		} else if n.accepts("object") {
			for _, s := range anything(everyRisk).spots() {
				found = append(found, s.within("no_such_key", beside))
			}
		}
	}
	switch {
	case n.Union != nil:
		for _, b := range n.Union.Branches {
			if n.Union.Tag == "" {
				add(b.Node, tree.Object{b.Name: "x"})
			} else {
				add(b.Node, tree.Object{n.Union.Tag: b.Name})
			}
		}
	case n.Wrapper != nil:
		add(n.Wrapper.Node, tree.Object{"schema": tree.Object{}, "format": "meerkat_v1"})
	case n.accepts("object"):
		add(n, nil)
	case n.Items != nil:
		for _, s := range n.Items.spots() {
			s.Config, s.Path = []any{s.Config}, slices.Concat(tree.Pointer{"0"}, s.Path)
			found = append(found, s)
		}
	default:
		found = []Spot{leaf}
	}
	return found
}

// Spots returns the places of a model, sorted.
func (m *Model) Spots() []Spot {
	all := m.root.spots()
	slices.SortFunc(all, func(a, b Spot) int {
		return strings.Compare(string(tree.Append(nil, a.Config)), string(tree.Append(nil, b.Config)))
	})
	return all
}

// With returns the place's configuration with a value there.
func (s Spot) With(v any) tree.Object {
	config, err := tree.Apply(context.Background(), s.Config.(tree.Object), []tree.Operation{{Op: "replace", Path: s.Path, Value: v}})
	if err != nil {
		panic(err)
	}
	return config
}
