package schema

import (
	"maps"
	"slices"

	"realmconf/schema/tree"
)

// Fill returns the resolved view of a stored configuration: defaults are filled
// in, inside the entries of lists and maps too; optional fields with x-unset
// "null" are null; keys and values have their canonical names; a duration given
// in milliseconds is text; and an object that was given bare has its full form.
// A value that does not fit the schema is kept unchanged. The view shares with stored
// every object and list that is the same in both.
func (m *Model) Fill(stored tree.Object) tree.Object {
	z := normaliser{}
	return m.fillObject(m.root, z.object(m.root, m.modernise(stored)))
}

// fillObject returns o, which has no aliases, with its defaults: o itself if nothing
// is missing in it. Most entries of a long map are complete, and cost no memory.
func (m *Model) fillObject(n *Node, o tree.Object) tree.Object {
	full := o
	set := func(name string, v any) {
		if tree.Same(full, o) {
			full = make(tree.Object, max(len(o), len(n.Properties)))
			maps.Copy(full, o)
		}
		full[name] = v
	}
	for name, v := range o {
		c := n.child(name)
		if c == nil {
			continue
		}
		if filled := m.fillValue(c, v); !tree.Same(filled, v) {
			set(name, filled)
		}
	}
	for _, p := range n.Properties {
		if _, has := full[p.Name]; has {
			continue
		}
		if v, isShown := m.fillAbsent(p.Node); isShown {
			set(p.Name, v)
		}
	}
	if full == nil {
		return tree.Object{}
	}
	return full
}

// fillAbsent returns the value that is shown for an absent key, and whether there is
// one.
func (m *Model) fillAbsent(n *Node) (v any, isShown bool) {
	switch {
	case n.Unset == "null":
		return nil, true
	case n.Unset == "skip" || n.Unset == "absent":
		return nil, false
	case n.HasDefault:
		v := n.defaultValue()
		if d, isObject := v.(map[string]any); isObject && len(d) > 0 && n.loaded == nil {
			v = m.fillValue(n, d)
		}
		return v, true
	case n.isSection():
		return m.fillObject(n, nil), true
	}
	return nil, false
}

func (m *Model) fillValue(n *Node, v any) any {
	switch v := v.(type) {
	case map[string]any:
		if n.Wrapper != nil {
			return m.fillWrapper(n, v)
		}
		form := n.formFor(v)
		if form.IsLoose || form.IsFree {
			return v
		}
		return m.fillObject(form, v)
	case []any:
		if n.Items == nil || len(v) == 0 {
			return v
		}
		list := v
		for i, e := range v {
			if filled := m.fillValue(n.Items, e); !tree.Same(filled, e) {
				if &list[0] == &v[0] {
					list = slices.Clone(v)
				}
				list[i] = filled
			}
		}
		return list
	case int64:
		if n.isDurationOrMilliseconds() && v >= 0 {
			return milliseconds(uint64(v)).String()
		}
	case uint64:
		if n.isDurationOrMilliseconds() {
			return milliseconds(v).String()
		}
	}
	return v
}

// fillWrapper returns the full form of an object.
func (m *Model) fillWrapper(n *Node, o tree.Object) tree.Object {
	w := n.Wrapper
	full := m.fillObject(w.Node, w.wrap(o))
	bare, isObject := full[w.Member].(map[string]any)
	if resolve := m.rules.Resolve[n.Form]; isObject && resolve != nil {
		full = maps.Clone(full)
		full[w.Member] = resolve(bare)
	}
	return full
}

// isDurationOrMilliseconds reports whether a number here is a duration in
// milliseconds.
func (n *Node) isDurationOrMilliseconds() bool {
	return n.Format == formatDuration && n.accepts("integer")
}
