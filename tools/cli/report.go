package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"realmconf.io/realmconf/runtime/fault"
	"realmconf.io/realmconf/schema"
	"realmconf.io/realmconf/schema/tree"
)

// Exit codes, the same for every way of using the program.
const (
	ExitDone     = 0
	ExitRefused  = 1 // the request was understood and not done
	ExitUsage    = 2 // the command line or the parameters were not understood
	ExitConflict = 3 // somebody else was first
	ExitStorage  = 4 // the files or their lock could not be had, or the outcome is unknown
)

// errFound ends a command with ExitRefused after it has said everything.
var errFound = errors.New("problems were found")

// outputError is a result that could not be printed. What was done is done.
type outputError struct {
	stored *uint64 // the generation that holds what was to be written; nil: the command only read
	err    error
}

func (e *outputError) Error() string {
	err := e.err
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	if e.stored == nil {
		return fmt.Sprintf("the result could not be printed: %v", err)
	}
	return fmt.Sprintf("the change is stored, the configuration is at generation %d; only the answer could not be printed: %v", *e.stored, err)
}

// hinted is an error that says by itself what to do next.
type hinted struct {
	err  error
	hint string
}

func (e *hinted) Error() string { return e.err.Error() }
func (e *hinted) Unwrap() error { return e.err }

// Report tells what went wrong, with a hint where there is something to do, and
// returns the exit code.
func Report(stderr io.Writer, err error) int {
	var misused *usageError
	var output *outputError
	switch {
	case err == nil:
		return ExitDone
	case errors.Is(err, errFound):
		return ExitRefused
	case errors.As(err, &misused):
		say(stderr, "%s", misused.text)
		if misused.command != nil {
			hint(stderr, "realmconf help %s shows how it is written", misused.command.name)
		} else {
			hint(stderr, "realmconf --help lists the commands and flags")
		}
		return ExitUsage
	}
	if errors.As(err, &output) {
		say(stderr, "%v", output)
		return ExitStorage
	}
	f := fault.Of(err)
	issues, _ := f.Data["issues"].([]schema.Issue)
	for _, issue := range issues {
		say(stderr, "%s%s", place(issue), issue.Text())
	}
	switch {
	case len(issues) == 0:
		say(stderr, "%s", f.Message)
	default:
		say(stderr, "nothing was written")
	}
	text := advice(f)
	var own *hinted
	if errors.As(err, &own) {
		text = own.hint
	}
	if text != "" {
		hint(stderr, "%s", text)
	}
	if f.Kind == fault.Internal && f.Cause != nil {
		say(stderr, "cause: %v", f.Cause)
	}
	return exitCode(f.Kind)
}

// exitCode sorts the kinds of refusals.
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

// advice is what to do next, in the words of the command line.
func advice(f *fault.Fault) string {
	switch f.Kind {
	case fault.GenerationConflict:
		return fmt.Sprintf("realmconf diff %v shows what the others did; with --expected-generation %v the write builds on it",
			f.Data["expected"], f.Data["current"])
	case fault.InvalidConfig:
		if issues, _ := f.Data["issues"].([]schema.Issue); len(issues) > 0 {
			return "realmconf schema " + quotePointer(parentOf(issues[0].Path)) + " lists the keys there"
		}
	case fault.NotFound:
		if path, ok := f.Data["path"].(string); ok {
			return "realmconf schema " + quotePointer(parentOf(path)) + " lists the keys there"
		}
		return "realmconf history lists the generations"
	case fault.CorruptConfig:
		if good, ok := f.Data["last_good_generation"]; ok {
			return fmt.Sprintf("realmconf edit opens the file; realmconf rollback %v goes back to what last was TOML", good)
		}
		return "realmconf edit opens the file"
	case fault.LockTimeout:
		return "realmconf doctor says who holds the realm"
	case fault.Storage:
		return "realmconf doctor looks at the realm's files"
	case fault.OutcomeUnknown:
		return "realmconf history says whether it happened"
	}
	return ""
}

// place is where an issue stands in a file, ready to stand before its text.
func place(i schema.Issue) string {
	if i.Line == 0 {
		return ""
	}
	return fmt.Sprintf("line %d: ", i.Line)
}

// parentOf is the pointer above a pointer.
func parentOf(path string) string {
	p, err := tree.ParsePointer(path)
	if err != nil || len(p) == 0 {
		return ""
	}
	return p[:len(p)-1].String()
}

// quotePointer writes a pointer as a word of a shell; the root, which has no
// characters, is left out.
func quotePointer(path string) string {
	if path == "" {
		return ""
	}
	return shellWord(path)
}
