package tree

import (
	"math"
	"reflect"
)

// Same reports whether two values are identical, without looking into them: the
// same object or list in memory, or the same scalar of the same type. Values that
// are Same are Exactly equal, but not vice versa.
func Same(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && sameObject(a, b)
	case []any:
		b, ok := b.([]any)
		return ok && sameList(a, b)
	case float64:
		b, ok := b.(float64)
		return ok && math.Float64bits(a) == math.Float64bits(b) // a reader can distinguish 0.0 and -0.0
	default: // nil, bool, string, int64, uint64
		switch b.(type) {
		case map[string]any, []any:
			return false
		}
		return a == b
	}
}

// sameObject is Same for objects. Equal and Exactly use it to skip shared parts:
// an object that is not changed any more is equal to itself.
func sameObject(a, b Object) bool {
	return reflect.ValueOf(a).UnsafePointer() == reflect.ValueOf(b).UnsafePointer()
}

func sameList(a, b []any) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// Exactly reports whether two values are Equal and their numbers have the same
// types, so that they cannot be distinguished.
func Exactly(a, b any) bool {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		if sameObject(x, y) {
			return true
		}
		for name, v := range x {
			w, has := y[name]
			if !has || !Exactly(v, w) {
				return false
			}
		}
		return true
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return false
		}
		if sameList(x, y) {
			return true
		}
		for i := range x {
			if !Exactly(x[i], y[i]) {
				return false
			}
		}
		return true
	default:
		return Same(a, b)
	}
}

// SameMembers reports whether two objects have the same names with values that are
// Same.
func SameMembers(a, b Object) bool {
	if len(a) != len(b) {
		return false
	}
	for name, v := range a {
		if w, has := b[name]; !has || !Same(v, w) {
			return false
		}
	}
	return true
}

// Others returns the members of an object that are not Same in the other one.
func Others(o, other Object) Object {
	found := make(Object)
	for name, v := range o {
		if w, has := other[name]; !has || !Same(v, w) {
			found[name] = v
		}
	}
	return found
}
