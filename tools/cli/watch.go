package cli

import (
	"context"
	"flag"
	"fmt"

	"realmconf/runtime"
	"realmconf/schema/tree"
	"realmconf/tools"
)

func watchCommand() *command {
	var asJSON bool
	return &command{
		name: "watch", form: "[POINTER]", realm: true, maxArgs: 1,
		summary:  "print each change, until it is interrupted",
		details:  "In a pipe, or with --json, a change is one line: the params of a config/changed notification.",
		flags:    func(f *flag.FlagSet) { addOutputFlags(f, &asJSON) },
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
				s.printNotice(tools.ChangeNotice(e, []tree.Pointer{part}, nil), asJSON)
				if s.printErr != nil {
					cancel() // the reader has gone
				}
			})
		},
	}
}

// printNotice prints the params of a notification: on a terminal who changed what,
// and why, else or with asJSON a line of JSON.
func (s *Session) printNotice(params tree.Object, asJSON bool) {
	raw := tree.Append(nil, params)
	notice, err := tree.DecodeObjectUnlimited(raw)
	if asJSON || !s.Terminal.Interactive || err != nil {
		s.writeSource(append(raw, '\n'), true)
		return
	}
	origins, _ := notice["origins"].([]any)
	for _, o := range origins {
		origin, _ := o.(tree.Object)
		s.printWrapped(bold, describeOrigin(origin), continued)
	}
	if len(origins) == 0 {
		s.printWrapped(bold, fmt.Sprintf("generation %v", notice["generation"]), continued)
	}
	changes, listed := notice["changes"].([]any)
	if !listed {
		s.print("%s\n", addRealmFlags(fmt.Sprintf("its changes are not listed: realmconf diff %v", notice["previous_generation"]), s.invocation.given))
	}
	s.printChanges(changes)
}

// describeOrigin says who made a generation, how and why.
func describeOrigin(origin tree.Object) string {
	actor, _ := origin["actor"].(tree.Object)
	text := fmt.Sprintf("generation %v: %v", origin["generation"], origin["operation"])
	if name, hasName := actor["name"].(string); hasName {
		text += " by " + name
	}
	if reason, hasReason := origin["reason"].(string); hasReason && reason != "" {
		text += ": " + reason
	}
	return oneLine(text)
}
