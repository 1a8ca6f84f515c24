package tree

// Merge applies a JSON merge patch (RFC 7396) to the letter: an object is
// merged member by member, null removes a member, any other value replaces one.
// The target is not changed; the result shares the rest with it.
func Merge(target, patch any) any {
	p, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	t, _ := target.(map[string]any) // anything else counts as an empty object
	merged := make(map[string]any, len(t)+len(p))
	for k, v := range t {
		merged[k] = v
	}
	for k, v := range p {
		if v == nil {
			delete(merged, k)
			continue
		}
		merged[k] = Merge(merged[k], v)
	}
	return merged
}

// Diff returns the merge patch that leads from one object to another: Merge(from,
// Diff(from, to)) is Equal to to. A merge patch cannot set a member to null, so
// to may have nulls only inside lists. The result shares its values with to.
func Diff(from, to Object) Object {
	patch := make(Object)
	for k := range from {
		if _, has := to[k]; !has {
			patch[k] = nil
		}
	}
	for k, v := range to {
		w, has := from[k]
		if has && Equal(w, v) {
			continue
		}
		if is, ok := v.(map[string]any); ok {
			was, _ := w.(map[string]any) // anything else counts as an empty object
			v = Diff(was, is)
		}
		patch[k] = v
	}
	return patch
}
