package meerkat

// The special types that fields of Config have. The generator knows them by
// their Go type; each becomes one small piece of JSON Schema.

// DurationText is a length of time as text: "500ms", "90s", "1h 30m". A number is
// refused, as Meerkat does.
type DurationText string

// DurationOrMillis is a length of time as text, or as a whole number of milliseconds.
type DurationOrMillis string

// DurationOrDisabled is a length of time as text, or "disabled".
type DurationOrDisabled string

// DurationTable is a length of time in two numbers, as a table.
type DurationTable struct {
	// Whole seconds.
	Secs uint64 `json:"secs" jsonschema:"required" jsonschema_extras:"x-risk=posture"`
	// Nanoseconds on top of the seconds.
	Nanos uint32 `json:"nanos" jsonschema:"required" jsonschema_extras:"x-risk=posture"`
}

// Slug is an id of letters, digits, "-", "_" and ".".
type Slug string

// UUID is a UUID in any form that Meerkat reads: with hyphens, without, in
// braces, or as a URN.
type UUID string

// SkillName is the name of a skill: lower-case letters and digits, in groups
// joined by single hyphens.
type SkillName string

// Tag is the member of a tagged union that says which branch the others belong
// to. The branches are fields of the same struct with a tag case:"value".
type Tag string

// Open is an object with any keys, kept unchanged.
type Open map[string]any

// Any is a value of any type, kept unchanged.
type Any struct{}

// Empty is a branch of a union that has no members of its own.
type Empty struct{}
