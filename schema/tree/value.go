// Package tree is the value of a configuration, and everything that needs no
// schema: exact JSON, JSON Pointers, merge patches, operations, differences, and
// the matcher of the entries of two lists.
//
// A value is one of
//
//	nil, bool, string, int64, uint64, float64, []any, map[string]any
//
// An integer is an int64 if it fits and a uint64 above that; it is never
// converted through a float64. A float64 is a number that was written with a
// fraction or an exponent. This package does not change the values that it is
// given, and the values that it returns may share parts with them: a value must
// not be changed once others can see it.
package tree

// Object is a JSON object. A whole configuration is one.
type Object = map[string]any

// Equal reports whether two values are the same. Numbers are compared by their
// exact value: 2 equals 2.0, as in JSON Schema, because a client in JavaScript
// cannot distinguish them; 2^53+1 does not equal float64(2^53). NaN, which TOML
// has, equals NaN, because it did not change.
func Equal(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		if sameObject(a, b) {
			return true
		}
		for k, v := range a {
			w, ok := b[k]
			if !ok || !Equal(v, w) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		if sameList(a, b) {
			return true
		}
		for i := range a {
			if !Equal(a[i], b[i]) {
				return false
			}
		}
		return true
	case int64, uint64, float64:
		return equalNumbers(a, b)
	default: // nil, bool, string
		switch b.(type) {
		case map[string]any, []any:
			return false
		}
		return a == b
	}
}

func equalNumbers(a, b any) bool {
	switch x := a.(type) {
	case int64:
		switch y := b.(type) {
		case int64:
			return x == y
		case float64:
			return equalIntFloat(x, y)
		}
	case uint64:
		switch y := b.(type) {
		case uint64:
			return x == y
		case float64:
			// Every uint64 of a tree is above MaxInt64.
			return y >= 1<<63 && y < 1<<64 && uint64(y) == x
		}
	case float64:
		switch y := b.(type) {
		case float64:
			return x == y || (x != x && y != y)
		case int64, uint64:
			return equalNumbers(y, x)
		}
	}
	return false
}

func equalIntFloat(i int64, f float64) bool {
	return f >= -1<<63 && f < 1<<63 && int64(f) == i && float64(int64(f)) == f
}

// TypeName names a value's type as JSON Schema does, for messages: "null",
// "boolean", "string", "integer", "number", "array", "object".
func TypeName(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case int64, uint64:
		return "integer"
	case float64:
		return "number"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	default:
		return "unknown"
	}
}

// WithArticle puts the right article before a type's name, for messages: "an
// integer", "a string", "null".
func WithArticle(name string) string {
	switch name {
	case "array", "object", "integer":
		return "an " + name
	case "null":
		return name
	default:
		return "a " + name
	}
}
