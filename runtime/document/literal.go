package document

import "realmconf/schema/tree"

// literal is the text of a TOML value, which is written as it is. The tree has
// strings in the place of dates, times, inf and nan; a literal keeps their type.
type literal string

// literals returns a value with literals in the place of the strings that a member
// of the same value spells without quotes.
func (m *member) literals(v any, text []byte) any {
	switch v := v.(type) {
	case map[string]any:
		switch {
		case m.table != nil:
			return m.table.literals(v, text)
		case m.entry != nil:
			return m.entry.value.literals(v, text)
		}
	case []any:
		switch {
		case m.list != nil:
			list := make([]any, len(v))
			for i := range v {
				list[i] = v[i]
				if o, isObject := v[i].(map[string]any); isObject && i < len(m.list.tables) {
					list[i] = m.list.tables[i].literals(o, text)
				}
			}
			return list
		case m.entry != nil:
			return m.entry.value.literals(v, text)
		}
	case string:
		if m.entry != nil {
			return m.entry.value.literals(v, text)
		}
	}
	return v
}

func (t *table) literals(o tree.Object, text []byte) tree.Object {
	next := make(tree.Object, len(o))
	for name, v := range o {
		next[name] = v
		if m := t.member(name); m != nil {
			next[name] = m.literals(v, text)
		}
	}
	return next
}

func (v *value) literals(want any, text []byte) any {
	switch w := want.(type) {
	case string:
		raw := text[v.start():v.end()]
		if (v.kind == dateTime || v.kind == float) && w == string(raw) {
			return literal(raw)
		}
	case map[string]any:
		if v.kind == inlineTable {
			return v.inner.table.literals(w, text)
		}
	case []any:
		list := make([]any, len(w))
		for i := range w {
			list[i] = w[i]
			if elements := v.entries(); v.kind == array && i < len(elements) {
				list[i] = elements[i].value.literals(w[i], text)
			}
		}
		return list
	}
	return want
}

// spell returns a string as a literal of the kind of v, if the tree has a string in the
// place of such a literal.
func (v *value) spell(w string) (l literal, ok bool) {
	if v.kind != dateTime && v.kind != float {
		return "", false
	}
	const key = "a = "
	doc, err := Parse([]byte(key + w))
	if err != nil {
		return "", false
	}
	m := doc.layout.root.member("a")
	isSpelled := m != nil && m.entry != nil && m.entry.value.kind == v.kind && doc.Tree()["a"] == w
	return literal(w), isSpelled && m.entry.value.start() == len(key) && m.entry.value.end() == len(key+w)
}
