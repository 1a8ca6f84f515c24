package schema

import "realmconf/schema/tree"

// Fill returns the resolved view of a stored configuration: defaults are filled
// in, inside the entries of lists and maps too; optional fields with x-unset
// "null" are null; keys and values have their canonical names; a duration given
// in milliseconds is text; and an object that was given bare has its full form.
// A value that does not fit the schema is kept unchanged.
func (m *Model) Fill(stored tree.Object) tree.Object {
	z := normaliser{}
	return m.fillObject(m.root, z.object(m.root, m.modernise(stored)))
}

// fillObject returns a new object: o, which has no aliases, with its defaults.
func (m *Model) fillObject(n *Node, o tree.Object) tree.Object {
	full := make(tree.Object, max(len(o), len(n.Properties)))
	for name, v := range o {
		if c := n.child(name); c != nil {
			v = m.fillValue(c, v)
		}
		full[name] = v
	}
	for _, p := range n.Properties {
		if _, has := full[p.Name]; !has {
			m.fillAbsent(p.Node, full, p.Name)
		}
	}
	return full
}

// fillAbsent writes into an object the value that is shown for a key that it
// lacks.
func (m *Model) fillAbsent(n *Node, o tree.Object, name string) {
	switch {
	case n.Unset == "null":
		o[name] = nil
	case n.Unset == "skip" || n.Unset == "absent":
	case n.HasDefault:
		v := n.defaultValue()
		if d, isObject := v.(map[string]any); isObject && len(d) > 0 && n.loaded == nil {
			v = m.fillValue(n, d)
		}
		o[name] = v
	case n.isSection():
		o[name] = m.fillObject(n, nil)
	}
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
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = m.fillValue(n.Items, e)
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
		full[w.Member] = resolve(bare)
	}
	return full
}

// isDurationOrMilliseconds reports whether a number here is a duration in
// milliseconds.
func (n *Node) isDurationOrMilliseconds() bool {
	return n.Format == formatDuration && n.accepts("integer")
}
