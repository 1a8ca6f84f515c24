package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"realmconf.io/realmconf/runtime"
	"realmconf.io/realmconf/runtime/document"
	"realmconf.io/realmconf/runtime/fault"
	"realmconf.io/realmconf/runtime/store"
	"realmconf.io/realmconf/schema/tree"
)

// editing is one person's work on one text.
type editing struct {
	s       *Session
	base    base
	reason  string
	answers *bufio.Reader // the person, on a terminal

	draft *draft
}

// run is the whole of it: edit, look, ask, and edit again. Neither an outcome
// nor an error means that there was nothing to do.
func (e *editing) run(ctx context.Context) (*runtime.Outcome, error) {
	var err error
	if e.draft, err = newDraft(e.base.text); err != nil {
		return nil, err
	}
	for {
		if err := e.s.edit(ctx, e.draft.path); err != nil {
			return nil, e.stop(err)
		}
		text, err := os.ReadFile(e.draft.path)
		if errors.Is(err, fs.ErrNotExist) {
			e.draft.remove()
			return nil, fault.New(fault.Cancelled, "the editor has removed the text: nothing was written")
		}
		if err != nil {
			return nil, e.stop(fault.FromOS("read the edited text", err))
		}
		if bytes.Equal(text, e.base.text) {
			e.draft.remove()
			e.s.say("the text is as it was: nothing to do")
			return nil, nil
		}
		outcome, err := e.write(ctx, text)
		switch {
		case err == nil:
			e.draft.remove()
			return outcome, nil
		case fault.Is(err, fault.GenerationConflict):
			if err := e.conflict(ctx, text, err); err != nil {
				return nil, e.stop(err)
			}
		case fault.Is(err, fault.InvalidConfig), fault.Is(err, fault.CorruptConfig), fault.Is(err, fault.TooLarge):
			if !e.canAsk() {
				return nil, e.stop(err)
			}
			Report(e.s.Stderr, err)
			if !e.ask("[e]dit again, or [k]eep the text aside and stop?", 'e') {
				return nil, e.stop(errFound)
			}
		default:
			return nil, e.stop(err)
		}
	}
}

// write stores a text if it is good and the base is still current.
func (e *editing) write(ctx context.Context, text []byte) (*runtime.Outcome, error) {
	doc, err := parseTOML("the text", text)
	if err != nil {
		return nil, err
	}
	caller := e.s.caller()
	outcome, err := e.s.Runtime.Replace(ctx, text, runtime.Write{
		Expected: &e.base.generation,
		Reason:   e.reason,
		Actor:    store.Actor{Name: caller.Name, Version: caller.Version, Surface: caller.Surface, PID: os.Getpid()},
	})
	return outcome, inFile(doc, err)
}

// conflict shows what the others did and what this person did, and brings the
// two together for another look. An error means that the person shall not be
// asked, or wants to stop.
func (e *editing) conflict(ctx context.Context, text []byte, conflict error) error {
	now, err := e.s.baseText(ctx)
	if err != nil {
		return errors.Join(conflict, err)
	}
	e.show(fmt.Sprintf("generation %d, which the others made meanwhile", now.generation), e.base.text, now.text)
	e.show("what you have changed", e.base.text, text)
	if !e.canAsk() {
		return conflict
	}
	e.s.say("somebody else was first: generation %d is current now", now.generation)
	if !e.ask("[m]erge the two and look at the result in the editor, or [k]eep the text aside and stop?", 'm') {
		return conflict
	}
	merged, clashes := merge(e.base.text, text, now.text, fmt.Sprintf("generation %d", now.generation))
	if clashes > 0 {
		e.s.say("%d places were changed by both: they stand between <<<<<<< and >>>>>>>", clashes)
	}
	e.base = now
	return e.draft.write(merged)
}

// show shows a difference between two texts on standard error, without
// secrets. Of texts that are not TOML nothing is shown.
func (e *editing) show(headline string, before, after []byte) {
	s := e.s
	from, err := document.Parse(before)
	if err != nil {
		return
	}
	to, err := document.Parse(after)
	if err != nil {
		return
	}
	s.say("%s:", headline)
	hidden := func(tree.Pointer, any) string { return "a secret" }
	var changes []any
	for _, c := range runtime.Masked(tree.Difference(from.Tree(), to.Tree(), s.Model.Key, s.Model.Default),
		s.Model.Mask(from.Tree(), hidden), s.Model.Mask(to.Tree(), hidden)) {
		changes = append(changes, c.Tree())
	}
	for _, l := range lines(changes, s.standing) {
		fmt.Fprintf(s.Stderr, "%s\n", line(string(l.sign)+l.text))
	}
}

// stop ends the work before anything is written, and keeps what was typed.
func (e *editing) stop(err error) error {
	text, readErr := os.ReadFile(e.draft.path)
	if readErr == nil && bytes.Equal(text, e.base.text) {
		e.draft.remove()
		return err
	}
	e.s.say("your text is kept in %s", e.draft.path)
	return err
}

// canAsk reports whether there is a person to be asked.
func (e *editing) canAsk() bool { return isTerminal(e.s.Stdin) }

// ask puts a question on standard error, and reports whether the answer is the
// given letter or nothing. The end of input is a no.
func (e *editing) ask(question string, yes byte) bool {
	e.s.say("your text is in %s meanwhile", e.draft.path)
	for {
		fmt.Fprintf(e.s.Stderr, "realmconf: %s ", question)
		answer, err := e.answers.ReadString('\n')
		answer = strings.ToLower(strings.TrimSpace(answer))
		switch {
		case errors.Is(err, io.EOF) && answer == "", err != nil && !errors.Is(err, io.EOF):
			fmt.Fprintln(e.s.Stderr)
			return false
		case answer == "", answer[0] == yes:
			return true
		case answer[0] == 'k':
			return false
		}
	}
}
