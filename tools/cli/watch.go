package cli

import (
	"context"

	"realmconf/runtime"
	"realmconf/schema/tree"
	"realmconf/tools"
)

func watchCommand() *command {
	return &command{
		name: "watch", form: "[POINTER]", realm: true, maxArgs: 1,
		summary:  "print a line of JSON for each change, until it is interrupted",
		details:  "A line has the params of a config/changed notification.",
		complete: completePointer,
		run: func(ctx context.Context, s *Session, args []string) error {
			part, err := tree.ParsePointer(firstArgument(args))
			if err != nil {
				return s.usageError("%v", err)
			}
			if err := s.checkKey(ctx, part); err != nil {
				return err
			}
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			resources := s.Operations.Resources()
			from, err := resources.Version(ctx)
			if err != nil {
				return err
			}
			s.message("watching from generation %d on", from.Generation)
			return resources.Watch(ctx, from, func(e *runtime.Event) {
				if !tools.Touches(e, part) {
					return
				}
				s.writeSource(append(tree.Append(nil, tools.ChangeNotice(e, []tree.Pointer{part}, nil)), '\n'), true)
				if s.printErr != nil {
					cancel() // the reader has gone
				}
			})
		},
	}
}
