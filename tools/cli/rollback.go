package cli

import (
	"context"

	"realmconf/schema/tree"
)

func rollbackCommand() *command {
	var w writing
	return &command{
		name: "rollback", form: "GENERATION", realm: true, least: 1, most: 1,
		about: "make the configuration what it was at a generation",
		more:  "Everything that changed since goes, other people's work too. It is a new generation, and can be undone.",
		flags: w.add,
		run: func(ctx context.Context, s *Session, args []string) error {
			to, err := s.generationArgument(args[0])
			if err != nil {
				return err
			}
			return s.change(ctx, "rollback", &w, tree.Object{"to": to})
		},
	}
}
