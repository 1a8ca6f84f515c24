package cli

import (
	"bufio"
	"context"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

func editCommand() *command {
	var w writing
	return &command{
		name: "edit", form: "", realm: true,
		about: "edit the configuration's text in $VISUAL or $EDITOR",
		more: `The text is the file's own, with comments and with its secrets. It lies in a private
directory meanwhile, and is written only if it is valid and nobody else has changed
the configuration. Where something is in the way, a person on a terminal may edit
again, or merge the two; else the text is kept in that directory until somebody
removes it, and its place is told.
Without VISUAL and EDITOR it is vi on a terminal, and nothing without one; on
Windows it is notepad.`,
		flags: w.add,
		run: func(ctx context.Context, s *Session, _ []string) error {
			if err := s.Writes.CheckWritable(); err != nil {
				return err
			}
			editor, err := s.editor()
			if err != nil {
				return err
			}
			base, err := s.baseText(ctx)
			if err != nil {
				return err
			}
			if w.expected.given && w.expected.n != base.generation {
				return store.Conflict(w.expected.n, base.generation, "nothing was written")
			}
			e := &editing{s: s, editor: editor, base: base, writing: &w, answers: bufio.NewReader(s.Stdin)}
			ctx, stop := e.listen(ctx)
			defer stop()
			outcome, err := e.run(ctx)
			if err != nil || outcome == nil {
				return err
			}
			return s.edited(outcome, &w)
		},
	}
}

// base is a text and its generation: what an edit starts from.
type base struct {
	text       []byte
	generation uint64
}

// baseText reads the current text, be it TOML or not.
func (s *Session) baseText(ctx context.Context) (base, error) {
	snapshot, err := s.Runtime.Get(ctx)
	if err == nil {
		return base{snapshot.Text(), snapshot.Version.Generation}, nil
	}
	if !fault.Is(err, fault.CorruptConfig) {
		return base{}, err
	}
	version, err := s.Runtime.Version(ctx)
	if err != nil {
		return base{}, err
	}
	revision, err := s.Runtime.Revision(ctx, version.Generation)
	if err != nil {
		return base{}, err
	}
	return base{revision.Record.Text, version.Generation}, nil
}

// edited shows what an edit did, as anybody may see it: with tokens in the place
// of secrets.
func (s *Session) edited(outcome *runtime.Outcome, w *writing) error {
	reply := tree.Object{
		"changed": outcome.Changed, "generation": outcome.After.Version.Generation, "previous_generation": outcome.Previous,
		"changes": outcome.Shown(),
	}
	if w.dryRun {
		reply["dry_run"] = true
	} else {
		s.kept = &outcome.After.Version.Generation
	}
	return s.showReply(tree.Append(nil, reply), w.asJSON, s.showWrite)
}
