package schema

import (
	"slices"

	"realmconf/schema/internal/jsonschema"
	"realmconf/schema/tree"
)

// typesOf returns the types of some shapes together, nil for any.
func typesOf(shapes []shape) []string {
	var all []string
	for _, so := range shapes {
		types := so.types
		if types == nil && so.enum != nil {
			for _, v := range so.enum {
				types = append(types, typeOf(v))
			}
		}
		if types == nil {
			return nil
		}
		for _, name := range types {
			if !slices.Contains(all, name) && name != "null" {
				all = append(all, name)
			}
		}
	}
	return all
}

// typeOf returns the type of a value in JSON Schema's words.
func typeOf(v any) string {
	for _, name := range []string{"null", "boolean", "object", "array", "integer", "number"} {
		if jsonschema.IsOfType(v, name) {
			return name
		}
	}
	return "string"
}

// enumOf returns the values of some shapes together, if all of them that are no object
// and no list have some.
func enumOf(shapes []shape) []any {
	var all []any
	seen := tree.NewValueSet(nil)
	for _, so := range shapes {
		if so.enum == nil {
			isContainer := so.types != nil && !slices.ContainsFunc(so.types, func(t string) bool { return t != "object" && t != "array" })
			if !isContainer {
				return nil
			}
			continue
		}
		for _, v := range so.enum {
			if v != nil && seen.Add(v) {
				all = append(all, fromTree(v))
			}
		}
	}
	return all
}

// limits reads the limits of a number that has only one shape.
func (n *Node) limits(shapes []shape) {
	for _, so := range shapes {
		for _, s := range so.schemas {
			if n.Minimum == nil {
				n.Minimum = s.Minimum
			}
			if n.Maximum == nil {
				n.Maximum = s.Maximum
			}
		}
	}
}

// accepts reports whether a value is of a type that the place may have.
func (p *nodeSource) accepts(v any) bool {
	return slices.ContainsFunc(p.shapes, func(so shape) bool {
		return so.types == nil || slices.ContainsFunc(so.types, func(name string) bool { return jsonschema.IsOfType(v, name) })
	})
}
