package runtime_test

import (
	"fmt"
	"strings"

	"realmconf/runtime"
	"realmconf/schema/tree"
)

// namedModel is the model, as far as a walk asks it.
type namedModel struct{ runtime.Model }

// nameOf returns the member that names the entries of a list: its identity, or the
// one that has another value in each of them.
func (m namedModel) nameOf(list tree.Pointer) string {
	if list.String() == "/model_fallback/chain" {
		return "model"
	}
	return m.Key(list)
}

// places calls back for each place of a value. Lists whose entries have no names of
// their own have no places in them.
func (m namedModel) places(p tree.Pointer, at spot, v any, do func(spot, any)) {
	do(at, v)
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			m.places(p.Child(name), at+"/"+name, member, do)
		}
	case []any:
		for i, e := range v {
			name := any(tree.Identity(e, m.nameOf(p)))
			if name == "" {
				name = e
			}
			m.places(p.Index(i), fmt.Sprintf("%s/[%v]", at, name), e, do)
		}
	}
}

// all returns the places that there are.
func (m namedModel) all(o tree.Object) map[spot]bool {
	all := make(map[spot]bool)
	m.places(nil, "", o, func(p spot, _ any) { all[p] = true })
	return all
}

// leaves returns the values of a configuration by their places. A list whose entries
// have no identity is one value, and so is an empty object.
func (m namedModel) leaves(p tree.Pointer, at spot, v any, into map[spot]string) map[spot]string {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			m.leaves(p.Child(name), at+"/"+name, member, into)
		}
		return into
	case []any:
		if key := m.Key(p); key != "" {
			for i, e := range v {
				m.leaves(p.Index(i), at+"/["+tree.Identity(e, key)+"]", e, into)
			}
			return into
		}
	}
	into[at] = string(tree.Append(nil, v))
	return into
}

// placeOf returns the place that a pointer into a configuration leads to.
func (m namedModel) placeOf(p tree.Pointer, o tree.Object) spot {
	at := ""
	for i, token := range p {
		above, _, _ := p[:i].Get(o)
		list, isList := above.([]any)
		n, isIndex := tree.ArrayIndex(token)
		if name := m.nameOf(p[:i]); isList && isIndex && n < len(list) && name != "" {
			token = "[" + tree.Identity(list[n], name) + "]"
		}
		at += "/" + token
	}
	return at
}

// comment puts a comment above and behind each line of a text, and returns what each
// is about.
func comment(text string, m namedModel) (commented string, owners map[string]spot) {
	owners = make(map[string]spot)
	lines := strings.Split(strings.TrimSpace(text), "\n")
	var b strings.Builder
	table, array := "", ""
	for i, line := range lines {
		owner := ""
		switch {
		case strings.HasPrefix(line, "[["):
			name := strings.Trim(line, "[]")
			table = "/" + strings.ReplaceAll(name, ".", "/")
			key := m.nameOf(pointerOf(table))
			for _, next := range lines[i+1:] {
				if k, v, _ := strings.Cut(next, " = "); k == key {
					table += "/[" + strings.Trim(v, "'") + "]"
					break
				}
			}
			owner = table
		case strings.HasPrefix(line, "["):
			name := "/" + strings.ReplaceAll(strings.Trim(line, "[]"), ".", "/")
			if list, _, in := strings.Cut(table, "/["); in && strings.HasPrefix(name, list+"/") { // a table of the entry
				entry := list + "/[" + strings.SplitN(table[len(list)+2:], "]", 2)[0] + "]"
				name = entry + strings.TrimPrefix(name, list)
			}
			table, owner = name, name
		case line == "]":
			owner, array = array, ""
		case array != "":
			owner = array + "/[" + strings.Trim(line, "',") + "]"
		default:
			key, value, _ := strings.Cut(line, " = ")
			owner = table + "/" + key
			if value == "[" {
				array = owner
			}
		}
		above, behind := fmt.Sprintf("# above line %d;", i), fmt.Sprintf("# behind line %d;", i)
		if line == "]" {
			above = fmt.Sprintf("# last in line %d;", i)
		}
		owners[above], owners[behind] = owner, owner
		fmt.Fprintf(&b, "%s\n%s %s\n", above, line, behind)
	}
	return b.String(), owners
}

func pointerOf(text string) tree.Pointer {
	p, err := tree.ParsePointer(text)
	if err != nil {
		panic(err)
	}
	return p
}

// spot is the name of a place that holds while entries of lists move: "/hooks/entries/[audit]/priority".
type spot = string

// rename is the change of the name of an entry.
type rename struct{ from, to spot }

// inside returns where a place is after a rename.
func (r rename) inside(p spot) spot {
	if r.from != "" && (p == r.from || strings.HasPrefix(p, r.from+"/")) {
		return r.to + p[len(r.from):]
	}
	return p
}

// leaves returns leaves with their places after a rename.
func (r rename) leaves(all map[spot]string) map[spot]string {
	next := make(map[spot]string, len(all))
	for p, v := range all {
		next[r.inside(p)] = v
	}
	return next
}
