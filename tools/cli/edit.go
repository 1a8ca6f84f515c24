package cli

import (
	"bufio"
	"context"
	"flag"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

func editCommand() *command {
	var w writeFlags
	var from generation
	return &command{
		name: "edit", form: "", realm: true,
		summary: "edit the configuration's text in $VISUAL or $EDITOR",
		details: `The text is the file's own, with comments and with its secrets. While you edit, it is
in a private directory. It is written only if it is valid and the configuration has
not changed meanwhile. Otherwise, a person on a terminal can edit again, or merge the
two texts; without a terminal the text stays in that directory until somebody removes
it, and a message names the place.
Without VISUAL and EDITOR the editor is vi on a terminal, and an error elsewhere; on
Windows it is notepad.`,
		flags: func(f *flag.FlagSet) {
			w.add(f)
			f.Var(&from, "from", "begin with the text of this `generation`, TOML or not, instead of the current one")
		},
		run: func(ctx context.Context, s *Session, _ []string) error {
			if err := s.checkReplace(&w); err != nil {
				return err
			}
			editor, err := s.editor()
			if err != nil {
				return err
			}
			base, err := s.readBase(ctx)
			if err != nil {
				return err
			}
			if w.expected.given && w.expected.n != base.generation {
				return store.Conflict(w.expected.n, base.generation, "nothing was written")
			}
			var first []byte
			if from.given {
				revision, err := s.Runtime.Revision(ctx, from.n)
				if err != nil {
					return err
				}
				first = append([]byte{}, revision.Record.Text...)
			}
			e := &editRun{session: s, flags: &w, base: base, first: first, answers: bufio.NewReader(s.Stdin)}
			e.openEditor = func(ctx context.Context, path string) error { return s.runEditor(ctx, editor, path) }
			location := s.newRealm(ctx)
			ctx, stop := e.handleSignals(ctx)
			defer stop()
			outcome, err := e.run(ctx)
			if err != nil || outcome == nil {
				return err
			}
			return s.printReplaced(ctx, outcome, location, &w)
		},
	}
}

// baseText is a stored text: what an edit starts from.
type baseText struct {
	text       []byte
	generation uint64
}

// readBase reads the current text, whether or not it is TOML.
func (s *Session) readBase(ctx context.Context) (baseText, error) {
	snapshot, err := s.Runtime.Get(ctx)
	if err == nil {
		return baseText{snapshot.Text(), snapshot.Version.Generation}, nil
	}
	if !fault.Is(err, fault.CorruptConfig) {
		return baseText{}, err
	}
	version, err := s.Runtime.Version(ctx)
	if err != nil {
		return baseText{}, err
	}
	revision, err := s.Runtime.Revision(ctx, version.Generation)
	if err != nil {
		return baseText{}, err
	}
	return baseText{revision.Record.Text, version.Generation}, nil
}
