package compose

import (
	"maps"
	"slices"

	"realmconf/schema/tree"
)

// rule applies the value v that the document of f.realm has at p.
type rule func(f *fold, p tree.Pointer, v any)

// ifWritten lets a value replace the inherited one, also if it is the default.
// Nothing unsets an inherited value.
func ifWritten(f *fold, p tree.Pointer, v any) { f.set(p, v) }

// tableIfWritten is ifWritten for a table that counts as one value.
func tableIfWritten(f *fold, p tree.Pointer, v any) { f.replace(p, v, "table") }

// entryIfWritten is ifWritten for an entry of a map.
func entryIfWritten(f *fold, p tree.Pointer, v any) { f.replace(p, v, "entry") }

// ifNotEmpty is ifWritten for all values but the empty text.
func ifNotEmpty(f *fold, p tree.Pointer, v any) {
	if v == "" {
		f.keepInherited(p, v, "an empty text does not replace")
		return
	}
	f.set(p, v)
}

// ifNotDefault lets a value replace the inherited one unless it is the default: no
// document can return to that.
func ifNotDefault(f *fold, p tree.Pointer, v any) {
	if f.isDefault(p, v) {
		f.keepInherited(p, v, "a value that is the default does not replace")
		return
	}
	f.set(p, v)
}

// never ignores a value, in the realm's own document, too.
func never(f *fold, p tree.Pointer, v any) {
	if f.isDefault(p, v) {
		return
	}
	f.because[p.String()] = "Meerkat never carries this key into what it runs with"
	f.addIneffective(ineffectiveValue{path: p, message: "has no effect: Meerkat never carries this key into what it runs with, and its default holds",
		hint: "set it where a session or an agent is made"})
}

// sectionIfNotDefault lets a section replace the inherited one as a whole if
// anything in it differs from the default. What it leaves out returns to the default.
func sectionIfNotDefault(f *fold, p tree.Pointer, v any) { f.replaceSection(p, v, "") }

// compactionSection is sectionIfNotDefault, where the threshold is a difference
// with any value.
func compactionSection(f *fold, p tree.Pointer, v any) { f.replaceSection(p, v, thresholdKey) }

// fallbackSection is sectionIfNotDefault, where one key returns the section to its
// default. That key itself is never carried.
func fallbackSection(f *fold, p tree.Pointer, v any) {
	section := maps.Clone(members(v))
	reset := section[resetChainKey] == true
	delete(section, resetChainKey)
	if list, _ := section[fallbackChainKey].([]any); len(list) == 0 { // means an absent one
		delete(section, fallbackChainKey)
	}
	if !reset {
		f.replaceSection(p, section, "")
		return
	}
	for _, key := range slices.Sorted(maps.Keys(section)) {
		if at := p.Child(key); !f.isDefault(at, section[key]) {
			f.addIneffective(ineffectiveValue{path: at, message: "has no effect: " + resetChainKey + " beside it returns the section to its default", hint: "remove one of the two"})
		}
	}
	f.clear(p, " returns the section to its default")
}

// appended adds the entries of a list at the end of the inherited ones.
func appended(f *fold, p tree.Pointer, v any) {
	f.addEntries(p, v, func(any) string { return "" })
}

// eachListAppended is appended for each list in a table.
func eachListAppended(f *fold, p tree.Pointer, v any) {
	for key, list := range members(v) {
		appended(f, p.Child(key), list)
	}
}

// entriesByName lets an entry replace the inherited one of the same name in its
// place, and adds all others at the end.
func entriesByName(f *fold, p tree.Pointer, v any) {
	f.addEntries(p, v, func(entry any) string { return tree.Identity(entry, serverNameKey) })
}

// entriesByUUID is entriesByName for entries that a UUID identifies.
func entriesByUUID(f *fold, p tree.Pointer, v any) {
	f.addEntries(p, v, func(entry any) string {
		id, _ := f.canonicalUUID(tree.Identity(entry, repositoryKey))
		return id
	})
}

// eachKey is ifWritten for each key of a table.
func eachKey(f *fold, p tree.Pointer, v any) {
	for key, member := range members(v) {
		f.set(p.Child(key), member)
	}
}

// keysOfEntries is ifWritten for each key of each entry of a map. An entry without
// keys is one, too.
func keysOfEntries(f *fold, p tree.Pointer, v any) {
	for id, entry := range members(v) {
		if at := p.Child(id); len(members(entry)) > 0 {
			eachKey(f, at, entry)
		} else if _, exists := f.get(at); !exists {
			f.set(at, tree.Object{})
		}
	}
}

// keysOfEntriesEmptyClears is keysOfEntries, and a map without entries removes
// the inherited ones.
func keysOfEntriesEmptyClears(f *fold, p tree.Pointer, v any) {
	if len(members(v)) == 0 {
		f.clear(p, " clears the map")
		f.set(p, tree.Object{})
		return
	}
	keysOfEntries(f, p, v)
}

// keysOfEntriesEmptyClearsBoth is keysOfEntriesEmptyClears for the servers, without
// which there are no models either.
func keysOfEntriesEmptyClearsBoth(f *fold, p tree.Pointer, v any) {
	if len(members(v)) == 0 {
		f.clear(p[:len(p)-1].Child(modelsKey), " clears the servers, and the models with them")
	}
	keysOfEntriesEmptyClears(f, p, v)
}

// members returns a value that is an object; nil for any other value.
func members(v any) tree.Object {
	o, _ := v.(map[string]any)
	return o
}
