package cli

import (
	"context"

	"realmconf/runtime"
	"realmconf/schema/tree"
	"realmconf/tools"
)

func watchCommand() *command {
	return &command{
		name: "watch", form: "[POINTER]", realm: true, most: 1,
		about: "print a line of JSON for each change, until it is interrupted",
		more:  "A line is what config/changed has as its params.",
		run: func(ctx context.Context, s *Session, args []string) error {
			part, err := tree.ParsePointer(append(args, "")[0])
			if err != nil {
				return s.usage("%v", err)
			}
			if err := s.known(ctx, part); err != nil {
				return err
			}
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			resources := s.Operations.Resources()
			from, err := resources.Version(ctx)
			if err != nil {
				return err
			}
			s.say("watching from generation %d on", from.Generation)
			return resources.Watch(ctx, from, func(e *runtime.Event) {
				if !tools.Touches(e, part) {
					return
				}
				s.print("%s\n", tree.Append(nil, tools.ChangeNotice(e, []tree.Pointer{part}, nil)))
				if s.written != nil {
					cancel() // nobody reads it any more
				}
			})
		},
	}
}
