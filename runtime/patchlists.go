package runtime

import "realmconf/schema/tree"

// keepListDefaults returns a patched configuration in which the lists that a patch
// gives are stored as a replacement of the whole configuration would store them: an
// entry that the client read and sent back stays as it is stored, without the
// defaults and nulls that a client was shown. stored and resolved are the current
// configuration, and merged is stored with the patch.
func keepListDefaults(model Model, patch, merged, stored, resolved tree.Object) tree.Object {
	lists := listsOf(nil, patch)
	if len(lists) == 0 {
		return merged
	}
	r := rewriter{model: model, sources: newSources(model, nil, stored, resolved)}
	given, _ := model.Canonical(merged)
	canonical, _ := model.Canonical(stored)
	canonicalResolved, _ := model.Canonical(resolved)
	for _, p := range lists {
		list, _, isGiven := p.Get(given)
		if _, isList := list.([]any); !isGiven || !isList {
			continue // given by another name: as it is
		}
		now := part{}
		now.stored, _, _ = p.Get(stored)
		now.canonical, _, _ = p.Get(canonical)
		now.resolved, _, _ = p.Get(canonicalResolved)
		if _, isStored := now.stored.([]any); isStored {
			if next, store := r.value(p, now, list); store {
				list = next
			}
		}
		for i := len(p) - 1; i >= 0; i-- {
			list = tree.Object{p[i]: list}
		}
		merged = tree.Merge(merged, list).(tree.Object)
	}
	return merged
}

// listsOf returns the places of the lists in a patch that have objects in them. Other
// lists have neither defaults nor nulls.
func listsOf(p tree.Pointer, patch any) []tree.Pointer {
	var all []tree.Pointer
	switch v := patch.(type) {
	case map[string]any:
		for name, member := range v {
			all = append(all, listsOf(p.Child(name), member)...)
		}
	case []any:
		for _, entry := range v {
			if _, isObject := entry.(map[string]any); isObject {
				return []tree.Pointer{p}
			}
		}
	}
	return all
}
