package cli

import (
	"context"
	"flag"
	"fmt"

	"realmconf/schema/tree"
	"realmconf/tools"
)

func diffCommand() *command {
	var asJSON bool
	return &command{
		name: "diff", onlyReads: true, form: "FROM [TO]", realm: true, minArgs: 1, maxArgs: 2,
		summary:  "show what changed between two generations",
		details:  "TO is the current generation if not given.",
		flags:    func(f *flag.FlagSet) { addOutputFlags(f, &asJSON) },
		complete: completeGeneration,
		run: func(ctx context.Context, s *Session, args []string) error {
			params := tree.Object{}
			for i, arg := range args {
				n, err := s.parseGeneration(arg)
				if err != nil {
					return err
				}
				params[[]string{"from", "to"}[i]] = n
			}
			return s.show(ctx, tools.Diff, params, asJSON, func(reply tree.Object) {
				if changes, ok := reply["changes"].([]any); ok && len(changes) == 0 {
					s.print("no difference between generations %v and %v\n", reply["from"], reply["to"])
					return
				}
				s.printDifference(fmt.Sprintf("generation %v", reply["from"]), fmt.Sprintf("generation %v", reply["to"]), reply)
			})
		},
	}
}
