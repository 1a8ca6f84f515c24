package compose

import (
	"maps"
	"slices"
	"strings"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// fold is the configuration of the documents so far. Its stored form has only what
// a document has written: an absent key has its default, as in a document.
type fold struct {
	model         *schema.Model
	canonicalUUID func(string) (string, bool)

	realm    string // whose document is added now
	position int    // of that document; the root is 1

	stored            tree.Object // its objects above the values that rules set belong to the fold
	origins           origins
	because           map[string]string // by pointer: why a default holds
	ineffectiveValues []ineffectiveValue

	defaults tree.Object // of the model; nil until they are needed
}

func newFold(model *schema.Model, canonicalUUID func(string) (string, bool)) *fold {
	return &fold{
		model: model, canonicalUUID: canonicalUUID,
		stored: tree.Object{}, because: map[string]string{},
	}
}

// add applies the document of a realm. It must be canonical.
func (f *fold) add(realm string, document tree.Object) {
	f.realm = realm
	f.position++
	for _, row := range table {
		section := document
		var p tree.Pointer
		if row.section != "" {
			v, isWritten := document[row.section]
			if !isWritten {
				continue
			}
			if p = (tree.Pointer{row.section}); row.keys == "" {
				row.rule(f, p, v)
				continue
			}
			section = members(v)
		}
		for _, key := range row.keysIn(section) {
			row.rule(f, p.Child(key), section[key])
		}
	}
}

// keysIn returns the keys of a section that a row is about, sorted where the row
// names none.
func (r row) keysIn(section tree.Object) []string {
	if r.keys != "*" {
		return slices.DeleteFunc(strings.Fields(r.keys), func(key string) bool {
			_, isWritten := section[key]
			return !isWritten
		})
	}
	var named []string
	for _, other := range table {
		if other.section == r.section {
			named = append(named, strings.Fields(other.keys)...)
		}
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(section)), func(key string) bool { return slices.Contains(named, key) })
}

// get returns the value of the documents so far.
func (f *fold) get(p tree.Pointer) (any, bool) {
	v, _, ok := p.Get(f.stored)
	return v, ok
}

// set makes a value of the current document the value at p.
func (f *fold) set(p tree.Pointer, v any) {
	f.put(p, v)
	f.origins.set(p, origin{f.realm, f.position, p})
}

// put makes v the value at p, and changes no origin.
func (f *fold) put(p tree.Pointer, v any) {
	o, last := f.stored, len(p)-1
	for _, token := range p[:last] {
		next := members(o[token])
		if next == nil {
			next = tree.Object{}
			o[token] = next
		}
		o = next
	}
	o[p[last]] = v
}

// replace is set for an object. Keys that it lacks and an inherited object has
// are lost; word says what the object is.
func (f *fold) replace(p tree.Pointer, v any, word string) {
	f.loseKeys(p, members(v), word)
	f.set(p, v)
}

// clear removes the inherited values at p. why says how.
func (f *fold) clear(p tree.Pointer, why string) {
	inherited, _ := f.get(p)
	for _, key := range slices.Sorted(maps.Keys(members(inherited))) {
		f.lose(p.Child(key), f.realm+why, f.realm+why, "")
	}
	f.origins.remove(p)
	if parent, ok := f.get(p[:len(p)-1]); ok {
		delete(members(parent), p[len(p)-1])
	}
}

// replaceSection replaces a section if it differs from its defaults. The key
// counts, if it is not empty, is a difference with any value.
func (f *fold) replaceSection(p tree.Pointer, v any, counts string) {
	section := members(v)
	_, differs := section[counts]
	for key, member := range section {
		differs = differs || !f.isDefault(p.Child(key), member)
	}
	if !differs {
		for _, key := range slices.Sorted(maps.Keys(section)) {
			f.keepInherited(p.Child(key), section[key], "a section that says only defaults does not replace")
		}
		return
	}
	f.loseKeys(p, section, "section")
	f.origins.remove(p)
	f.put(p, tree.Object{})
	for key, member := range section {
		f.set(p.Child(key), member)
	}
}

// addEntries adds the entries of a list. One with the identity of an entry that is
// there replaces it in its place.
func (f *fold) addEntries(p tree.Pointer, v any, identity func(entry any) string) {
	entries, _ := v.([]any)
	if len(entries) == 0 {
		f.keepInherited(p, v, "an empty list does not remove")
		return
	}
	inherited, _ := f.get(p)
	had, _ := inherited.([]any)
	list, at := slices.Clone(had), map[string]int{}
	for i, entry := range had {
		at[identity(entry)] = i
	}
	f.put(p, list)
	for i, entry := range entries {
		id := identity(entry)
		place, isKnown := at[id]
		if isKnown = isKnown && id != ""; isKnown {
			f.loseKeys(p.Index(place), members(entry), "entry")
			list[place] = entry
		} else {
			place = len(list)
			list = append(list, entry)
			f.put(p, list)
			at[id] = place
		}
		f.origins.set(p.Index(place), origin{f.realm, f.position, p.Index(i)})
	}
}

// isDefault reports whether a value means the same as an absent key.
func (f *fold) isDefault(p tree.Pointer, v any) bool {
	if o := members(v); o != nil {
		var config any = o
		for _, token := range slices.Backward(p) {
			config = tree.Object{token: config}
		}
		filled, _, _ := p.Get(f.model.Fill(members(config)))
		if f.defaults == nil {
			f.defaults = f.model.Fill(nil)
		}
		absent, _, isShown := p.Get(f.defaults)
		return isShown && tree.Equal(filled, absent)
	}
	if d, hasDefault := f.model.Default(p); hasDefault {
		return tree.Equal(v, d)
	}
	list, isList := v.([]any)
	return v == false || isList && len(list) == 0
}

// composition returns the result.
func (f *fold) composition(chain []string) *schema.Composition {
	return &schema.Composition{Chain: chain, Stored: f.stored, Ineffective: f.ineffective(), Origins: func() []schema.Origin {
		full := f.model.Fill(f.stored)
		list := f.origins.collect(make([]schema.Origin, 0, leaves(full)), nil, full, f.becauseOf)
		slices.SortFunc(list, func(a, b schema.Origin) int { return tree.ComparePointers(a.Path, b.Path) })
		return list
	}}
}

// becauseOf returns why the default holds at p, or "".
func (f *fold) becauseOf(p tree.Pointer) string {
	if len(f.because) == 0 {
		return ""
	}
	for at := p.String(); at != ""; at = at[:strings.LastIndexByte(at, '/')] {
		if why := f.because[at]; why != "" {
			return why
		}
	}
	return ""
}
