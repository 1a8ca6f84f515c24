package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
	"realmconf/tools/review"
)

func reviewCommand() *command {
	var asJSON, wait bool
	var page webFlag
	c := &command{
		name: "review", form: "",
		onlyReads: true, // an answer is one message, which a signal cannot break
		summary:   "answer the questions of agents whose host cannot show them",
		details: `It shows what each agent wants to change, of all realms and servers of yours, and
takes y or n at a terminal. After a yes, let the agent repeat its call within
` + review.LifetimeText + `. In a pipe it only lists the questions, as JSON. --web shows the same as a
page in your browser, with the history and the configuration of the selected realm.
After a no, by another way too, the change stays in the list for a while, so that you
can still say yes to it; --wait leaves it out.`,
		flags: func(f *flag.FlagSet) {
			addOutputFlags(f, &asJSON)
			f.BoolVar(&wait, "wait", false, "wait for a question; on a terminal go on with the next ones until q or Ctrl-C")
			f.Var(&page, "web", "show and answer the questions in your browser, until Ctrl-C")
		},
		run: func(ctx context.Context, s *Session, _ []string) error {
			r := &reviewRun{session: s, ctx: ctx, wait: wait, clock: review.NewClock(), skipped: map[policy.Fingerprint]bool{}}
			switch {
			case page.isSet && (wait || asJSON):
				return s.usageError("--web shows a page, which goes on until Ctrl-C: leave --wait and --json out")
			case page.isSet:
				return s.servePage(ctx)
			case asJSON || !s.Terminal.Interactive:
				return r.printJSON()
			case !s.isTerminal(s.Stdin) || !s.isTerminal(s.Stdout):
				return r.printAll()
			}
			return r.answerAll()
		},
	}
	page.command = c
	return c
}

// webFlag is the switch --web. With it the command handles signals: it leaves a file
// for the browser, which it must remove.
type webFlag struct {
	command *command
	isSet   bool
}

// String returns the value as it is written.
func (w *webFlag) String() string { return strconv.FormatBool(w.isSet) }

// Set sets the value from its text.
func (w *webFlag) Set(text string) (err error) {
	w.isSet, err = strconv.ParseBool(text)
	w.command.onlyReads = !w.isSet
	return err
}

// IsBoolFlag reports that the flag needs no value.
func (w *webFlag) IsBoolFlag() bool { return true }

// reviewRun is one run of review.
type reviewRun struct {
	session *Session
	ctx     context.Context
	wait    bool
	clock   review.Clock
	skipped map[policy.Fingerprint]bool // questions that the person left open
	failed  bool                        // an answer was not taken, or nothing was found and a problem reported

	reported map[string]bool // the problems that were
}

// next returns the questions that the person has not left open: also those with a no,
// which the person may take back. With --wait it leaves these out, and returns when
// there is a question.
func (r *reviewRun) next() ([]review.Pending, error) {
	const pause = time.Second // between two looks at the directories
	for isFirst := true; ; isFirst = false {
		all, problems := r.session.Reviews.List(r.ctx)
		if err := r.ctx.Err(); err != nil {
			return nil, err
		}
		r.report(problems)
		var open []review.Pending
		for _, p := range all {
			if !r.skipped[p.Subject] && !(r.wait && p.DeclinedUntil() != "") {
				open = append(open, p)
			}
		}
		if len(open) > 0 || !r.wait {
			isFailure := func(problem error) bool { return !errors.Is(problem, review.ErrServerEnded) }
			r.failed = r.failed || len(all) == 0 && slices.ContainsFunc(problems, isFailure)
			return open, nil
		}
		if isFirst {
			r.session.message("waiting for questions; Ctrl-C ends it")
		}
		select {
		case <-r.ctx.Done():
			return nil, r.ctx.Err()
		case <-time.After(pause):
		}
	}
}

// report prints each problem once.
func (r *reviewRun) report(problems []error) {
	for _, problem := range problems {
		if text := problem.Error(); !r.reported[text] {
			if r.reported == nil {
				r.reported = map[string]bool{}
			}
			r.reported[text] = true
			r.session.message("%s", text)
		}
	}
}

// printJSON prints the questions and takes no answer.
func (r *reviewRun) printJSON() error {
	open, err := r.next()
	if err != nil {
		return err
	}
	list := []any{}
	for _, p := range open {
		list = append(list, policy.ForClients(p.Proposal)) // an agent may read it
	}
	r.session.printJSON(tree.Append(nil, tree.Object{"questions": list}))
	return r.end()
}

// printAll prints the questions for a person who cannot answer here.
func (r *reviewRun) printAll() error {
	open, err := r.next()
	if err != nil {
		return err
	}
	if len(open) == 0 {
		r.session.print(noQuestion)
		return r.end()
	}
	for i, p := range open {
		for _, line := range r.session.questionLines(p.Proposal, i+1, len(open)) {
			r.session.printLine(line.colour, line.text)
		}
	}
	r.session.hint("answers are taken on a terminal only: run realmconf review without a pipe")
	return nil
}

// noQuestion says why there may be no question although an agent waits for
// one.
const noQuestion = "no question waits; a question lasts only while the server that asked runs: in a client that ends with its turn, start it interactively\n"

// reviewAnswer is what a person answers to a question.
type reviewAnswer string

const (
	answerYes   reviewAnswer = "y"
	answerNo    reviewAnswer = "n"
	answerLater reviewAnswer = "s"
	answerQuit  reviewAnswer = "q"
)

// answerAll puts each question to the person.
func (r *reviewRun) answerAll() error {
	for isFirst := true; ; isFirst = false {
		open, err := r.next()
		if err != nil {
			return err
		}
		if len(open) == 0 && isFirst {
			r.session.print(noQuestion)
		}
		for i, p := range open {
			switch answer := r.ask(p, i+1, len(open)); answer {
			case answerQuit:
				return r.end()
			case answerLater:
				r.skipped[p.Subject] = true
			default:
				r.send(p, answer == answerYes)
			}
		}
		if !r.wait {
			return r.end()
		}
	}
}

func (r *reviewRun) end() error {
	if r.failed {
		return errReported
	}
	return nil
}

// send sends an answer and says what follows.
func (r *reviewRun) send(p review.Pending, isYes bool) {
	err := r.session.Reviews.Answer(r.ctx, p, isYes, store.ReviewWay)
	switch {
	case err != nil:
		r.failed = true
		r.session.message("%s", oneLine(err.Error()))
	case isYes:
		r.session.print("yes: let the agent repeat its call, within %s; nothing has changed yet\n", review.LifetimeText)
	default:
		r.session.print("no: nothing is changed, and for a while the agent cannot ask the same again; to take it back, run realmconf review again\n")
	}
}

// ask shows a question, page by page, and returns the person's answer. It takes a yes
// after the last line only, and no answer that is too fast for a person. Text typed before
// a prompt counts for nothing.
func (r *reviewRun) ask(p review.Pending, number, count int) reviewAnswer {
	s := r.session
	shown := r.clock()
	lines := s.questionLines(p.Proposal, number, count)
	page := len(lines)
	if s.Terminal.Height > 0 {
		page = max(s.Terminal.Height-2, 5)
	}
	for i, line := range lines {
		if i > 0 && i%page == 0 {
			switch r.prompt(fmt.Sprintf("line %d of %d: Enter for more, n no, s later, q quit: ", i, len(lines))) {
			case answerNo:
				return answerNo
			case answerLater:
				return answerLater
			case answerQuit:
				return answerQuit
			}
		}
		s.printLine(line.colour, line.text)
	}
	for {
		switch answer := r.prompt("Allow this change? y yes, n no, s later, q quit: "); answer {
		case answerLater, answerQuit:
			return answer
		case answerYes, answerNo:
			if !review.IsAutomatic(answer == answerYes, r.clock().Sub(shown)) {
				return answer
			}
			s.message("%s", review.TooSoon().Message)
		}
	}
}

// prompt asks for a line and returns it as an answer, which may be none of them. The
// end of the input or of the context is answerQuit.
func (r *reviewRun) prompt(text string) reviewAnswer {
	s := r.session
	discardInput(s.Stdin)
	s.print("%s", text)
	line, err := await(r.ctx, func() (string, error) { return readTypedLine(s.Stdin) })
	if err != nil || s.printErr != nil {
		s.print("\n")
		return answerQuit
	}
	switch word := strings.ToLower(strings.TrimSpace(line)); word {
	case "yes":
		return answerYes
	case "no":
		return answerNo
	default:
		return reviewAnswer(word)
	}
}

// readTypedLine reads a line and nothing after it. A line without an end is no line, and
// one that is longer than any answer is empty.
func readTypedLine(from io.Reader) (string, error) {
	const longest = 100
	var line []byte
	for b := make([]byte, 1); ; {
		n, err := from.Read(b)
		switch {
		case n == 1 && b[0] == '\n' && len(line) > longest:
			return "", nil
		case n == 1 && b[0] == '\n':
			return string(line), nil
		case n == 1 && len(line) <= longest:
			line = append(line, b[0])
		case err != nil:
			return "", errors.Join(err, io.ErrUnexpectedEOF)
		}
	}
}
