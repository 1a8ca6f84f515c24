package meerkat

// OutputSchema is a JSON Schema that replies must satisfy, with a few words
// about it. The bare JSON Schema may stand in its place.
type OutputSchema struct {
	// The JSON Schema, whose root is an object.
	Schema Open `json:"schema" jsonschema:"required"`
	// The name that the provider is told.
	Name string `json:"name" jsonschema_extras:"x-unset=skip"`
	// Whether the provider must follow the schema to the letter.
	Strict bool `json:"strict" jsonschema:"default=false"`
	// Whether parts that the provider does not support may be left out.
	Compat string `json:"compat" jsonschema:"enum=lossy,enum=strict,default=lossy"`
	// The form of this table.
	Format string `json:"format" jsonschema:"enum=meerkat_v1,default=meerkat_v1"`
}
