package cli

import (
	"context"
	"flag"
	"fmt"

	"realmconf/schema/tree"
)

func diffCommand() *command {
	var asJSON bool
	return &command{
		name: "diff", form: "FROM [TO]", realm: true, least: 1, most: 2,
		about: "show what changed between two generations",
		more:  "Without TO it is the current generation.",
		flags: func(f *flag.FlagSet) { jsonFlag(f, &asJSON) },
		run: func(ctx context.Context, s *Session, args []string) error {
			params := tree.Object{}
			for i, arg := range args {
				n, err := s.generationArgument(arg)
				if err != nil {
					return err
				}
				params[[]string{"from", "to"}[i]] = n
			}
			return s.show(ctx, "diff", params, asJSON, func(reply tree.Object) {
				if changes, ok := reply["changes"].([]any); ok && len(changes) == 0 {
					s.print("no difference between generations %v and %v\n", reply["from"], reply["to"])
					return
				}
				s.showDifference(fmt.Sprintf("generation %v", reply["from"]), fmt.Sprintf("generation %v", reply["to"]), reply)
			})
		},
	}
}
