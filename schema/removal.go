package schema

import "realmconf/schema/tree"

// removals tells which mistakes of a configuration are there only because something
// was taken out of one that had mistakes before. Whatever a file has may be removed,
// also a part of what should not be there.
type removals struct {
	next, prev tree.Object
	// wasMistake reports whether prev has a mistake of a kind at a place.
	wasMistake func(p tree.Pointer, kind Kind) bool
}

// shares reports whether both have the same section.
func (r removals) shares(section string) bool {
	now, is := r.next[section]
	before, was := r.prev[section]
	return is && was && tree.Same(now, before)
}

// leave reports whether a mistake of next is what a removal has left: a part of a
// value that was a mistake of the same kind, or a missing key of which a misspelling
// was removed. now is the value of next there.
func (r removals) leave(f finding, now any) bool {
	if len(f.at) == 0 {
		return false
	}
	if f.kind == Missing {
		return r.isMisspellingRemoved(f.at)
	}
	switch now.(type) {
	case map[string]any, []any:
		before, _, _ := f.at.Get(r.prev)
		return r.wasMistake(f.at, f.kind) && isPart(now, before)
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
		if _, stays := now[other]; stays {
			continue
		}
		if _, alike := tree.Nearest(other, []string{name}); alike && r.wasMistake(parent.Child(other), UnknownKey) {
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
