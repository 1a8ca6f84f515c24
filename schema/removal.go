package schema

import "realmconf/schema/tree"

// removals tells which mistakes of a configuration are there only because something
// was taken out of one that had mistakes before. Whatever a file has may be removed,
// also a part of what should not be there.
type removals struct {
	next, prev tree.Object
	old        map[string]Issue // the issues of prev, by their path
}

func newRemovals(next, prev tree.Object, old []Issue) removals {
	r := removals{next: next, prev: prev, old: make(map[string]Issue, len(old))}
	for _, issue := range old {
		r.old[issue.Path] = issue
	}
	return r
}

// leave reports whether an issue of next is what a removal has left: a part of a
// value that was a mistake of the same kind, or a missing key of which a misspelling
// was removed.
func (r removals) leave(issue Issue) bool {
	p, err := tree.ParsePointer(issue.Path)
	if err != nil || len(p) == 0 {
		return false
	}
	if issue.Kind == Missing {
		return r.isMisspellingRemoved(p)
	}
	was, has := r.old[issue.Path]
	if !has || was.Kind != issue.Kind {
		return false
	}
	now, _, _ := p.Get(r.next)
	before, _, _ := p.Get(r.prev)
	switch now.(type) {
	case map[string]any, []any:
		return isPart(now, before)
	}
	return false
}

// isMisspellingRemoved reports whether the object around p lacked the key at p
// before, too, and had an unknown key that looks like it and is gone.
func (r removals) isMisspellingRemoved(p tree.Pointer) bool {
	parent, name := p[:len(p)-1], p[len(p)-1]
	v, _, _ := parent.Get(r.prev)
	before, wasObject := v.(map[string]any)
	v, _, _ = parent.Get(r.next)
	now, isObject := v.(map[string]any)
	if _, had := before[name]; !wasObject || !isObject || had {
		return false
	}
	for other := range before {
		if _, stays := now[other]; stays || r.old[parent.Child(other).String()].Kind != UnknownKey {
			continue
		}
		if _, alike := tree.Nearest(other, []string{name}); alike {
			return true
		}
	}
	return false
}

// isPart reports whether a value is another one from which members and entries were
// removed.
func isPart(part, whole any) bool {
	switch part := part.(type) {
	case map[string]any:
		o, isObject := whole.(map[string]any)
		for name, v := range part {
			if e, has := o[name]; !has || !isPart(v, e) {
				return false
			}
		}
		return isObject
	case []any:
		list, isList := whole.([]any)
		for _, v := range part {
			for len(list) > 0 && !isPart(v, list[0]) {
				list = list[1:]
			}
			if len(list) == 0 {
				return false
			}
			list = list[1:]
		}
		return isList
	}
	return tree.Exactly(part, whole)
}
