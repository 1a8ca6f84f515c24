// Package meerkat is the configuration of a Meerkat realm: its sections as Go
// structs, the rules between fields, and the model made of both.
//
// The structs are the source. The generator turns them into the JSON Schema,
// which is embedded, and into REFERENCE.md.
package meerkat

import (
	_ "embed"

	"realmconf/schema"
)

// The second reads the first one's output.
//
//go:generate go run ../internal/gen
//go:generate go run ../internal/gen reference

//go:embed config.schema.json
var schemaText []byte

// New returns the model of a Meerkat realm's configuration.
func New() *schema.Model { return schema.New(schemaText, Rules()) }
