package cli

import (
	"context"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools"
)

func setCommand() *command {
	var w writeFlags
	return &command{
		name: "set", form: "FILE|-", realm: true, minArgs: 1, maxArgs: 1, file: true,
		summary: "replace the whole configuration by a TOML or JSON file",
		details: `The suffix .toml or .json selects the notation, else the first character does.
Keys that are not in FILE return to their defaults. Comments in the realm's own
file stay; comments in FILE are ignored.`,
		flags: w.add,
		run: func(ctx context.Context, s *Session, args []string) error {
			text, err := s.readInput(ctx, args[0])
			if err != nil {
				return err
			}
			config, doc, err := parseConfig(inputName(args[0]), text)
			if err != nil {
				return s.malformed(err)
			}
			if len(config) == 0 {
				return resetFault(inputName(args[0]) + " has no key")
			}
			return addLines(doc, s.changeTo(ctx, doc, tools.Set, &w, tree.Object{"config": config}))
		},
	}
}

// resetFault refuses a text without a key, which would reset everything. It is
// more often a mistake, and rollback 0 does the same on purpose.
func resetFault(cause string) error {
	return &hintedError{
		fault.New(fault.InvalidConfig, "%s, which would return every key to its default: nothing was written", cause),
		"realmconf rollback 0 does that",
	}
}
