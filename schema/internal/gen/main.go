// Gen writes the JSON Schema of meerkat.Config, the same schema as Go data, and
// REFERENCE.md. Run it with go generate in the directory of package meerkat.
package main

import (
	"fmt"
	"os"

	"realmconf/schema"
	"realmconf/schema/meerkat"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run() error {
	source, err := generate(".")
	if err != nil {
		return err
	}
	root, err := schema.Parse(source, meerkat.Rules())
	if err != nil {
		return err
	}
	data, err := goData(root)
	if err != nil {
		return err
	}
	page, err := reference(schema.New(source, root, meerkat.Rules()))
	if err != nil {
		return err
	}
	for name, text := range map[string][]byte{
		"config.schema.json": source, "model_generated.go": data, "REFERENCE.md": page,
	} {
		if err := os.WriteFile(name, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
