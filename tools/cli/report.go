package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"realmconf/runtime/fault"
	"realmconf/schema"
)

// Exit codes, the same for every command and for the server.
const (
	ExitDone     = 0
	ExitRefused  = 1 // the request is well-formed and was refused
	ExitUsage    = 2 // the command line or the parameters are wrong
	ExitConflict = 3 // another writer committed first
	ExitStorage  = 4 // the files, their lock or the servers are unavailable, or the outcome is unknown
)

// errReported ends a command with ExitRefused without a further message.
var errReported = errors.New("the problems are reported")

// outputError is a result that could not be printed. The command itself succeeded.
type outputError struct {
	generation *uint64 // of the change that is stored; nil if the command only read
	err        error
}

func (e *outputError) Error() string {
	err := withoutPath(e.err)
	if e.generation == nil {
		return fmt.Sprintf("the result could not be printed: %v", err)
	}
	return fmt.Sprintf("the change is stored, the configuration is at generation %d; only the answer could not be printed: %v", *e.generation, err)
}

// hintedError is an error with its own hint, which replaces the general one. An
// empty hint means no hint.
type hintedError struct {
	err  error
	hint string
}

func (e *hintedError) Error() string { return e.err.Error() }
func (e *hintedError) Unwrap() error { return e.err }

// readOnlyFault refuses a write. The user of the command line gave --read-only;
// the operations' own text is for clients of a server.
func readOnlyFault() *fault.Fault {
	return fault.New(fault.ReadOnly, "--read-only was given, so nothing was written: leave it out to write")
}

// Report reports an error on standard error, with a hint if there is a next
// step, and returns the exit code.
func Report(stderr io.Writer, err error) int { return report(stderr, err, nil, nil) }

// report is Report with the flags that select the realm, for hints that can be
// pasted. With a model a hint mentions only keys that exist.
func report(stderr io.Writer, err error, given []setting, model *schema.Model) int {
	var misuse *usageError
	var output *outputError
	switch {
	case err == nil:
		return ExitDone
	case errors.Is(err, errReported):
		return ExitRefused
	case errors.As(err, &misuse):
		message(stderr, "%s", misuse.text)
		reportHint(stderr, err, helpHint(misuse.command), given)
		return ExitUsage
	case errors.As(err, &output):
		message(stderr, "%v", output)
		return ExitStorage
	}
	f := fault.Of(err)
	if f.Kind == fault.ReadOnly {
		f = readOnlyFault()
	}
	reportFault(stderr, f)
	reportHint(stderr, err, nextStep(f, model), given)
	if f.Kind == fault.Internal && f.Cause != nil {
		message(stderr, "cause: %v", f.Cause)
	}
	return exitCode(f.Kind)
}

// reportFault writes a fault's issues, or else its message, and the path of a
// storage fault.
func reportFault(stderr io.Writer, f *fault.Fault) {
	issues, _ := f.Data["issues"].([]schema.Issue)
	for _, issue := range issues {
		message(stderr, "%s%s", linePrefix(issue), issue.Text())
	}
	if len(issues) == 0 {
		message(stderr, "%s", f.Message)
	} else {
		message(stderr, "nothing was written")
	}
	if path := faultPath(f); path != "" {
		message(stderr, "%s", path)
	}
}

// reportHint writes the error's own hint, or else the general one.
func reportHint(stderr io.Writer, err error, general string, given []setting) {
	text := general
	var hinted *hintedError
	if errors.As(err, &hinted) {
		text = hinted.hint
	}
	if text != "" {
		hint(stderr, "%s", addRealmFlags(text, given))
	}
}

// exitCode returns the exit code for a kind of fault.
func exitCode(kind fault.Kind) int {
	switch kind {
	case fault.GenerationConflict:
		return ExitConflict
	case fault.Storage, fault.OutcomeUnknown, fault.LockTimeout:
		return ExitStorage
	case fault.InvalidParams, fault.MethodNotFound:
		return ExitUsage
	default:
		return ExitRefused
	}
}

// linePrefix returns the line of an issue in a file, as a prefix of its text.
func linePrefix(i schema.Issue) string {
	if i.Line == 0 {
		return ""
	}
	return fmt.Sprintf("line %d: ", i.Line)
}

// withoutPath returns a file error without its path, for a text that names the
// file itself.
func withoutPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	var link *os.LinkError // of a rename
	if errors.As(err, &link) {
		return link.Err
	}
	return err
}
