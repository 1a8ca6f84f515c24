package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync/atomic"
	"time"

	"realmconf/runtime"
	"realmconf/runtime/document"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// editRun is one run of edit: a person changes one text until it is stored, or
// gives up.
type editRun struct {
	session    *Session
	flags      *writeFlags
	openEditor func(ctx context.Context, path string) error
	answers    *bufio.Reader // Stdin, for questions on a terminal

	base  baseText // the stored text that the draft replaces
	first []byte   // the text that the draft begins with; nil: the base's
	draft *draft

	took     time.Duration // of the last run of the editor
	inEditor atomic.Bool   // the editor is running and gets Ctrl-C
}

// atOnce is less than a person needs to close an editor. One that ends sooner has
// probably only opened a window of another process.
const atOnce = 500 * time.Millisecond

// errTextRemoved means that the editor has removed the draft's file.
var errTextRemoved = errors.New("the text was removed")

// run edits a draft of the base text, and removes the draft or tells where it is.
// A nil outcome without an error means that there was nothing to do.
func (e *editRun) run(ctx context.Context) (*runtime.Outcome, error) {
	if e.first == nil {
		e.first = e.base.text
	}
	var err error
	if e.draft, err = newDraft(e.first); err != nil {
		return nil, err
	}
	outcome, err := e.editUntilStored(ctx)
	e.closeDraft(err)
	return outcome, err
}

// editUntilStored is the dialogue with the person:
//
//	base ──▶ draft ──▶ editor ──▶ text ──┬── unchanged: nothing to do
//	           ▲         ▲ ▲             ├── no key left: ask ──▶ again, reset or keep
//	           │         │ └──── again ──┤
//	           │         │               ▼
//	           │         │             write: compare-and-swap with the base's generation
//	           │         │               ├── stored: done
//	           │         └────── again ──┼── mistake in the text: ask ──▶ again or keep
//	           └──────────────── merged ─┴── conflict: show both, ask ──▶ merge or keep
//
// "keep" ends it with an error; the draft then stays. Without a terminal nothing
// is asked, and the answer is "keep".
func (e *editRun) editUntilStored(ctx context.Context) (*runtime.Outcome, error) {
	for {
		text, err := e.editDraft(ctx)
		if err != nil {
			return nil, err
		}
		if bytes.Equal(text, e.base.text) || bytes.Equal(text, e.first) {
			e.session.message("the text is unchanged: nothing to do")
			if e.took < atOnce {
				e.session.hint("the editor ended at once; if its window is still open, what you save there is lost: set VISUAL or EDITOR to a command that waits, such as code --wait")
			}
			if !bytes.Equal(text, e.base.text) {
				e.session.hint("realmconf rollback restores a generation as it was")
			}
			return nil, nil
		}
		confirmed, err := e.confirmReset(ctx, text)
		if err != nil {
			return nil, err
		}
		if !confirmed {
			continue
		}
		outcome, err := e.write(ctx, text)
		switch {
		case err == nil:
			return outcome, nil
		case fault.Is(err, fault.GenerationConflict):
			err = e.mergeConflict(ctx, text, err)
		case fault.Is(err, fault.InvalidConfig), fault.Is(err, fault.CorruptConfig), fault.Is(err, fault.TooLarge):
			err = e.offerRetry(ctx, err)
		}
		if err != nil {
			return nil, err
		}
	}
}

// editDraft runs the editor and returns the text that it has left.
func (e *editRun) editDraft(ctx context.Context) ([]byte, error) {
	e.inEditor.Store(true)
	begin := time.Now()
	err := e.openEditor(ctx, e.draft.path)
	e.took = time.Since(begin)
	e.inEditor.Store(false)
	if err != nil {
		return nil, err
	}
	text, err := e.draft.read()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.Cancelled, "the editor has removed the text: nothing was written").Because(errTextRemoved)
	}
	return text, err
}

// confirmReset reports whether a text can be written although it has no key. Such
// a text resets everything, and an editor that failed may have left it.
func (e *editRun) confirmReset(ctx context.Context, text []byte) (confirmed bool, err error) {
	if !mayHaveKeys(e.base.text) || mayHaveKeys(text) {
		return true, nil
	}
	if !e.canAsk() {
		return false, resetFault("the editor has left no key")
	}
	switch e.ask(ctx, "the text has no key any more: [e]dit again, [r]eset every key to its default, or [k]eep the text aside and stop?", editAgain, reset, keepAside) {
	case reset:
		return true, nil
	case keepAside:
		return false, errReported
	}
	return false, nil
}

// mayHaveKeys reports whether a text has a key or is not TOML.
func mayHaveKeys(text []byte) bool {
	doc, err := document.Parse(text)
	return err != nil || len(doc.Tree()) > 0
}

// write stores a text if it is valid and the base is still current.
func (e *editRun) write(ctx context.Context, text []byte) (*runtime.Outcome, error) {
	return e.session.replace(ctx, text, &e.base.generation, e.flags)
}

// offerRetry reports a mistake in the text and asks whether to edit again. It
// returns an error to stop.
func (e *editRun) offerRetry(ctx context.Context, mistake error) error {
	if !e.canAsk() {
		return mistake
	}
	e.session.report(mistake)
	if e.ask(ctx, "[e]dit again, or [k]eep the text aside and stop?", editAgain, keepAside) == keepAside {
		return errReported
	}
	return nil
}

// mergeConflict shows what others and this person have changed, and offers to
// merge the two. The merged text is then the draft, and the current text its base.
// It returns an error to stop.
func (e *editRun) mergeConflict(ctx context.Context, text []byte, conflict error) error {
	current, err := e.session.readBase(ctx)
	if err != nil {
		return errors.Join(conflict, err)
	}
	e.printChanges(fmt.Sprintf("generation %d, which others made meanwhile", current.generation), e.base.text, current.text)
	e.printChanges("your changes", e.base.text, text)
	conflict = &hintedError{
		fault.New(fault.GenerationConflict, "another writer was first: generation %d is current, and your text is based on generation %d; nothing was written",
			current.generation, e.base.generation).Because(conflict),
		"realmconf edit opens the current text; copy into it what you still need of yours",
	}
	if !e.canAsk() {
		return conflict
	}
	e.session.message("another writer was first: generation %d is current", current.generation)
	if e.ask(ctx, "[m]erge the two and look at the result in the editor, or [k]eep the text aside and stop?", mergeBoth, keepAside) == keepAside {
		return conflict
	}
	merged, clashes := merge(e.base.text, text, current.text, fmt.Sprintf("generation %d", current.generation))
	switch {
	case clashes == 1:
		e.session.message("both changed 1 place: the two versions are between <<<<<<< and >>>>>>>")
	case clashes > 1:
		e.session.message("both changed %d places: the two versions are between <<<<<<< and >>>>>>>", clashes)
	}
	e.base, e.first = current, current.text
	return e.draft.write(merged)
}

// printChanges prints the difference between two texts on standard error, without
// secrets. It prints nothing if one of them is not TOML.
func (e *editRun) printChanges(headline string, before, after []byte) {
	s := e.session
	from, err := document.Parse(before)
	if err != nil {
		return
	}
	to, err := document.Parse(after)
	if err != nil {
		return
	}
	s.message("%s:", headline)
	token := func(tree.Pointer, any) string { return "a secret" }
	var changes []any
	for _, c := range runtime.MaskChanges(tree.Difference(from.Tree(), to.Tree(), s.Model.Key, s.Model.DefaultWithout),
		s.Model.Mask(from.Tree(), token), s.Model.Mask(to.Tree(), token)) {
		changes = append(changes, c.Tree())
	}
	for _, l := range diffLines(changes) {
		fmt.Fprintf(s.Stderr, "%s\n", policy.EscapeHidden(string(l.sign)+l.text))
	}
}

// closeDraft removes the draft if it has nothing that is worth keeping. Otherwise
// it tells where the draft is.
func (e *editRun) closeDraft(err error) {
	text, readErr := e.draft.read()
	if err == nil || errors.Is(err, errTextRemoved) || readErr == nil && (bytes.Equal(text, e.base.text) || bytes.Equal(text, e.first)) {
		e.draft.remove()
		return
	}
	e.session.message("your text is kept in %s", e.draft.path)
	e.session.hint("it may hold secrets, and nothing removes it: remove %s when you have what you need", e.draft.dir)
}
