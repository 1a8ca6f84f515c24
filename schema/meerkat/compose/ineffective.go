package compose

import (
	"cmp"
	"maps"
	"slices"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// ineffectiveValue is a value that had no effect when its document was added, or that a later
// document took the effect from. Whether that still matters is known at the end.
type ineffectiveValue struct {
	path     tree.Pointer
	realm    string // whose document has the value
	source   tree.Pointer
	cause    string
	position int
	isLost   bool // the value had an effect until cause was added

	message, hint string
}

// addIneffective adds a value of the current document.
func (f *fold) addIneffective(n ineffectiveValue) {
	n.position = f.position
	if n.realm == "" {
		n.realm, n.source = f.realm, n.path
	}
	if n.cause == "" {
		n.cause = f.realm
	}
	f.ineffectiveValues = append(f.ineffectiveValues, n)
}

// keepInherited records that a value of the current document does not replace the
// inherited one, if that is another one. why ends with a verb.
func (f *fold) keepInherited(p tree.Pointer, v any, why string) {
	inherited, exists := f.get(p)
	if o := f.origins.any(p); exists && o != nil && !tree.Equal(inherited, v) {
		f.addIneffective(ineffectiveValue{path: p, cause: o.realm, message: "has no effect: " + why + " what " + o.realm + " has here"})
	}
}

// loseKeys loses the keys of the inherited object at p that next does not have,
// because the current document replaces the object.
func (f *fold) loseKeys(p tree.Pointer, next tree.Object, word string) {
	inherited, _ := f.get(p)
	had := members(inherited)
	for _, key := range slices.Sorted(maps.Keys(had)) {
		if _, isKept := next[key]; !isKept {
			why := f.realm + " replaces the " + word
			f.lose(p.Child(key), why, why+", and leaves this key out", "write the key in "+f.realm+", too")
		}
	}
}

// lose records that the inherited value at p gives way to its default.
func (f *fold) lose(p tree.Pointer, because, message, hint string) {
	v, _ := f.get(p)
	o := f.origins.any(p)
	if o == nil || members(v) == nil && f.isDefault(p, v) {
		return
	}
	f.because[p.String()] = because
	source := o.source[:min(len(o.source), len(p))]
	source = append(slices.Clip(source), p[len(source):]...)
	f.addIneffective(ineffectiveValue{path: p, realm: o.realm, source: source, cause: f.realm, isLost: true,
		message: "what " + o.realm + " has here has no effect: " + message, hint: hint})
}

// ineffective returns the values that have no effect in the end: no document that was
// added later has set them.
func (f *fold) ineffective() []schema.Ineffective {
	f.addShadowedHooks()
	var found []schema.Ineffective
	for _, n := range f.ineffectiveValues {
		if f.isOutdated(n) {
			continue
		}
		found = append(found, schema.Ineffective{
			Path: n.path, Realm: n.realm, Source: n.source, Cause: n.cause, Message: n.message, Hint: n.hint,
		})
	}
	slices.SortStableFunc(found, func(a, b schema.Ineffective) int {
		return cmp.Or(tree.ComparePointers(a.Path, b.Path), cmp.Compare(a.Realm, b.Realm))
	})
	return found
}

// isOutdated reports whether a document that was added later has set the value.
func (f *fold) isOutdated(n ineffectiveValue) bool {
	if n.isLost {
		_, isSet := f.get(n.path)
		return isSet
	}
	o := f.origins.any(n.path)
	return o != nil && o.position > n.position
}

// addShadowedHooks adds the hooks that never run, because a hook before them has
// the same id. Inherited hooks come first.
func (f *fold) addShadowedHooks() {
	p := tree.Pointer{"hooks", "entries"}
	v, _ := f.get(p)
	hooks, _ := v.([]any)
	first := map[string]*origin{}
	for i, hook := range hooks {
		id := tree.Identity(hook, hookIDKey)
		if id == "" {
			id = defaultHookID
		}
		own := f.origins.get(p.Index(i))
		before, isTaken := first[id]
		if !isTaken {
			first[id] = own
			continue
		}
		f.ineffectiveValues = append(f.ineffectiveValues, ineffectiveValue{path: p.Index(i), realm: own.realm, source: own.source, cause: before.realm, position: own.position,
			message: "this hook never runs: " + before.realm + " has one of the same id before it, and the first one wins",
			hint:    "give it an id of its own"})
	}
}
