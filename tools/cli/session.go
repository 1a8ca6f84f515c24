// Package cli is the command line: it lets a person or a script run the
// operations that the server offers to clients. Each command has its own file.
//
//	words ──Parse──▶ Invocation ──Run──▶ Session ──▶ command.run ──▶ operation
//	                    │                   │                            │
//	              usage error               └── result on stdout ◀── reply
//	                    └──────▶ Report: text on stderr, exit code
//
// Results go to standard output. Everything else goes to standard error with the
// prefix "realmconf:", in lower case and without a period at the end. A hint
// line gives the next step. Results are formatted for reading on a terminal and
// are JSON otherwise.
package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"syscall"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/realm"
	"realmconf/schema"
	"realmconf/tools"
	"realmconf/tools/policy"
	"realmconf/tools/review"
)

// programName is the program's name in messages and in the history.
const programName = "realmconf"

// Session is one run of one command: the streams and the configuration that the
// command works with.
type Session struct {
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer

	Operations     *tools.Operations
	Runtime        *runtime.Runtime
	Model          *schema.Model
	Realm          realm.Selection
	Schema         SchemaFlags            // of any file
	History        int                    // how many commits a history keeps, as for realm.Open
	PathVisibility runtime.PathVisibility // whether replies have file system paths
	Writes         policy.Policy          // for edit; the operations have the same policy
	Reviews        review.Client          // for review

	// Terminal describes Stdout. nil means that Run looks at Stdout itself.
	Terminal *Terminal
	// Getenv returns an environment variable. nil means os.Getenv.
	Getenv func(name string) string

	// isTerminal reports whether a stream is a terminal. nil means the function of
	// that name.
	isTerminal func(stream any) bool

	invocation *Invocation
	command    *command // the running command

	printErr   error   // the first failed write to Stdout
	generation *uint64 // the current generation after a successful write; nil if nothing was written
}

// Run executes the command in a session, reports a failure on standard error and
// returns the exit code. inv must have a command.
func (inv *Invocation) Run(ctx context.Context, s Session) int {
	s.invocation, s.command = inv, inv.command
	if s.Getenv == nil {
		s.Getenv = os.Getenv
	}
	if s.isTerminal == nil {
		s.isTerminal = isTerminal
	}
	if s.Terminal == nil {
		t := DetectTerminal(s.Stdout, s.Getenv)
		s.Terminal = &t
	}
	if inv.asOnTerminal && !s.Terminal.Interactive {
		s.Terminal = &Terminal{Interactive: true} // of any width: a pager breaks long lines itself
	}
	err := s.run(ctx)
	if err == nil && s.printErr != nil && !errors.Is(s.printErr, syscall.EPIPE) { // a reader like head may stop early
		err = &outputError{s.generation, s.printErr}
	}
	return s.report(err)
}

// run checks the selected realm and runs the command. It adds the way to the
// command's help to errors in the parameters.
func (s *Session) run(ctx context.Context) error {
	if s.command.realm {
		if err := s.checkRealm(ctx); err != nil {
			return err
		}
	}
	err := s.command.run(ctx, s, s.invocation.args)
	var hinted *hintedError
	if fault.Is(err, fault.InvalidParams) && !errors.As(err, &hinted) {
		err = &hintedError{err, helpHint(s.command)}
	}
	return err
}

// report reports an error with hints that fit the session's realm and model.
func (s *Session) report(err error) int {
	return report(s.Stderr, err, s.realmFlags(), s.Model)
}
