package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync/atomic"

	"realmconf/runtime"
	"realmconf/runtime/document"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

// editing is one person's work on one text.
type editing struct {
	s       *Session
	editor  string
	base    base
	writing *writing
	answers *bufio.Reader // the person, on a terminal

	draft  *draft
	opened atomic.Bool // the editor has the terminal
}

// run is the whole of it: edit, look, ask, and edit again. Neither an outcome
// nor an error means that there was nothing to do.
func (e *editing) run(ctx context.Context) (*runtime.Outcome, error) {
	var err error
	if e.draft, err = newDraft(e.base.text); err != nil {
		return nil, err
	}
	for {
		text, err := e.edit(ctx)
		if err != nil || text == nil {
			return nil, err
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
			report(e.s.Stderr, err, e.s.given, e.s.Model)
			if e.ask(ctx, "[e]dit again, or [k]eep the text aside and stop?", "ek") == 'k' {
				return nil, e.stop(errFound)
			}
		default:
			return nil, e.stop(err)
		}
	}
}

// edit lets the person edit until there is a text to be written; nil when there
// is nothing to do.
func (e *editing) edit(ctx context.Context) ([]byte, error) {
	for {
		e.opened.Store(true)
		err := e.s.edit(ctx, e.editor, e.draft.path)
		e.opened.Store(false)
		if err != nil {
			return nil, e.stop(err)
		}
		text, err := e.draft.read()
		if errors.Is(err, fs.ErrNotExist) {
			e.draft.remove()
			return nil, fault.New(fault.Cancelled, "the editor has removed the text: nothing was written")
		}
		if err != nil {
			return nil, e.stop(err)
		}
		if bytes.Equal(text, e.base.text) {
			e.draft.remove()
			e.s.say("the text is as it was: nothing to do")
			return nil, nil
		}
		if !says(e.base.text) || says(text) {
			return text, nil
		}
		if !e.canAsk() {
			return nil, e.stop(&hinted{
				fault.New(fault.InvalidConfig, "the editor has left no key, which would return every key to its default: nothing was written"),
				"realmconf rollback 0 does that",
			})
		}
		switch e.ask(ctx, "the text has no key any more: [e]dit again, [r]eset every key to its default, or [k]eep the text aside and stop?", "erk") {
		case 'r':
			return text, nil
		case 'k':
			return nil, e.stop(errFound)
		}
	}
}

// says reports whether a text has a key, or may have: what is not TOML may.
func says(text []byte) bool {
	doc, err := document.Parse(text)
	return err != nil || len(doc.Tree()) > 0
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
		Reason:   e.writing.reason,
		DryRun:   e.writing.dryRun,
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
	conflict = &hinted{
		fault.New(fault.GenerationConflict, "somebody else was first: generation %d is current now, and your text was made from generation %d; nothing was written",
			now.generation, e.base.generation).Because(conflict),
		"realmconf edit opens what is current; take over into it what is still wanted of your text",
	}
	if !e.canAsk() {
		return conflict
	}
	e.s.say("somebody else was first: generation %d is current now", now.generation)
	if e.ask(ctx, "[m]erge the two and look at the result in the editor, or [k]eep the text aside and stop?", "mk") == 'k' {
		return conflict
	}
	merged, clashes := merge(e.base.text, text, now.text, fmt.Sprintf("generation %d", now.generation))
	switch {
	case clashes == 1:
		e.s.say("1 place was changed by both: the two stand between <<<<<<< and >>>>>>>")
	case clashes > 1:
		e.s.say("%d places were changed by both: the two stand between <<<<<<< and >>>>>>>", clashes)
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
	if text, readErr := e.draft.read(); readErr == nil && bytes.Equal(text, e.base.text) {
		e.draft.remove()
		return err
	}
	e.s.say("your text is kept in %s", e.draft.path)
	hint(e.s.Stderr, "it may hold secrets, and nothing removes it: remove %s when you have what you need", e.draft.dir)
	return err
}
