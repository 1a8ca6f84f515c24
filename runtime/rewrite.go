package runtime

import (
	"slices"

	"realmconf/schema/tree"
)

// rewrite is the stored configuration after a client replaced the whole one.
// The client edited the resolved view, so what it gave is compared with that:
// what is as it was stays as it is stored, or not stored; a default is never
// written down because somebody sent it back. A key that is left out returns to
// its default. Given must be canonical.
//
// What a read of the result would show is exactly what was given means. Should the
// comparison part by part not achieve that, because the model fills in more
// than defaults, then the sections concerned are stored as they were given.
func rewrite(model Model, stored, resolved, given tree.Object) tree.Object {
	canonical, _ := model.Canonical(stored)
	meant, _ := model.Canonical(resolved)
	r := rewriter{model}
	next := r.object(nil, stored, canonical, meant, given)
	differs := tree.Others(given, next)
	shown, means := model.Refill(next, given, tree.Object{}), model.Refill(given, next, tree.Object{})
	for name, value := range differs {
		if back, ok := shown[name]; !ok || !tree.Equal(back, means[name]) {
			next[name] = value
		}
	}
	return next
}

// rewriter walks four trees side by side: what is stored, the same in
// canonical names, what it means (the resolved view, canonical), and what is
// wanted. nil stands for a part that is not stored.
type rewriter struct{ model Model }

// value is what to store for one part, and whether to store anything.
func (r rewriter) value(p tree.Pointer, stored, canonical, meant, given any) (any, bool) {
	if tree.Equal(meant, given) {
		return stored, stored != nil
	}
	switch given := given.(type) {
	case map[string]any:
		was, ok := meant.(map[string]any)
		s, isStored := stored.(map[string]any)
		if !ok || !isStored && r.whole(p) {
			return given, true
		}
		c, _ := canonical.(map[string]any)
		next := r.object(p, s, c, was, given)
		return next, stored != nil || len(next) > 0
	case []any:
		was, ok := meant.([]any)
		s, sameAsStored := stored.([]any)
		c, sameAsCanonical := canonical.([]any)
		if !ok || !sameAsStored || !sameAsCanonical || len(s) != len(was) || len(c) != len(was) {
			return given, true
		}
		return r.list(p, s, c, was, given), true
	default:
		return given, true
	}
}

func (r rewriter) object(p tree.Pointer, stored, canonical, meant, given tree.Object) tree.Object {
	next := make(tree.Object, len(given))
	for name, value := range given {
		c := canonical[name]
		s, ok := stored[name]
		if !ok {
			s = c // stored by another name, if at all
		}
		was, known := meant[name]
		if !known {
			next[name] = value
			continue
		}
		if v, keep := r.value(p.Child(name), s, c, was, value); keep {
			next[name] = v
		}
	}
	return next
}

// list keeps the entries that are still there as they are stored. An entry is
// found again by its identity, else by being equal, else by its place; one that
// has another name now stands in the place of one whose name is gone.
func (r rewriter) list(p tree.Pointer, stored, canonical, meant, given []any) []any {
	key := r.model.Key(p)
	used := make([]bool, len(meant))
	next := make([]any, len(given))
	for i, entry := range given {
		j := slices.IndexFunc(meant, func(was any) bool { return tree.Equal(was, entry) })
		if id := identity(entry, key); id != nil {
			j = named(meant, key, id)
			if j < 0 && i < len(meant) && named(given, key, identity(meant[i], key)) < 0 {
				j = i
			}
		} else if j < 0 && i < len(meant) && identity(meant[i], key) == nil {
			j = i
		}
		next[i] = entry
		if j >= 0 && !used[j] {
			used[j] = true
			if v, keep := r.value(p.Index(i), stored[j], canonical[j], meant[j], entry); keep {
				next[i] = v
			}
		}
	}
	return next
}

// named is the place of the entry of an identity, -1 where there is none.
func named(list []any, key string, id any) int {
	return slices.IndexFunc(list, func(e any) bool { return tree.Equal(identity(e, key), id) })
}

func identity(entry any, key string) any {
	o, _ := entry.(map[string]any)
	return o[key]
}

// whole reports whether an object stands whole or not at all: its default is
// one value, and not the sum of its keys' defaults.
func (r rewriter) whole(p tree.Pointer) bool {
	d, ok := r.model.Default(p)
	_, isObject := d.(map[string]any)
	return ok && isObject
}
