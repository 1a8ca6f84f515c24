package cli

import (
	"context"
	"os"

	"realmconf/runtime"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools"
)

// checkReplace refuses what no text could pass: a read-only configuration, and flags that
// contradict each other.
func (s *Session) checkReplace(w *writeFlags) error {
	if w.effect && !w.dryRun {
		return s.usageError("--effective tells what a dry run would change: add --dry-run, or leave it out; nothing was written")
	}
	return s.Writes.CheckWritable()
}

// replace makes a text the configuration if it is valid, and if the expected generation,
// unless that is nil, is current.
func (s *Session) replace(ctx context.Context, text []byte, expected *uint64, w *writeFlags) (*runtime.Outcome, error) {
	doc, err := parseTOML("the text", text)
	if err != nil {
		return nil, err
	}
	caller := s.caller()
	outcome, err := s.Runtime.Replace(ctx, text, runtime.Write{
		Expected: expected,
		Reason:   w.reason,
		DryRun:   w.dryRun,
		Actor:    store.Actor{Name: caller.Name, Version: caller.Version, Surface: caller.Surface, PID: os.Getpid()},
	})
	return outcome, addLines(doc, err)
}

// printReplaced prints the changes of a replaced text like those of any write, with
// tokens in the place of secrets. If it makes the realm, it says so.
func (s *Session) printReplaced(ctx context.Context, outcome *runtime.Outcome, made *newRealm, w *writeFlags) error {
	reply := tree.Object{
		"changed": outcome.Changed, "generation": outcome.After.Version.Generation, "previous_generation": int64(outcome.Previous),
		"changes": outcome.ShownChanges(),
	}
	warnings := outcome.Warnings
	noEffect, err := s.Runtime.NoEffect(ctx, &outcome.Comparison)
	if err != nil {
		noEffect = tools.CompositionIssues(err)
	}
	if warnings = append(warnings, noEffect...); len(warnings) > 0 {
		reply["warnings"] = warnings
	}
	if w.dryRun {
		reply["dry_run"] = true
	} else {
		s.generation = &outcome.After.Version.Generation
	}
	if w.effect {
		leave, err := s.Runtime.Examine(ctx)
		if err != nil {
			return err
		}
		defer leave()
		if reply["effects"], err = tools.EffectMembers(ctx, s.Runtime, &outcome.Comparison); err != nil {
			return err
		}
	}
	if made != nil {
		s.announceNewRealm(ctx, made, reply)
	}
	return s.printReply(tree.Append(nil, reply), w.asJSON, func(reply tree.Object) {
		s.printWrite(reply)
		s.warnReply(reply)
	})
}
