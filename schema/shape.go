package schema

import (
	"slices"

	"realmconf/schema/internal/jsonschema"
	"realmconf/schema/tree"
)

// shape is one alternative of a place without any choice left in it: schemas that hold
// together.
type shape struct {
	schemas []*jsonschema.Schema
	types   []string    // those that all allow; nil: any
	enum    []any       // nil: any
	index   *shapeIndex // nil if the shape is small, or still changes
}

// add adds a schema, and reports whether a value can have the shape.
func (so *shape) add(s *jsonschema.Schema) bool {
	so.schemas = append(so.schemas, s)
	if s.Types != nil {
		if so.types == nil {
			so.types = s.Types
		} else {
			so.types = commonTypes(so.types, s.Types)
		}
		if len(so.types) == 0 {
			return false
		}
	}
	for _, enum := range [][]any{s.Enum, s.AlsoEnum} {
		if enum != nil && so.enum == nil {
			so.enum = enum
		} else if enum != nil {
			so.enum = common(so.enum, enum)
		}
		if so.enum != nil && len(so.enum) == 0 {
			return false
		}
	}
	return true
}

// with returns the shapes of a shape together with one of some others.
func (so shape) with(others []shape) []shape {
	var all []shape
	for _, other := range others {
		both := shape{schemas: slices.Clip(so.schemas), types: so.types, enum: so.enum}
		ok := true
		for _, s := range other.schemas {
			if !slices.Contains(both.schemas, s) {
				ok = ok && both.add(s)
			}
		}
		if ok && !both.contradicts() {
			all = append(all, both)
		}
	}
	return all
}

// size returns how many schemas and properties are in a shape.
func (so shape) size() int {
	n := len(so.schemas)
	for _, s := range so.schemas {
		n += len(s.Properties)
	}
	return n
}

// contradicts reports whether the schemas require different values of one member.
func (so shape) contradicts() bool {
	values := make(map[string][]any)
	for _, s := range so.schemas {
		for name, p := range s.Properties {
			if p.Enum == nil {
				continue
			}
			had, isKnown := values[name]
			if !isKnown {
				values[name] = p.Enum
				continue
			}
			if values[name] = common(had, p.Enum); len(values[name]) == 0 && so.requires(name) {
				return true
			}
		}
	}
	return false
}

// common returns the values that are in two lists.
func common(a, b []any) []any {
	set := tree.NewValueSet(b)
	return slices.DeleteFunc(slices.Clone(a), func(v any) bool { return !set.Has(v) })
}

// commonTypes returns the types that are in both lists; an integer is a number.
func commonTypes(a, b []string) []string {
	both := []string{}
	for _, name := range a {
		switch {
		case slices.Contains(b, name), name == "integer" && slices.Contains(b, "number"):
			both = append(both, name)
		case name == "number" && slices.Contains(b, "integer"):
			both = append(both, "integer")
		}
	}
	return both
}

// accepts reports whether a value of the shape may be of a type.
func (so shape) accepts(typeName string) bool {
	if so.enum != nil {
		return slices.ContainsFunc(so.enum, func(v any) bool { return jsonschema.IsOfType(v, typeName) })
	}
	return so.types == nil || slices.Contains(so.types, typeName)
}

// requires reports whether an object of the shape must have a member.
func (so shape) requires(name string) bool {
	if so.index != nil {
		return so.index.required[name]
	}
	return slices.ContainsFunc(so.schemas, func(s *jsonschema.Schema) bool { return slices.Contains(s.Required, name) })
}

// saysNothing reports whether any member may be in an object of the shape.
func (so shape) saysNothing() bool {
	return !slices.ContainsFunc(so.schemas, func(s *jsonschema.Schema) bool {
		return s.Properties != nil || s.PatternProperties != nil || s.Additional != nil || s.Unevaluated != nil || s.Names != nil
	})
}

// hasPatterns reports whether some members are found by expressions.
func (so shape) hasPatterns() bool {
	return slices.ContainsFunc(so.schemas, func(s *jsonschema.Schema) bool { return len(s.PatternProperties) > 0 })
}

// text returns the first of some keywords that the nearest schema has.
func (so shape) text(keywords ...string) string {
	for _, s := range so.schemas {
		for _, keyword := range keywords {
			if text := s.Text(keyword); text != "" {
				return text
			}
		}
	}
	return ""
}

// isRequired reports whether an object of any of some shapes must have a member.
func isRequired(shapes []shape, name string) bool {
	return !slices.ContainsFunc(shapes, func(so shape) bool { return !so.requires(name) })
}

func distinctLists(lists [][]*jsonschema.Schema) [][]*jsonschema.Schema {
	return distinctBy(lists, func(list []*jsonschema.Schema) []*jsonschema.Schema { return list })
}

// distinctBy returns a list without those things that have the same schemas as an earlier
// one.
func distinctBy[T any](list []T, schemasOf func(T) []*jsonschema.Schema) []T {
	if len(list) < 2 {
		return list
	}
	seen := make(map[string]bool, len(list))
	return slices.DeleteFunc(slices.Clone(list), func(e T) bool {
		key := alternativesKey([][]*jsonschema.Schema{schemasOf(e)})
		is := seen[key]
		seen[key] = true
		return is
	})
}

// distinct returns shapes without those that are there twice, and without null if there
// is anything else: TOML has no null.
func distinct(shapes []shape) []shape {
	all := distinctBy(shapes, func(so shape) []*jsonschema.Schema { return so.schemas })
	isNull := func(so shape) bool { return slices.Equal(so.types, []string{"null"}) }
	if slices.ContainsFunc(all, func(so shape) bool { return !isNull(so) }) {
		all = slices.DeleteFunc(all, isNull)
	}
	return all
}

// areDifferent reports whether some objects differ in more than what they require.
func areDifferent(objects []shape) bool {
	first := objects[0].telling()
	return slices.ContainsFunc(objects[1:], func(so shape) bool { return !slices.Equal(so.telling(), first) })
}

func (so shape) telling() []*jsonschema.Schema {
	return slices.DeleteFunc(slices.Clone(so.schemas), func(s *jsonschema.Schema) bool {
		return s.Properties == nil && s.PatternProperties == nil && s.Additional == nil && s.Unevaluated == nil
	})
}
