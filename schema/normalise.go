package schema

import (
	"maps"

	"realmconf/schema/tree"
)

// Canonical returns a whole configuration, as a client may send it, in the form
// that Check reads. Nulls of optional fields are removed, since they mean absent;
// aliases of keys and values are replaced by the canonical names, and an alias
// beside its canonical name is an issue; an object that was given bare has its
// full form. Other nulls stay: Check refuses them.
func (m *Model) Canonical(given tree.Object) (tree.Object, []Issue) {
	z := normaliser{}
	canonical := z.object(m.root, m.modernise(given), nil)
	return canonical, sortIssues(z.issues)
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

// normaliser copies a tree into the form without aliases and without nulls for
// absent keys.
type normaliser struct {
	issues []Issue
}

func (z *normaliser) value(n *Node, v any, p tree.Pointer) any {
	switch v := v.(type) {
	case map[string]any:
		form := n.of(v)
		if n.Wrapper != nil {
			form, v = n.Wrapper.Node, n.Wrapper.wrap(v)
		}
		if form.IsLoose || form.IsFree {
			return v
		}
		return z.object(form, v, p)
	case []any:
		if n.Items == nil {
			return v
		}
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = z.value(n.Items, e, p.Index(i))
		}
		return list
	case string:
		if canonical, isAlias := find(n.ValueAliases, v); isAlias {
			return canonical
		}
	}
	return v
}

func (z *normaliser) object(n *Node, o tree.Object, p tree.Pointer) tree.Object {
	normal := make(tree.Object, len(o))
	for key, v := range o {
		name, c := key, n.child(key)
		if canonical, isAlias := n.canonicalKey(key); isAlias {
			name = canonical
			if _, both := o[canonical]; both {
				z.issues = append(z.issues, Issue{
					Kind: Duplicate, Path: p.Child(key).String(),
					Message: "another name of a key that is given too",
					Hint:    "leave it out and keep " + p.Child(canonical).String(),
				})
				continue
			}
		}
		switch {
		case c == nil:
			normal[name] = v
		case v == nil && c.isOptional():
		default:
			normal[name] = z.value(c, v, p.Child(key))
		}
	}
	return normal
}

// isOptional reports whether null may be given here, for absent.
func (n *Node) isOptional() bool {
	return n.Unset == "null" || n.Unset == "skip" || n.Unset == "default"
}
