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
