package document

// shortest is a length in bytes that no text which means v can go below. So a
// value that is far too long is refused before anything is written. Strings
// have no quotes here, for a date stands in the tree as one; tables have no
// brackets, for dotted keys may define them.
func shortest(v any) int {
	n := 0
	switch v := v.(type) {
	case string:
		n = len(v)
	case []any:
		for _, e := range v {
			if n += 1 + shortest(e); n > MaxBytes {
				break
			}
		}
	case map[string]any:
		for name, e := range v {
			if n += len(name) + 1 + shortest(e); n > MaxBytes {
				break
			}
		}
	default:
		n = 1
	}
	return n
}
