package tree

// GuessPointer returns the pointer that the error of ParsePointer proposes.
func GuessPointer(s string) (string, bool) {
	if s == "" || s[0] == '/' {
		return "", false
	}
	return nearestPointer(s), true
}
