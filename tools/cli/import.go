package cli

import (
	"context"

	"realmconf/runtime"
	"realmconf/runtime/fault"
)

func importCommand() *command {
	var w writeFlags
	return &command{
		name: "import", form: "FILE|-", realm: true, minArgs: 1, maxArgs: 1, file: true,
		summary: "make a TOML text the configuration, byte for byte",
		details: `The text replaces the whole configuration, with its comments, as in realmconf edit: it is
written only if it is valid. --expected-generation is the generation that the text is
based on, which realmconf export tells; without it, import only makes a realm that does
not exist yet. --dry-run shows what would change. A secret is written as it is, or as a
reference such as ${NAME}; tokens are refused.`,
		flags: w.add,
		run: func(ctx context.Context, s *Session, args []string) error {
			if err := s.checkReplace(&w); err != nil {
				return err
			}
			text, err := s.readInput(ctx, args[0])
			if err != nil {
				return err
			}
			name := inputName(args[0])
			if len(text) > runtime.MaxText {
				return fault.New(fault.TooLarge, "%s has more than the %d bytes that a configuration may have: nothing was written", name, runtime.MaxText)
			}
			doc, err := parseTOML(name, text)
			if err != nil {
				return s.malformed(err)
			}
			expected, err := s.importBase(ctx, &w)
			if err != nil {
				return err
			}
			if len(doc.Tree()) == 0 {
				base, err := s.readBase(ctx)
				if err != nil {
					return err
				}
				if mayHaveKeys(base.text) {
					return resetFault(name + " has no key")
				}
			}
			made := s.newRealm(ctx)
			outcome, err := s.replace(ctx, text, expected, &w)
			if err != nil {
				return err
			}
			return s.printReplaced(ctx, outcome, made, &w)
		},
	}
}

// importBase returns the generation that an import is based on; nil for a dry run on
// whatever is current.
func (s *Session) importBase(ctx context.Context, w *writeFlags) (*uint64, error) {
	if w.expected.given {
		return &w.expected.n, nil
	}
	version, err := s.Runtime.Version(ctx)
	if err != nil {
		return nil, err
	}
	switch {
	case version.Generation == 0:
		return new(uint64), nil // a realm that another program makes meanwhile is a conflict
	case w.dryRun:
		return nil, nil
	}
	return nil, s.usageError("import replaces everything, so it needs --expected-generation, the generation that the text is based on; generation %d is current, and nothing was written", version.Generation)
}
