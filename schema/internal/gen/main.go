// Gen writes config.schema.json from the fields of meerkat.Config, and with the
// argument reference REFERENCE.md from that. Run it with go generate in the
// directory of package meerkat.
package main

import (
	"fmt"
	"os"

	"realmconf/schema/meerkat"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	name, text, err := "config.schema.json", []byte(nil), error(nil)
	if len(args) > 0 && args[0] == "reference" {
		name = "REFERENCE.md"
		text, err = reference(meerkat.New())
	} else {
		text, err = generate(".")
	}
	if err != nil {
		return err
	}
	return os.WriteFile(name, text, 0o644)
}
