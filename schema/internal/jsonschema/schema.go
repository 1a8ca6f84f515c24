// Package jsonschema reads any JSON Schema of the drafts 4, 6, 7, 2019-09 and 2020-12
// and checks values against it.
//
// Compile turns each schema object into a Schema, once: references lead to the same
// Schema, so that a recursive schema is a graph with cycles. Find walks through a value
// and that graph together and reports every Violation with its place. Of anyOf and
// oneOf, it reports the problems of the branch that the value means (see branch.go).
//
// The sections of the standard (JSON Schema Core and Validation, 2020-12) are: 8.2 for
// identifiers, anchors and references (resource.go), 10 for applicators, 11 for
// unevaluatedProperties and unevaluatedItems (evaluation.go, object.go, list.go), and
// Validation 6 and 7 for assertions and formats. What the drafts say differently is in
// draft.go.
//
// The package opens no file and no connection. It bounds what a schema can cost: the
// same Schema is checked at most once for the same place, so that schemas that refer to
// each other many times over take no more time than their length, and a check ends
// after a number of steps.
package jsonschema

import (
	"realmconf/schema/internal/ecma"
	"realmconf/schema/tree"
)

// Schema is one schema object or boolean. It does not change after Compile.
type Schema struct {
	ID     int         // a number that no other Schema of the same document has
	Source tree.Object // the object itself, nil for a boolean
	Never  bool        // the schema false, which no value fulfils

	Ref     *Schema  // $ref
	Types   []string // type; nil: any
	Enum    []any    // enum, or const as a list of one; nil: any
	IsConst bool     // Enum is that of const

	Properties          map[string]*Schema
	Additional          *Schema // additionalProperties
	Required            []string
	Items               *Schema // of all entries that Prefix is not about
	AllOf, AnyOf, OneOf []*Schema

	enumSet       *tree.ValueSet // of Enum, nil if it is short
	end           *Schema        // of the chain of references that Ref begins
	hidesSiblings bool           // the keywords beside Ref have no effect
	resource      string         // the address of the resource that it is in

	*Rare
}

// Rare are the keywords that most schemas have nothing of. Those that have none share one,
// since a schema of a program may have a hundred thousand keys.
type Rare struct {
	Dynamic  *DynamicRef // $dynamicRef and $recursiveRef
	AlsoEnum []any       // enum beside const

	Minimum, Maximum, ExclusiveMinimum, ExclusiveMaximum, MultipleOf any // numbers; nil: none

	MinLength, MaxLength         Limit
	MinItems, MaxItems           Limit
	MinProperties, MaxProperties Limit
	MinContains, MaxContains     Limit

	Pattern *Pattern
	Format  string
	Unique  bool // uniqueItems

	PatternProperties []PatternSchema
	Names             *Schema // propertyNames
	DependentRequired map[string][]string
	DependentSchemas  map[string]*Schema
	Unevaluated       *Schema // unevaluatedProperties

	Prefix           []*Schema // prefixItems, or items as a list
	Contains         *Schema
	UnevaluatedItems *Schema

	Not, If, Then, Else *Schema

	alsoEnumSet     *tree.ValueSet
	recursiveAnchor bool
	// containsEvaluates says that contains counts for unevaluatedItems, as from draft
	// 2020-12 on.
	containsEvaluates bool
}

// hasRare reports whether a schema object has a keyword that is not one of the common ones.
func hasRare(o tree.Object) bool {
	_, hasEnum := o["enum"]
	_, hasConst := o["const"]
	_, isList := o["items"].([]any)
	if hasEnum && hasConst || isList {
		return true
	}
	for keyword := range o {
		switch keyword {
		case "type", "enum", "const", "properties", "additionalProperties", "required", "items", "allOf", "anyOf", "oneOf",
			"$ref", "$defs", "definitions", "$comment", "title", "description", "default", "examples", "deprecated":
		default:
			return true
		}
	}
	return false
}

// Limit is a number of things; the zero value is none.
type Limit struct {
	N     int64
	IsSet bool
}

// DynamicRef is a reference whose target depends on the schemas that led to it.
type DynamicRef struct {
	Target *Schema // if no schema on the way has the anchor
	anchor string  // "" if the target is fixed
	isRoot bool    // $recursiveRef
}

// Pattern is a regular expression. If it cannot be used, it matches every text.
type Pattern struct {
	Text       string
	expression *ecma.Regexp
	ignored    string // why it cannot be used
}

// Match reports whether the pattern matches a part of a text, and how many steps that
// took. It is true if they are more than most.
func (p *Pattern) Match(text string, most int) (is bool, steps int) {
	if p.expression == nil {
		return true, 1
	}
	return p.expression.Match(text, most)
}

// PatternSchema is the schema of the properties whose names match a pattern.
type PatternSchema struct {
	Pattern *Pattern
	Schema  *Schema
}

// InPlace returns the schemas that hold for the same value without a condition.
func (s *Schema) InPlace() []*Schema {
	var all []*Schema
	if s.Ref != nil {
		all = append(all, s.Ref)
	}
	if s.Dynamic != nil {
		all = append(all, s.Dynamic.Target)
	}
	return append(all, s.AllOf...)
}

// Property returns the schemas that hold for the member of a name. work is how many steps its patterns may take, and
// is lowered by those that they took: once it is below 0, the result means nothing.
func (s *Schema) Property(name string, work *int) []*Schema {
	var all []*Schema
	if p := s.Properties[name]; p != nil {
		all = append(all, p)
	}
	for _, p := range s.PatternProperties {
		if *work < 0 {
			return nil
		}
		is, steps := p.Pattern.Match(name, *work)
		if *work -= steps; is {
			all = append(all, p.Schema)
		}
	}
	if len(all) == 0 && s.Additional != nil {
		all = append(all, s.Additional)
	}
	return all
}

// Text returns a keyword whose value is a text, "" if it has none.
func (s *Schema) Text(keyword string) string {
	text, _ := s.Source[keyword].(string)
	return text
}
