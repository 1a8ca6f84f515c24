package jsonschema

import "realmconf/schema/tree"

// Violation is a keyword that a value does not fulfil.
type Violation struct {
	At      tree.Pointer // of the value
	Keyword Keyword
	Schema  *Schema // that has the keyword

	Name    string   // Required, Dependent: the missing key; Names: the key that is wrong
	OneOf   []string // Required: keys of which any one will do
	Because string   // Dependent: the key that needs it
	Types   []string // Type: those that are allowed
	Allowed []any    // Enum: the values that are allowed
	Limit   any      // of a number or a length
	Matches int      // OneOf: how many branches the value fits
}

// Keyword is the sort of a violation.
type Keyword string

// The sorts: names of keywords, of which some stand for several.
const (
	Type      Keyword = "type"
	Enum      Keyword = "enum" // const too
	Required  Keyword = "required"
	Dependent Keyword = "dependentRequired"
	Unknown   Keyword = "additionalProperties" // a key or an entry that the schema forbids
	Excluded  Keyword = "properties"           // a key that it has elsewhere, and forbids here
	Names     Keyword = "propertyNames"

	Minimum          Keyword = "minimum"
	Maximum          Keyword = "maximum"
	ExclusiveMinimum Keyword = "exclusiveMinimum"
	ExclusiveMaximum Keyword = "exclusiveMaximum"
	MultipleOf       Keyword = "multipleOf"

	MinLength     Keyword = "minLength"
	MaxLength     Keyword = "maxLength"
	MinItems      Keyword = "minItems"
	MaxItems      Keyword = "maxItems"
	MinProperties Keyword = "minProperties"
	MaxProperties Keyword = "maxProperties"

	PatternMismatch Keyword = "pattern"
	Format          Keyword = "format"
	Unique          Keyword = "uniqueItems"
	Contains        Keyword = "contains"
	MaxContains     Keyword = "maxContains"
	Not             Keyword = "not"
	OneOf           Keyword = "oneOf"
	AnyOf           Keyword = "anyOf"
	Never           Keyword = "false" // no value is allowed here
	TooLong         Keyword = "steps" // the check was given up
)
