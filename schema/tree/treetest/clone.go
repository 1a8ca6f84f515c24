// Package treetest has the functions on trees that only tests need: the program
// shares values, and changes none.
package treetest

import "realmconf/schema/tree"

// Clone copies a value, with everything in it, so that the copy may be changed.
func Clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		return CloneObject(v)
	case []any:
		c := make([]any, len(v))
		for i, e := range v {
			c[i] = Clone(e)
		}
		return c
	default:
		return v
	}
}

// CloneObject is Clone for an object. The copy of nil is an empty object.
func CloneObject(o tree.Object) tree.Object {
	c := make(tree.Object, len(o))
	for k, e := range o {
		c[k] = Clone(e)
	}
	return c
}
