package tools

import (
	"slices"
	"strconv"

	"realmconf/schema/tree"
)

// valueAt returns the value that a client means by a path, and its place. The client
// may know another name of a key, and may name an entry of a list by its identity: the
// place has the name and the index that there are.
func valueAt(path tree.Pointer, config tree.Object, model Model) (any, tree.Pointer, error) {
	if value, _, ok := path.Get(config); ok {
		return value, path, nil
	}
	path = entriesByIndex(model.PathIn(path, config), config, model)
	path = model.PathIn(path, config) // below an entry
	value, depth, ok := path.Get(config)
	if !ok {
		return nil, path, notFound(path, depth, config, model)
	}
	return value, path, nil
}

// entriesByIndex returns a path with the index of each list entry that it names by its
// identity. An index stays one, and so does the identity of several entries.
func entriesByIndex(path tree.Pointer, config tree.Object, model Model) tree.Pointer {
	found := slices.Clone(path)
	var value any = config
	for i, token := range found {
		list, isList := value.([]any)
		if _, isIndex := tree.ArrayIndex(token); isList && !isIndex {
			key := model.Key(found[:i])
			isIt := func(entry any) bool { return key != "" && tree.Identity(entry, key) == token }
			if n := slices.IndexFunc(list, isIt); n >= 0 && !slices.ContainsFunc(list[n+1:], isIt) {
				found[i] = strconv.Itoa(n)
			}
		}
		value, _, _ = tree.Pointer{found[i]}.Get(value)
	}
	return found
}
