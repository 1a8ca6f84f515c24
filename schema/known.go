package schema

import (
	"maps"
	"slices"

	"realmconf/schema/tree"
)

// Known returns a configuration without the keys that the schema does not have:
// the platform ignores them. config must be as Canonical returns it.
func (m *Model) Known(config tree.Object) tree.Object { return knownMembers(m.root, config) }

// knownMembers copies an object only if it has an unknown key in it.
func knownMembers(n *Node, o tree.Object) tree.Object {
	var changed tree.Object
	change := func() tree.Object {
		if changed == nil {
			changed = maps.Clone(o)
		}
		return changed
	}
	for key, v := range o {
		c := n.child(key)
		if c == nil {
			delete(change(), key)
		} else if known := knownValue(c, v); !tree.Same(known, v) {
			change()[key] = known
		}
	}
	if changed != nil {
		return changed
	}
	return o
}

func knownValue(n *Node, v any) any {
	switch v := v.(type) {
	case map[string]any:
		form := n.formFor(v)
		if form.IsLoose || form.IsFree {
			return v
		}
		return knownMembers(form, v)
	case []any:
		if n.Items == nil {
			return v
		}
		list := v
		for i, e := range v {
			if known := knownValue(n.Items, e); !tree.Same(known, e) {
				if &list[0] == &v[0] {
					list = slices.Clone(v)
				}
				list[i] = known
			}
		}
		return list
	}
	return v
}
