package schema

import (
	"maps"
	"slices"
	"strconv"

	"realmconf/schema/tree"
)

// normaliser brings a tree into the form without aliases and without nulls for
// absent keys. It copies only the objects and lists that it changes.
type normaliser struct {
	// found is called for each alias beside its canonical name; it may be nil.
	found func(at tree.Pointer, canonical string)
	at    tree.Pointer // the place of the value; overwritten later
}

// Canonical returns a whole configuration, as a client may send it, in the form
// that Check reads. Nulls of optional fields are removed, since they mean absent;
// aliases of keys and values are replaced by the canonical names, and an alias
// beside its canonical name is an issue; an object that was given bare has its
// full form. Other nulls stay: Check refuses them.
func (m *Model) Canonical(given tree.Object) (canonical tree.Object, issues []Issue) {
	c := checker{model: m, config: given}
	z := normaliser{found: func(p tree.Pointer, canonical string) {
		issues = append(issues, c.explain(aliasBeside(p, canonical)))
	}}
	canonical = z.object(m.root, m.modernise(given))
	return canonical, sortIssues(issues)
}

// modernise applies the rules for old forms of sections.
func (m *Model) modernise(config tree.Object) tree.Object {
	for name, modernise := range m.rules.Modernise {
		old, isObject := config[name].(map[string]any)
		if !isObject {
			continue
		}
		if section := modernise(old); !tree.Same(section, old) {
			config = maps.Clone(config)
			config[name] = section
		}
	}
	return config
}

func (z *normaliser) value(n *Node, v any) any {
	switch v := v.(type) {
	case map[string]any:
		form := n.formFor(v)
		if n.Wrapper != nil {
			form, v = n.Wrapper.Node, n.Wrapper.wrap(v)
		}
		if form.IsLoose || form.IsFree {
			return v
		}
		return z.object(form, v)
	case []any:
		if n.Items == nil {
			return v
		}
		list := v
		for i, e := range v {
			z.at = append(z.at, strconv.Itoa(i))
			normal := z.value(n.Items, e)
			z.at = z.at[:len(z.at)-1]
			if !tree.Same(normal, e) {
				if &list[0] == &v[0] {
					list = slices.Clone(v)
				}
				list[i] = normal
			}
		}
		return list
	case string:
		if canonical, isAlias := find(n.ValueAliases, v); isAlias {
			return canonical
		}
	}
	return v
}

func (z *normaliser) object(n *Node, o tree.Object) tree.Object {
	var changed tree.Object
	change := func() tree.Object {
		if changed == nil {
			changed = maps.Clone(o)
		}
		return changed
	}
	for key, v := range o {
		c := n.child(key)
		canonical, isAlias := n.canonicalKey(key)
		if isAlias {
			delete(change(), key)
			if _, both := o[canonical]; both {
				if z.found != nil {
					z.found(append(z.at, key), canonical)
				}
				continue
			}
		}
		if c == nil {
			continue
		}
		if v == nil && c.isOptional() {
			delete(change(), key)
			continue
		}
		z.at = append(z.at, key)
		normal := z.value(c, v)
		z.at = z.at[:len(z.at)-1]
		if isAlias {
			change()[canonical] = normal
		} else if !tree.Same(normal, v) {
			change()[key] = normal
		}
	}
	if changed != nil {
		return changed
	}
	return o
}

// isOptional reports whether null may be given here, for absent.
func (n *Node) isOptional() bool {
	return n.Unset == "null" || n.Unset == "skip" || n.Unset == "default"
}
