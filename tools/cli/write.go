package cli

import (
	"context"
	"flag"
	"fmt"

	"realmconf/runtime/document"
	"realmconf/schema/tree"
	"realmconf/tools"
)

// writeFlags are the flags that every write has.
type writeFlags struct {
	expected generation
	dryRun   bool
	effect   bool
	reason   string
	asJSON   bool
	force    bool // the store has it: see Invocation.Forces
}

// forceFlag is the name of a flag that decides how the realm is opened.
const forceFlag = "force"

func (w *writeFlags) add(f *flag.FlagSet) {
	addOutputFlags(f, &w.asJSON)
	f.Var(&w.expected, "expected-generation", "write only if this `generation` is still current")
	f.BoolVar(&w.dryRun, "dry-run", false, "check and show what would change, write nothing")
	f.BoolVar(&w.effect, "effective", false, "with --dry-run: also show what agents of this realm, and of those that inherit from it, would run with")
	f.BoolVar(&w.force, forceFlag, false, "write config.toml although it is protected against writing")
	f.StringVar(&w.reason, "reason", "", "why, in one `sentence`; kept in the history")
}

// params adds the flags to the content of a write. The reply is a receipt, without the
// configuration.
func (w *writeFlags) params(content tree.Object) tree.Object {
	content["return"] = "changes"
	if w.expected.given {
		content["expected_generation"] = w.expected.json()
	}
	if w.dryRun {
		content["dry_run"] = true
	}
	if w.effect {
		content["view"] = "effective"
	}
	if w.reason != "" {
		content["reason"] = w.reason
	}
	return content
}

// change runs a write and prints its changes. If it makes the realm, it says so.
func (s *Session) change(ctx context.Context, operation tools.Name, w *writeFlags, content tree.Object) error {
	return s.changeTo(ctx, nil, operation, w, content)
}

// changeTo is change with a configuration or patch that was given as TOML. given is nil if
// it was not.
func (s *Session) changeTo(ctx context.Context, given *document.Document, operation tools.Name, w *writeFlags, content tree.Object) error {
	location := s.newRealm(ctx)
	caller := s.caller()
	caller.Given = given
	raw, err := s.callAs(ctx, caller, operation, w.params(content))
	if err != nil {
		return err
	}
	if location != nil {
		if reply, err := tree.DecodeObjectUnlimited(raw); err == nil && reply["realm_id"] == location.id {
			s.announceNewRealm(ctx, location, reply)
		}
	}
	return s.printReply(raw, w.asJSON, func(reply tree.Object) {
		s.printWrite(reply)
		s.warnReply(reply)
	})
}

// printWrite prints a write's reply for a person.
func (s *Session) printWrite(reply tree.Object) {
	if reply["changed"] == false {
		s.print("nothing to change: generation %v has it already\n", reply["generation"])
		return
	}
	after := fmt.Sprintf("generation %v", reply["generation"])
	if reply["dry_run"] == true {
		after = "dry run: nothing was written"
	}
	s.printDifference(fmt.Sprintf("generation %v", reply["previous_generation"]), after, reply)
	effects, _ := reply["effects"].([]any)
	for _, e := range effects {
		effect, _ := e.(tree.Object)
		s.printEffect(effect)
	}
}

// printEffect prints what a change means for the agents of one realm.
func (s *Session) printEffect(effect tree.Object) {
	name := fmt.Sprintf("agents of %v", effect["realm_id"])
	changes, _ := effect["changes"].([]any)
	refusal, isRefused := effect["refused"]
	switch wasRefused := effect["was_refused"] == true; {
	case isRefused && wasRefused:
		s.print("\n%s: none can be made, before and after: %s\n", name, oneLine(fmt.Sprint(refusal)))
	case isRefused:
		s.print("\n%s: none could be made: %s\n", name, oneLine(fmt.Sprint(refusal)))
	case wasRefused:
		s.print("\n%s: none can be made now, and they can be made afterwards\n", name)
	case len(changes) == 0:
		s.print("\n%s: nothing changes\n", name)
	default:
		s.print("\n")
		s.printDifference(name+" now", name+" afterwards", effect)
	}
}
