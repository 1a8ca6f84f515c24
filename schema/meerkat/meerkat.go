// Package meerkat is the configuration of a Meerkat realm: its sections as Go
// structs, the rules between fields, and the model made of both.
//
// The structs are the source. The generator turns them into the JSON Schema,
// which is embedded as text, into the same schema as Go data, and into
// REFERENCE.md.
package meerkat

import (
	_ "embed"

	"realmconf/schema"
)

// The tag bootstrap leaves model_generated.go out of the generator, so that the
// generator can be built even if that file is broken.
//
//go:generate go run -tags bootstrap ../internal/gen

//go:embed config.schema.json
var schemaText []byte

// New returns the model of a Meerkat realm's configuration.
func New() *schema.Model { return schema.New(schemaText, &root, Rules()) }
