package runtime

import (
	"maps"

	"realmconf/schema/tree"
)

// keepRenamed returns a patched configuration in which a member that the patch only
// renames is stored as before: the patch gives null for the old name and, for a new
// one, the value as it is shown, which has the defaults and nulls. stored and resolved
// are the current configuration, and merged is stored with the patch.
func keepRenamed(model Model, patch, merged, stored, resolved tree.Object) tree.Object {
	tables := tablesWithRenames(nil, patch, stored)
	if len(tables) == 0 {
		return merged
	}
	given, _ := model.Canonical(merged)
	canonical, _ := model.Canonical(resolved)
	for _, p := range tables {
		before, _, _ := p.Get(stored)
		shown, _, _ := p.Get(canonical)
		after, _, _ := p.Get(given)
		changed := tree.Object{}
		for name, old := range renames(model, p, asObject(before), asObject(shown), asObject(after)) {
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
