package cli

import (
	"context"
	"flag"
	"fmt"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

func showCommand() *command {
	var asJSON, raw bool
	return &command{
		name: "show", onlyReads: true, form: "GENERATION [POINTER]", realm: true, minArgs: 1, maxArgs: 2,
		summary: "print the text of a generation, or the value that it has at a JSON Pointer",
		details: `Tokens stand in the place of secrets. A text that is not TOML has no known secrets, and
is printed only with --raw; realmconf edit --from GENERATION opens it.`,
		flags: func(f *flag.FlagSet) {
			addOutputFlags(f, &asJSON)
			f.BoolVar(&raw, "raw", false, "print the exact bytes, with their secrets")
		},
		complete: completeGeneration,
		run: func(ctx context.Context, s *Session, args []string) error {
			revision, err := s.revision(ctx, args[0])
			if err != nil {
				return err
			}
			switch {
			case raw && (len(args) > 1 || asJSON):
				return s.usageError("--raw prints the whole text: leave the pointer and --json out")
			case raw:
				s.write(revision.Record.Text)
				return nil
			case revision.Snapshot == nil:
				return brokenGeneration(revision)
			case len(args) == 1 && !asJSON:
				return s.printText(revision.Snapshot)
			}
			return s.printPart(revision.Snapshot, firstArgument(args[1:]), asJSON)
		},
	}
}

// revision reads the generation that an argument names.
func (s *Session) revision(ctx context.Context, text string) (*runtime.Revision, error) {
	var g generation
	if g.Set(text) != nil {
		return nil, s.usageError("%q is not a generation: it must be a number from realmconf history", text)
	}
	if _, err := s.Runtime.Version(ctx); err != nil { // gives a change by hand its generation
		return nil, err
	}
	return s.Runtime.Revision(ctx, g.n)
}

// brokenGeneration refuses to print a text that is not TOML: nothing in it is
// known to be no secret.
func brokenGeneration(r *runtime.Revision) error {
	n := r.Record.Generation
	return &hintedError{
		fault.New(fault.CorruptConfig, "generation %d is not TOML: line %d, column %d: %s; its text may have secrets anywhere, and is not shown",
			n, r.Syntax.Line, r.Syntax.Column, r.Syntax.Reason).With("generation", n),
		fmt.Sprintf("realmconf edit --from %d opens the text; realmconf show %[1]d --raw prints it", n),
	}
}

// printText prints a snapshot's text, comments included, with tokens in the place
// of secrets.
func (s *Session) printText(snapshot *runtime.Snapshot) error {
	text, err := snapshot.ShownText()
	if err != nil {
		return err
	}
	s.writeSource(text, false)
	return nil
}

// printPart prints the value that a snapshot's text has at a pointer.
func (s *Session) printPart(snapshot *runtime.Snapshot, pointer string, asJSON bool) error {
	p, err := tree.ParsePointer(pointer)
	if err != nil {
		return fault.New(fault.InvalidParams, "%v", err).With("path", "/path")
	}
	value, _, ok := p.Get(snapshot.ShownStored())
	if !ok {
		return fault.New(fault.NotFound, "%s: generation %d has no value there: its default holds, if the schema has one", p, snapshot.Version.Generation).
			With("path", p.String())
	}
	as := formatJSON
	if s.Terminal.Interactive && !asJSON {
		as = formatTOML
	}
	return s.printValue(p.String(), value, as, false, false)
}
