package runtime

import (
	"maps"

	"realmconf/schema/tree"
)

// renamings are the members that are there under another name afterwards: for each
// object, by its pointer, the old names by the new ones.
//
// They are found in what the client has seen and sent, with tokens in the place of
// secrets: if a literal secret that equals the stored one counted as the same value,
// the form in which the value is then stored would tell that a guess was right.
type renamings map[string]map[string]string

// renamingsOf returns the renamings of objects in a replaced configuration. It does not
// look into lists. stored and shown are the current configuration as the client sees
// it, given is what it sent.
func renamingsOf(model Model, stored, shown, given tree.Object) renamings {
	canonical, _ := model.Canonical(shown)
	after, _ := model.Canonical(given)
	found := make(renamings)
	found.add(model, nil, stored, canonical, after)
	return found
}

func (found renamings) add(model Model, p tree.Pointer, stored, shown, after tree.Object) {
	if pairs := renames(model, p, stored, shown, after); len(pairs) > 0 {
		found[p.String()] = pairs
	}
	for name, v := range after {
		inner, isObject := v.(map[string]any)
		was, wasObject := stored[name].(map[string]any)
		if isObject && wasObject {
			found.add(model, p.Child(name), was, asObject(shown[name]), inner)
		}
	}
}

// renamingsIn returns the renamings of a merge patch: it gives null for the old name
// and, for a new one, the value as it is stored or shown, which has the defaults and
// nulls. merged is stored with the patch.
func renamingsIn(model Model, patch, merged, stored, shown tree.Object) renamings {
	tables := tablesWithRenames(nil, patch, stored)
	if len(tables) == 0 {
		return nil
	}
	after, _ := model.Canonical(merged)
	canonical, _ := model.Canonical(shown)
	found := make(renamings)
	for _, p := range tables {
		before, _, _ := p.Get(stored)
		now, _, _ := p.Get(canonical)
		next, _, _ := p.Get(after)
		found[p.String()] = renames(model, p, asObject(before), asObject(now), asObject(next))
	}
	return found
}

// keep returns a patched configuration in which the renamed members are stored as
// before.
func (found renamings) keep(merged, stored tree.Object) tree.Object {
	for place, pairs := range found {
		p, err := tree.ParsePointer(place)
		if err != nil {
			continue // unexpected: it was made of a pointer
		}
		before, _, _ := p.Get(stored)
		changed := tree.Object{}
		for name, old := range pairs {
			changed[name] = asObject(before)[old]
		}
		merged = replaceMembers(merged, p, changed)
	}
	return merged
}

// tablesWithRenames returns the places of the objects in a patch in which one member
// goes that is an object, and another one comes.
func tablesWithRenames(p tree.Pointer, patch, stored tree.Object) []tree.Pointer {
	var tables []tree.Pointer
	goes, comes := false, false
	for name, value := range patch {
		was, isStored := stored[name]
		inner, isObject := value.(map[string]any)
		wasInner, wasObject := was.(map[string]any)
		switch {
		case value == nil && wasObject:
			goes = true
		case isObject && !isStored:
			comes = true
		case isObject && wasObject:
			tables = append(tables, tablesWithRenames(p.Child(name), inner, wasInner)...)
		}
	}
	if goes && comes {
		tables = append(tables, p)
	}
	return tables
}

// renames returns the members of the object at p that are there under another name
// afterwards: the old names by the new ones. A name that the schema declares has a
// meaning of its own, so that its member is not renamed, and if several members have
// the same value it is not known which of them is meant. shown and after have
// canonical names and no nulls.
func renames(model Model, p tree.Pointer, stored, shown, after tree.Object) map[string]string {
	old := make(map[string][]string) // the names that go, by their values
	for name := range stored {
		v, isShown := shown[name] // not if it is another name of a key
		if _, stays := after[name]; !stays && isShown && !model.Declares(p.Child(name)) {
			value := string(tree.Append(nil, v))
			old[value] = append(old[value], name)
		}
	}
	if len(old) == 0 {
		return nil
	}
	comes := make(map[string][]string)
	for name, v := range after {
		if _, was := shown[name]; !was {
			value := string(tree.Append(nil, v))
			comes[value] = append(comes[value], name)
		}
	}
	found := make(map[string]string)
	for value, names := range comes {
		if len(names) == 1 && len(old[value]) == 1 {
			found[names[0]] = old[value][0]
		}
	}
	return found
}

// replaceMembers returns a tree with other values for members of the object at p. It
// copies only the objects on the way.
func replaceMembers(o tree.Object, p tree.Pointer, members tree.Object) tree.Object {
	next := maps.Clone(o)
	if len(p) == 0 {
		maps.Copy(next, members)
		return next
	}
	next[p[0]] = replaceMembers(asObject(o[p[0]]), p[1:], members)
	return next
}
