package cli

import (
	"context"

	"realmconf/schema/tree"
	"realmconf/tools"
)

func rollbackCommand() *command {
	var w writeFlags
	return &command{
		name: "rollback", form: "GENERATION", realm: true, minArgs: 1, maxArgs: 1,
		summary:  "restore the configuration of a generation",
		details:  "It undoes every later change, also those of other people. It is a new generation and can be undone.",
		flags:    w.add,
		complete: completeGeneration,
		run: func(ctx context.Context, s *Session, args []string) error {
			to, err := s.parseGeneration(args[0])
			if err != nil {
				return err
			}
			return s.change(ctx, tools.Rollback, &w, tree.Object{"to": to})
		},
	}
}
