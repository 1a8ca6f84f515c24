package runtime

import (
	"realmconf/schema/tree"
)

// rewrite returns the stored configuration after a client replaced the whole
// one. The client edited the resolved view, so the configuration that it gave is
// compared with that: a part that is equal stays as it is stored, or absent, so
// that no default is stored because a client sent it back; a part that differs
// is stored as given; a key that is left out returns to its default. given must
// be canonical.
//
// A part that was moved or copied is compared with the part that it comes from, and so
// is a member that only has another name.
//
// A key that is stored under another name keeps that name. The result must have
// exactly the meaning of given. The model may fill in more than
// defaults, so the comparison part by part cannot promise that: it is checked at
// the end, and a section that differs is stored with the canonical names, or if it
// still differs as given.
func rewrite(model Model, stored, resolved, given tree.Object, from sources, renamed renamings) tree.Object {
	now := newPart(model, stored, resolved)
	r := rewriter{model: model, sources: from, renamed: renamed, keepsNames: true}
	next := r.object(nil, now, given)
	differs := tree.Others(given, next)
	want := model.Refill(given, next, tree.Object{})
	others := differing(model, next, given, want, differs)
	if len(others) == 0 {
		return next
	}
	r.keepsNames = false
	for name := range others {
		section, _ := now.member(name)
		if v, store := r.value(tree.Pointer{name}, section, given[name]); store {
			next[name] = v
		} else {
			delete(next, name)
		}
	}
	for name := range differing(model, next, given, want, differs) {
		next[name] = given[name]
	}
	return next
}

// differing returns the sections among some that do not mean the same as the given
// ones, whose meaning is want.
func differing(model Model, next, given, want, among tree.Object) tree.Object {
	got := model.Refill(next, given, tree.Object{})
	found := tree.Object{}
	for name, value := range among {
		if back, ok := got[name]; !ok || !tree.Equal(back, want[name]) {
			found[name] = value
		}
	}
	return found
}

// part is one part of the current configuration in three forms. stored and
// canonical are nil if the part is not stored.
type part struct {
	stored    any // as the file says it
	canonical any // stored, with the canonical names
	resolved  any // canonical, with the defaults filled in
}

func newPart(model Model, stored, resolved tree.Object) part {
	canonical, _ := model.Canonical(stored)
	canonicalResolved, _ := model.Canonical(resolved)
	return part{stored, canonical, canonicalResolved}
}

// member returns a member of an object, and whether the object has it.
func (p part) member(name string) (member part, exists bool) {
	stored, canonical, resolved := asObject(p.stored), asObject(p.canonical), asObject(p.resolved)
	member.canonical = canonical[name]
	if member.stored, exists = stored[name]; !exists {
		member.stored = member.canonical // stored under another name, if at all
	}
	member.resolved, exists = resolved[name]
	return member, exists
}

// entries returns the entries of a list, and whether the three forms have the
// same ones.
func (p part) entries() (entries []part, same bool) {
	stored, isStored := p.stored.([]any)
	canonical, isCanonical := p.canonical.([]any)
	resolved, isList := p.resolved.([]any)
	if !isStored || !isCanonical || !isList || len(stored) != len(resolved) || len(canonical) != len(resolved) {
		return nil, false
	}
	for i := range resolved {
		entries = append(entries, part{stored[i], canonical[i], resolved[i]})
	}
	return entries, true
}

// rewriter compares the current configuration with a given one, part by part.
// Of each part it decides, in this order:
//
//  1. given equals resolved: the part stays as it is stored, or absent.
//  2. Both are objects: each of the given members is decided on its own. But an
//     object whose default is one value, rather than the defaults of its keys,
//     is stored whole if it was not stored: half of it would mean something else.
//  3. Both are lists with the same entries in all forms: each of the given
//     entries is decided together with the entry that it was before.
//  4. Anything else is stored as given.
type rewriter struct {
	model      Model
	sources    sources
	renamed    renamings
	keepsNames bool // a key that is stored under another name keeps it
}

// value returns the value to store at p, and whether to store one.
func (r rewriter) value(p tree.Pointer, now part, given any) (next any, store bool) {
	if tree.Equal(now.resolved, given) {
		return now.stored, now.stored != nil
	}
	switch given := given.(type) {
	case map[string]any:
		_, wasObject := now.resolved.(map[string]any)
		_, isStored := now.stored.(map[string]any)
		if wasObject && (isStored || !r.hasWholeDefault(p)) {
			object := r.object(p, now, given)
			return object, now.stored != nil || len(object) > 0
		}
	case []any:
		if entries, same := now.entries(); same {
			return r.list(p, entries, given), true
		}
	}
	return given, true
}

func (r rewriter) object(p tree.Pointer, now part, given tree.Object) tree.Object {
	next := make(tree.Object, len(given))
	var renamed map[string]string
	if len(r.renamed) > 0 {
		renamed = r.renamed[p.String()]
	}
	for name, value := range given {
		key := name
		member, exists := now.member(name)
		if source, moved := r.sources.part(p.Child(name)); moved {
			member, exists = source, true
		} else if old, isRenamed := renamed[name]; isRenamed {
			member, exists = now.member(old)
		} else if r.keepsNames && exists && member.canonical != nil {
			stored := asObject(now.stored)
			key = r.model.NameIn(p, name, stored)
			member.stored = stored[key] // nil if another key implies it
		}
		if !exists {
			next[name] = value
		} else if v, store := r.value(p.Child(name), member, value); store {
			next[key] = v
		}
	}
	return next
}

// list rewrites the entries that were there before, and stores the others as
// given.
func (r rewriter) list(p tree.Pointer, now []part, given []any) []any {
	resolved := make([]any, len(now))
	for i, entry := range now {
		resolved[i] = entry.resolved
	}
	matching := tree.MatchSimilar(resolved, given, r.model.Key(p))
	next := make([]any, len(given))
	for i, entry := range given {
		next[i] = entry
		if j := matching.Old[i]; j >= 0 {
			if v, store := r.value(p.Index(i), now[j], entry); store {
				next[i] = v
			}
		}
	}
	return next
}

// hasWholeDefault reports whether the default of the object at p is one value,
// and not the sum of its keys' defaults.
func (r rewriter) hasWholeDefault(p tree.Pointer) bool {
	d, ok := r.model.Default(p)
	_, isObject := d.(map[string]any)
	return ok && isObject
}

func asObject(v any) tree.Object {
	o, _ := v.(map[string]any)
	return o
}
