package schema

import (
	"slices"

	"realmconf/schema/internal/jsonschema"
)

// entries returns for each place in a list the schemas that hold there, nil if none says
// anything about entries.
func (so shape) entries() [][]*jsonschema.Schema {
	longest, says := 0, false
	for _, s := range so.schemas {
		longest = max(longest, len(s.Prefix))
		says = says || s.Items != nil || s.UnevaluatedItems != nil
	}
	if longest == 0 && !says {
		return nil
	}
	var all [][]*jsonschema.Schema
	for i := range longest + 1 {
		var list []*jsonschema.Schema
		for _, s := range so.schemas {
			switch {
			case i < len(s.Prefix):
				list = append(list, s.Prefix[i])
			case s.Items != nil:
				list = append(list, s.Items)
			case s.UnevaluatedItems != nil && i >= longest:
				list = append(list, s.UnevaluatedItems)
			}
		}
		all = append(all, list)
	}
	return all
}

// memberLists returns for each of some shapes the schemas that hold for the member of a
// name. A shape in which it may not be has none.
func memberLists(shapes []shape, name string) [][]*jsonschema.Schema {
	var all [][]*jsonschema.Schema
	for _, so := range shapes {
		if list, may := so.member(name); may {
			all = append(all, list)
		}
	}
	return distinctLists(all)
}

// otherLists returns for each shape the schemas of members that no other keyword is
// about.
func otherLists(shapes []shape) [][]*jsonschema.Schema {
	var all [][]*jsonschema.Schema
	for _, so := range shapes {
		var list []*jsonschema.Schema
		for _, s := range so.schemas {
			for _, other := range []*jsonschema.Schema{s.Additional, s.Unevaluated} {
				if other != nil {
					list = append(list, other)
				}
			}
		}
		if !slices.ContainsFunc(list, func(s *jsonschema.Schema) bool { return s.Never }) {
			all = append(all, list)
		}
	}
	return distinctLists(all)
}

func patternsOf(shapes []shape) []jsonschema.PatternSchema {
	var all []jsonschema.PatternSchema
	for _, so := range shapes {
		for _, s := range so.schemas {
			for _, p := range s.PatternProperties {
				if !p.Schema.Never {
					all = append(all, p)
				}
			}
		}
	}
	return all
}
