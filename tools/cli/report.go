package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"realmconf/runtime/fault"
	"realmconf/schema"
	"realmconf/schema/tree"
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
	err := withoutPlace(e.err)
	if e.stored == nil {
		return fmt.Sprintf("the result could not be printed: %v", err)
	}
	return fmt.Sprintf("the change is stored, the configuration is at generation %d; only the answer could not be printed: %v", *e.stored, err)
}

// withoutPlace is what is wrong with a file, for a text that names the file in
// its own words.
func withoutPlace(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// readOnly refuses a write.
func readOnly() *fault.Fault {
	return fault.New(fault.ReadOnly, "--read-only was given, so nothing was written: leave it out to write")
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
func Report(stderr io.Writer, err error) int { return report(stderr, err, nil, nil) }

// report is Report with the flags that name the realm: a hint that is pasted
// must be about the same one. With a model it hints at what there is.
func report(stderr io.Writer, err error, given []setting, model *schema.Model) int {
	var misused *usageError
	var output *outputError
	var own *hinted
	hinting := errors.As(err, &own)
	switch {
	case err == nil:
		return ExitDone
	case errors.Is(err, errFound):
		return ExitRefused
	case errors.As(err, &misused):
		say(stderr, "%s", misused.text)
		if hinting {
			hint(stderr, "%s", located(own.hint, given))
		} else {
			hint(stderr, "%s", howWritten(misused.command))
		}
		return ExitUsage
	}
	if errors.As(err, &output) {
		say(stderr, "%v", output)
		return ExitStorage
	}
	f := fault.Of(err)
	if f.Kind == fault.ReadOnly {
		f = readOnly() // who reads this has given the flag
	}
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
	if where := obstacle(f); where != "" {
		say(stderr, "%s", where)
	}
	text := advice(f, model)
	if hinting {
		text = own.hint
	}
	if text != "" {
		hint(stderr, "%s", located(text, given))
	}
	if f.Kind == fault.Internal && f.Cause != nil {
		say(stderr, "cause: %v", f.Cause)
	}
	return exitCode(f.Kind)
}

// howWritten leads to the help of a command, or of the program.
func howWritten(c *command) string {
	if c == nil {
		return "realmconf --help lists the commands and flags"
	}
	return "realmconf help " + c.name + " shows how it is written"
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
func advice(f *fault.Fault, model *schema.Model) string {
	switch f.Kind {
	case fault.InvalidParams, fault.MethodNotFound:
		return howWritten(nil)
	case fault.GenerationConflict:
		next := fmt.Sprintf("with --expected-generation %v the write builds on what is current", f.Data["current"])
		if number(f.Data["expected"]) >= number(f.Data["current"]) {
			return next // there has been no such generation
		}
		return fmt.Sprintf("realmconf diff %v shows what the others did; %s", f.Data["expected"], next)
	case fault.InvalidConfig:
		if issues, _ := f.Data["issues"].([]schema.Issue); len(issues) > 0 {
			return fitting(issues[0], model)
		}
	case fault.NotFound:
		if path, ok := f.Data["path"].(string); ok {
			return keysAround(path, model)
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

// located puts the flags that name the realm into the commands that a text
// tells to use.
func located(text string, given []setting) string {
	flags := ""
	for _, g := range given {
		switch g.name {
		case "realm", "realm-backend", "state-root", "context-root", "user-config-root":
			flags += "--" + g.name + " " + shellWord(g.value) + " "
		}
	}
	for _, name := range []string{"get", "schema", "history", "diff", "patch", "set", "unset-key", "rollback", "edit", "doctor"} {
		text = strings.ReplaceAll(text, "realmconf "+name, "realmconf "+flags+name)
	}
	return text
}

// place is where an issue stands in a file, ready to stand before its text.
func place(i schema.Issue) string {
	if i.Line == 0 {
		return ""
	}
	return fmt.Sprintf("line %d: ", i.Line)
}

// fitting is where an issue's place is explained, if that says more than the
// issue does.
func fitting(issue schema.Issue, model *schema.Model) string {
	switch issue.Kind {
	case schema.UnknownKey, schema.Missing:
		return keysAround(issue.Path, model)
	case schema.Type, schema.Enum, schema.Format:
		return "realmconf schema " + shellWord(issue.Path) + " says what it takes"
	}
	return ""
}

// keysAround tells how to list the keys among which a pointer's last one would
// stand. It is empty where there is no such list, as in a table of any names.
func keysAround(path string, model *schema.Model) string {
	p, err := tree.ParsePointer(path)
	if err != nil || len(p) < 2 {
		return "realmconf schema lists the sections"
	}
	p = p[:len(p)-1]
	if model != nil {
		described, known := model.Describe(p)
		for ; !known && len(p) > 0; described, known = model.Describe(p) {
			p = p[:len(p)-1]
		}
		if !hasKeys(described) {
			return ""
		}
	}
	if len(p) == 0 {
		return "realmconf schema lists the sections"
	}
	return "realmconf schema " + shellWord(p.String()) + " lists the keys there"
}

// hasKeys reports whether a schema, or one of its meanings, names keys.
func hasKeys(described tree.Object) bool {
	for _, name := range []string{"properties", "x-branches"} {
		if keys, _ := described[name].(tree.Object); len(keys) > 0 {
			return true
		}
	}
	meanings, _ := described["anyOf"].([]any)
	return slices.ContainsFunc(meanings, func(m any) bool {
		meaning, _ := m.(tree.Object)
		return hasKeys(meaning)
	})
}

// number is a generation out of a fault's data.
func number(value any) uint64 {
	switch n := value.(type) {
	case uint64:
		return n
	case int:
		return uint64(max(n, 0))
	case int64:
		return uint64(max(n, 0))
	}
	return 0
}
