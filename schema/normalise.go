package schema

import (
	"maps"

	"realmconf/schema/tree"
)

// Canonical reads a whole configuration as a client may send it. Nulls of
// optional fields are gone, since they mean absent; other names of keys and
// values are replaced by their own, and an other name beside the own one is an
// issue; a bare output schema is put into the table that it stands for. Nulls
// elsewhere stay: Check refuses them.
func (m *Model) Canonical(given tree.Object) (tree.Object, []Issue) {
	n := normaliser{}
	canonical := n.object(m.root(), m.modern(given), nil)
	return canonical, sorted(n.issues)
}

// modern applies the rules for old forms.
func (m *Model) modern(config tree.Object) tree.Object {
	for name, legacy := range m.rules.Legacy {
		old, ok := config[name].(map[string]any)
		if !ok {
			continue
		}
		if renewed := legacy(old); !tree.Same(renewed, old) {
			config = maps.Clone(config)
			config[name] = renewed
		}
	}
	return config
}

// normaliser brings a tree into the one form that has no other names and no
// nulls for absent keys.
type normaliser struct {
	issues []Issue
}

func (z *normaliser) value(n *node, v any, p tree.Pointer) any {
	switch v := v.(type) {
	case map[string]any:
		form := n.of(v)
		if n.inner().wrapper != nil {
			form, v = n.inner().wrapper, wrapped(v)
		}
		if form.loose || form.free {
			return v
		}
		return z.object(form, v, p)
	case []any:
		if n.inner().items == nil {
			return v
		}
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = z.value(n.inner().items, e, p.Index(i))
		}
		return list
	case string:
		if canonical, ok := n.values[v]; ok {
			return canonical
		}
	}
	return v
}

func (z *normaliser) object(n *node, o tree.Object, p tree.Pointer) tree.Object {
	normal := make(tree.Object, len(o))
	for key, v := range o {
		name, c := key, n.child(key)
		if own, ok := n.aliases[key]; ok {
			name = own
			if _, both := o[own]; both {
				z.issues = append(z.issues, Issue{
					Kind: Duplicate, Path: p.Child(key).String(),
					Message: "another name of a key that is given too",
					Hint:    "leave it out and keep " + p.Child(own).String(),
				})
				continue
			}
		}
		switch {
		case c == nil:
			normal[name] = v
		case v == nil && c.optional():
		default:
			normal[name] = z.value(c, v, p.Child(key))
		}
	}
	return normal
}

// optional reports whether null may be given here, for absent.
func (n *node) optional() bool {
	return n.unset == "null" || n.unset == "skip" || n.unset == "default"
}
