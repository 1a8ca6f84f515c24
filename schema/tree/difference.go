package tree

import "slices"

// differ collects changes. In its methods, from is the place in the old
// configuration and path the one in the new. Below a moved entry they differ.
type differ struct {
	keyOf     func(Pointer) string
	defaultOf func(whole, p Pointer) (any, bool)
	losses    bool // additions are not reported, and removals not split
	changes   []Change
}

// Difference returns the changes that lead from one configuration to another,
// sorted by path (token by token, indexes as numbers). It is empty, never nil, if
// the two are Equal. The changes share their values with old and new.
//
// keyOf returns the member that identifies the entries of the list at a pointer
// into new, "" if none does; its values are strings. defaultOf returns the
// value that counts at p where only whole is not stored, a place at or above p. Either
// may be nil.
//
// The entries of lists are matched by MatchEntries. A difference inside a
// matched entry is reported at its own path, and an entry that moved as a move.
//
// An object that only one side has is reported by its leaves, so that a change says
// nothing about the keys beside it: two writers may each have added one of them. A
// leaf is a value that is neither an object nor a list, an empty object, an entry of
// a list, or a list without entries that are objects or lists.
func Difference(old, new Object, keyOf func(Pointer) string, defaultOf func(whole, p Pointer) (any, bool)) []Change {
	d := differ{keyOf: keyOf, defaultOf: defaultOf, changes: []Change{}}
	d.objects(nil, nil, old, new)
	slices.SortFunc(d.changes, compareChanges)
	return d.changes
}

// Losses returns the removals, replacements and moves of Difference, without
// defaults. A removed object is one change, whatever it has. It does not look at what
// only the new configuration has.
func Losses(old, new Object, keyOf func(Pointer) string) []Change {
	d := differ{keyOf: keyOf, losses: true, changes: []Change{}}
	d.objects(nil, nil, old, new)
	slices.SortFunc(d.changes, compareChanges)
	return d.changes
}

func (d *differ) objects(from, path Pointer, old, new Object) {
	d.expect(old, new)
	for name, o := range old {
		n, has := new[name]
		switch {
		case !has:
			d.reportRemoval(from.Child(name), o)
		case !Equal(o, n):
			d.values(from.Child(name), path.Child(name), o, n)
		}
	}
	if d.losses {
		return
	}
	d.expect(new, old)
	for name, n := range new {
		if _, has := old[name]; !has {
			p := path.Child(name)
			d.reportLeaves(Change{Op: "add", Whole: p}, p, n)
		}
	}
}

// expect makes room for the changes of the members that only one of two objects has. To
// grow a long list step by step takes several times its memory.
func (d *differ) expect(own, other Object) {
	n := 0
	for name, v := range own {
		if _, has := other[name]; has {
			continue
		}
		if n++; !d.losses {
			n += countLeaves(v) - 1
		}
	}
	d.changes = slices.Grow(d.changes, n)
}

// countLeaves returns the number of changes that reportLeaves makes of a value.
func countLeaves(v any) int {
	n := 0
	switch v := v.(type) {
	case map[string]any:
		for _, member := range v {
			n += countLeaves(member)
		}
	case []any:
		if HasContainers(v) {
			n = len(v)
		}
	}
	return max(n, 1)
}

// values compares two values that are not Equal.
func (d *differ) values(from, path Pointer, old, new any) {
	switch o := old.(type) {
	case map[string]any:
		if n, ok := new.(map[string]any); ok {
			d.objects(from, path, o, n)
			return
		}
	case []any:
		if n, ok := new.([]any); ok {
			d.lists(from, path, o, n)
			return
		}
	}
	d.changes = append(d.changes, Change{Op: "replace", Path: path, Was: from, Old: old, New: new})
}

func (d *differ) lists(from, path Pointer, old, new []any) {
	key := d.key(path)
	m := MatchEntries(old, new, key)
	for i, e := range old {
		if m.New[i] < 0 {
			d.report(Change{Op: "remove", Whole: from.Index(i), Key: Identity(e, key)}, from.Index(i), e)
		}
	}
	for j, e := range new {
		i := m.Old[j]
		if i < 0 {
			if !d.losses {
				d.report(Change{Op: "add", Whole: path.Index(j), Key: Identity(e, key)}, path.Index(j), e)
			}
			continue
		}
		if m.Moved[j] {
			d.changes = append(d.changes, Change{Op: "move", Path: path.Index(j), From: from.Index(i), Key: Identity(e, key)})
		}
		if !Equal(old[i], e) {
			d.values(from.Index(i), path.Index(j), old[i], e)
		}
	}
}

// key returns the member that identifies the entries of a list.
func (d *differ) key(list Pointer) string {
	if d.keyOf == nil {
		return ""
	}
	return d.keyOf(list)
}

func (d *differ) reportRemoval(p Pointer, v any) {
	c := Change{Op: "remove", Whole: p}
	if d.losses {
		d.report(c, p, v)
		return
	}
	d.reportLeaves(c, p, v)
}

// reportLeaves reports a value that only one side has by its leaves. c is the change
// without place and value.
func (d *differ) reportLeaves(c Change, p Pointer, v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			d.reportLeaves(c, p.Child(name), member)
		}
		if len(v) > 0 {
			return
		}
	case []any:
		if HasContainers(v) {
			key := d.key(p)
			for i, e := range v {
				c.Key = Identity(e, key)
				d.report(c, p.Index(i), e)
			}
			return
		}
	}
	d.report(c, p, v)
}

// report reports an addition or a removal of the value at p.
func (d *differ) report(c Change, p Pointer, v any) {
	c.Path = p
	if c.Op == "add" {
		c.New = v
	} else {
		c.Was, c.Old = p, v
	}
	if d.defaultOf != nil {
		c.Default, c.HasDefault = d.defaultOf(c.Whole, p)
	}
	d.changes = append(d.changes, c)
}

// HasContainers reports whether a list has entries that are objects or lists. Any
// other list is one value to a reader.
func HasContainers(list []any) bool {
	return slices.ContainsFunc(list, func(entry any) bool {
		switch entry.(type) {
		case map[string]any, []any:
			return true
		}
		return false
	})
}
