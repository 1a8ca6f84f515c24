package tree

import "slices"

// differ collects changes. In its methods, from is the place in the old
// configuration and path the one in the new. Below a moved entry they differ.
type differ struct {
	keyOf     func(Pointer) string
	defaultOf func(Pointer) (any, bool)
	noAdds    bool // additions are not reported
	changes   []Change
}

// Difference returns the changes that lead from one configuration to another,
// sorted by path (token by token, indexes as numbers). It is empty, never nil, if
// the two are Equal. The changes share their values with old and new.
//
// keyOf returns the member that identifies the entries of the list at a pointer
// into new, "" if none does; its values are strings. defaultOf returns the
// default of the value at a pointer. Either may be nil.
//
// The entries of lists are matched by MatchEntries. A difference inside a
// matched entry is reported at its own path, and an entry that moved as a move.
// An object that only one side has is one change.
func Difference(old, new Object, keyOf func(Pointer) string, defaultOf func(Pointer) (any, bool)) []Change {
	d := differ{keyOf: keyOf, defaultOf: defaultOf, changes: []Change{}}
	d.objects(nil, nil, old, new)
	slices.SortFunc(d.changes, compareChanges)
	return d.changes
}

// Losses is Difference without the additions, and without defaults: it does not
// look at what only the new configuration has.
func Losses(old, new Object, keyOf func(Pointer) string) []Change {
	d := differ{keyOf: keyOf, noAdds: true, changes: []Change{}}
	d.objects(nil, nil, old, new)
	slices.SortFunc(d.changes, compareChanges)
	return d.changes
}

func (d *differ) objects(from, path Pointer, old, new Object) {
	for name, o := range old {
		n, has := new[name]
		switch {
		case !has:
			d.reportRemove(from.Child(name), "", o)
		case !Equal(o, n):
			d.values(from.Child(name), path.Child(name), o, n)
		}
	}
	if d.noAdds {
		return
	}
	for name, n := range new {
		if _, has := old[name]; !has {
			d.reportAdd(path.Child(name), "", n)
		}
	}
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
	key := ""
	if d.keyOf != nil {
		key = d.keyOf(path)
	}
	m := MatchEntries(old, new, key)
	for i, e := range old {
		if m.New[i] < 0 {
			d.reportRemove(from.Index(i), Identity(e, key), e)
		}
	}
	for j, e := range new {
		i := m.Old[j]
		if i < 0 && d.noAdds {
			continue
		}
		if i < 0 {
			d.reportAdd(path.Index(j), Identity(e, key), e)
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

func (d *differ) reportAdd(path Pointer, key string, v any) {
	d.report(Change{Op: "add", Path: path, Key: key, New: v})
}

func (d *differ) reportRemove(path Pointer, key string, v any) {
	d.report(Change{Op: "remove", Path: path, Was: path, Key: key, Old: v})
}

func (d *differ) report(c Change) {
	if d.defaultOf != nil {
		c.Default, c.HasDefault = d.defaultOf(c.Path)
	}
	d.changes = append(d.changes, c)
}
