package schema

import "realmconf/schema/tree"

// Fill is the resolved view of a stored configuration: defaults are filled in,
// inside the entries of lists and maps too, optional fields that the peer
// prints as null are null, keys and values have their own names, a time given
// in milliseconds is text, and an output schema has its full form. What does
// not fit the schema is carried as it is.
func (m *Model) Fill(stored tree.Object) tree.Object {
	n := normaliser{}
	return fillObject(m.root(), n.object(m.root(), m.modern(stored), nil))
}

// fillObject writes into o, which the normaliser has made.
func fillObject(n *node, o tree.Object) tree.Object {
	for name, v := range o {
		if c := n.child(name); c != nil {
			o[name] = fillValue(c, v)
		}
	}
	for name, c := range n.properties {
		if _, has := o[name]; !has {
			c.fillIn(o, name)
		}
	}
	return o
}

// fillIn writes into an object what is shown for a key that it has not.
func (n *node) fillIn(o tree.Object, name string) {
	switch {
	case n.unset == "null":
		o[name] = nil
	case n.unset == "skip" || n.unset == "absent":
	case n.hasDefault:
		o[name] = n.absent()
	case n.section():
		o[name] = fillObject(n, tree.Object{})
	}
}

// absent is the default, with what follows from it filled in.
func (n *node) absent() any {
	if o, ok := n.def.(map[string]any); ok && len(o) > 0 {
		return fillValue(n, tree.Clone(o))
	}
	return n.def
}

func fillValue(n *node, v any) any {
	switch v := v.(type) {
	case map[string]any:
		switch form := n.of(v); {
		case n.inner().wrapper != nil:
			return fillOutputSchema(n, v)
		case form.loose || form.free:
			return v
		default:
			return fillObject(form, v)
		}
	case []any:
		if n.inner().items == nil {
			return v
		}
		for i, e := range v {
			v[i] = fillValue(n.inner().items, e)
		}
		return v
	case int64:
		if n.span() && v >= 0 {
			return milliseconds(uint64(v)).String()
		}
	case uint64:
		if n.span() {
			return milliseconds(v).String()
		}
	}
	return v
}

// span reports whether a number here is a time in milliseconds.
func (n *node) span() bool { return n.format == formatDuration && n.is("integer") }
