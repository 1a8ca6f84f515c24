package policy

import (
	"maps"
	"slices"
	"strings"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// CutLastItem cuts an unfinished list before its last item.
func CutLastItem(list string) (before, last string) {
	last = list
	for more := true; more; {
		var rest string
		if _, rest, more = cutItem(last); more {
			last = rest
		}
	}
	return list[:len(list)-len(last)], last
}

// CompletePlaces returns the places that begin with the text of an unfinished one, up to
// the next name. The entries of a list are named by their identity, as a configuration,
// which may be nil, has them.
func CompletePlaces(model *schema.Model, config tree.Object, text string) []string {
	cut := strings.LastIndexByte(text, '/')
	if _, start, end := findIdentity(text); start < end && cut < end {
		return nil // the end of an identity: it is complete
	}
	if cut < 0 {
		return nil
	}
	parent, err := parseAllowedPlace(text[:cut])
	if err != nil || parent.check(model) != nil {
		return nil
	}
	v, _, _ := parent.path.Get(config)
	o, _ := v.(map[string]any)
	names := append(model.Children(parent.path), slices.Collect(maps.Keys(o))...)
	slices.Sort(names)
	var places []string
	for _, name := range slices.Compact(names) {
		place := allowedPlace{path: parent.path.Child(name), key: parent.key, name: parent.name, list: parent.list}
		places = append(places, place.String())
		key := model.Key(place.path)
		if key == "" || parent.key != "" {
			continue
		}
		for _, id := range identities(config, place.path, key) {
			if id != "" {
				places = append(places, allowedPlace{path: place.path.Child(entryToken), key: key, name: id, list: len(place.path)}.String())
			}
		}
	}
	return places
}
