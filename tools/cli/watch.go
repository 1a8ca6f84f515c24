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
	var asJSON, effective bool
	return &command{
		name: "watch", form: "[POINTER]", realm: true, maxArgs: 1,
		summary:  "print each change, until it is interrupted",
		details:  "In a pipe, or with --json, a change is one line: the params of a config/changed notification.",
		complete: completePointer,
		flags: func(f *flag.FlagSet) {
			addOutputFlags(f, &asJSON)
			f.BoolVar(&effective, "effective", false, "what agents run with: also changes of the realms that this one inherits from")
		},
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
			print := func(notice tree.Object) {
				s.printNotice(notice, asJSON)
				if s.printErr != nil {
					cancel() // the reader has gone
				}
			}
			if effective {
				from, err := resources.Effective(ctx)
				if err != nil {
					return err
				}
				s.message("watching from generation %d on", from.Version.Generation)
				return resources.WatchEffective(ctx, from, func(e *runtime.EffectiveEvent) {
					if tools.TouchedByEffective(e).Has(part) {
						print(tools.EffectiveNotice(e, []tree.Pointer{part}, false))
					}
				})
			}
			from, err := resources.Version(ctx)
			if err != nil {
				return err
			}
			s.message("watching from generation %d on", from.Generation)
			return resources.Watch(ctx, from, func(e *runtime.Event) {
				if tools.TouchedBy(e).Has(part) {
					print(tools.ChangeNotice(e, []tree.Pointer{part}, nil))
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
	if notice["view"] == tools.ViewEffective {
		s.printEffectiveNotice(notice)
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
	if refusal, isRefused := notice["refused"]; isRefused {
		s.printWrapped("", "it cannot be read: "+oneLine(fmt.Sprint(refusal)), continued)
		return
	}
	changes, listed := notice["changes"].([]any)
	if listed && len(changes) == 0 {
		s.print("it can be read again\n")
	}
	if !listed {
		s.print("%s\n", addRealmFlags(fmt.Sprintf("its changes are not listed: realmconf diff %v", notice["previous_generation"]), s.realmFlags()))
	}
	s.printChanges(changes)
}

// printEffectiveNotice prints for a person what agents run with from now on, and the
// realms that it comes from.
func (s *Session) printEffectiveNotice(notice tree.Object) {
	realms, _ := notice["realms"].([]any)
	for _, r := range realms {
		s.printWrapped(bold, describeMember(r), continued)
	}
	if refusal, isRefused := notice["refused"]; isRefused {
		s.printWrapped("", "agents can be run no more: "+oneLine(fmt.Sprint(refusal)), continued)
		return
	}
	changes, listed := notice["changes"].([]any)
	if !listed {
		s.print("%s\n", addRealmFlags("what agents run with now: realmconf get --effective", s.realmFlags()))
	}
	s.printChanges(changes)
}

// describeMember says which realm of a chain was changed. Without a generation of its
// own the change has none yet.
func describeMember(member any) string {
	m, _ := member.(tree.Object)
	text := fmt.Sprintf("realm %v: ", m["realm_id"])
	switch now, before := m["generation"], m["previous_generation"]; {
	case now == before:
		text += "changed, and not recorded yet"
	case now == int64(0):
		text += "not inherited from any more"
	default:
		text += fmt.Sprintf("generation %v", now)
	}
	return oneLine(text)
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
