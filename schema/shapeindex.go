package schema

import (
	"slices"

	"realmconf/schema/internal/jsonschema"
	"realmconf/schema/tree"
)

// shapeIndex finds the schemas of a shape by the name of a member. A shape may have as
// many schemas as allOf and dependentSchemas have entries, and each may have its own
// members: without an index, all of them would be asked for each.
type shapeIndex struct {
	required map[string]bool
	named    map[string][]int // of the schemas with a property of a name, ascending
	general  []int            // of those that may say something about any name, ascending
}

// indexed returns a shape with an index, if the shape is large.
func (so shape) indexed() shape {
	const small = 8 // schemas and required names that are looked through
	size := len(so.schemas)
	for _, s := range so.schemas {
		size += len(s.Required)
	}
	if so.index != nil || size <= small {
		return so
	}
	so.index = &shapeIndex{required: make(map[string]bool), named: make(map[string][]int)}
	for i, s := range so.schemas {
		for _, name := range s.Required {
			so.index.required[name] = true
		}
		if s.Additional != nil || len(s.PatternProperties) > 0 {
			so.index.general = append(so.index.general, i)
			continue
		}
		for name := range s.Properties {
			so.index.named[name] = append(so.index.named[name], i)
		}
	}
	return so
}

// about calls do for each schema that may say something about the member of a name, in
// their order.
func (so shape) about(name string, do func(*jsonschema.Schema)) {
	if so.index == nil {
		for _, s := range so.schemas {
			do(s)
		}
		return
	}
	named, general := so.index.named[name], so.index.general
	for len(named)+len(general) > 0 {
		from := &general
		if len(general) == 0 || len(named) > 0 && named[0] < general[0] {
			from = &named
		}
		do(so.schemas[(*from)[0]])
		*from = (*from)[1:]
	}
}

// maxPatternWork is how many steps the patterns of a shape may take for one name. It is
// enough for some thousand simple patterns.
const maxPatternWork = 20_000

// undecided is in the place of the schemas that hold for a member whose name takes the
// patterns too long. Its value may be a secret by any of them.
var undecided = &jsonschema.Schema{ID: -1, Source: tree.Object{"x-secret": true}, Rare: new(jsonschema.Rare)}

// member returns the schemas that hold for the member of a name, and whether the member
// may be there.
func (so shape) member(name string) ([]*jsonschema.Schema, bool) {
	var list []*jsonschema.Schema
	work := maxPatternWork
	so.about(name, func(s *jsonschema.Schema) { list = append(list, s.Property(name, &work)...) })
	if work < 0 {
		return []*jsonschema.Schema{undecided}, true
	}
	if len(list) == 0 {
		for _, s := range slices.Backward(so.schemas) {
			if s.Unevaluated != nil {
				list = append(list, s.Unevaluated)
				break
			}
		}
	}
	return list, !slices.ContainsFunc(list, func(s *jsonschema.Schema) bool { return s.Never })
}
