package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"realmconf.io/realmconf/schema/tree"
)

// Invocation is a command line, taken apart.
type Invocation struct {
	command *command // nil: serve
	args    []string // the command's arguments, without flags
	server  *flag.FlagSet
	given   []setting
}

// setting is a flag of the server's that was given.
type setting struct{ name, value string }

// Parse reads a command line: the server's flags, which may stand before and
// behind a command's name, and the command with its own flags and arguments.
// The server's flags are set as the flag set says. An error is for Report.
func Parse(server *flag.FlagSet, args []string) (*Invocation, error) {
	inv := &Invocation{server: server}
	flags := inv.quiet("realmconf")
	for len(args) > 0 {
		word := args[0]
		switch {
		case word == "--":
			args = args[1:]
			if inv.command == nil && len(args) > 0 {
				return nil, usage(nil, "unexpected argument %q: a command's name stands before --", args[0])
			}
			inv.args = append(inv.args, args...)
			args = nil
		case isArgument(word) && inv.command == nil:
			if inv.command = find(word); inv.command == nil {
				return nil, unknownCommand(word)
			}
			if inv.command.raw {
				inv.args = args[1:]
				inv.lenient(args[1:])
				return inv, nil
			}
			flags = inv.quiet(word)
			if inv.command.flags != nil {
				inv.command.flags(flags)
			}
			args = args[1:]
		case isArgument(word):
			inv.args = append(inv.args, word)
			args = args[1:]
		default:
			taken, err := inv.flag(flags, args)
			if err != nil {
				return nil, err
			}
			args = args[taken:]
		}
	}
	if c := inv.command; c != nil && (len(inv.args) < c.least || len(inv.args) > c.most) {
		return nil, usage(c, "%s takes %s", c.name, c.arguments())
	}
	return inv, nil
}

// Serves reports whether there is no command: the program is a server then.
func (inv *Invocation) Serves() bool { return inv.command == nil }

// quiet is a flag set that has the server's flags and prints nothing by itself.
func (inv *Invocation) quiet(name string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	inv.server.VisitAll(func(f *flag.Flag) { flags.Var(f.Value, f.Name, f.Usage) })
	return flags
}

// flag reads the flag at the beginning of args, and says how many words it is.
func (inv *Invocation) flag(flags *flag.FlagSet, args []string) (taken int, err error) {
	name, _, joined := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(args[0], "-"), "-"), "=")
	taken = 1
	if f := flags.Lookup(name); f != nil && !joined && !isSwitch(f) {
		taken = min(2, len(args))
	}
	switch err := flags.Parse(args[:taken]); {
	case errors.Is(err, flag.ErrHelp):
		return 0, &helpWanted{inv.server, inv.command}
	case err != nil:
		return 0, usage(inv.command, "%v", err)
	}
	if inv.server.Lookup(name) != nil {
		value := flags.Lookup(name).Value.String()
		if value == "" { // an unset variable in a script is not a choice of realm
			return 0, usage(inv.command, "--%s is empty: give it a value, or leave it out", name)
		}
		inv.given = slices.DeleteFunc(inv.given, func(s setting) bool { return s.name == name })
		inv.given = append(inv.given, setting{name, value})
	}
	return taken, nil
}

// lenient sets those of the server's flags that stand among the words of an
// unfinished command line, and minds nothing else there.
func (inv *Invocation) lenient(words []string) {
	flags := inv.quiet("")
	for i := range words {
		if !isArgument(words[i]) && words[i] != "--" {
			_, _ = inv.flag(flags, words[i:]) // it may be unfinished
		}
	}
}

// isArgument reports whether a word is no flag. A negative number is none.
func isArgument(word string) bool {
	return len(word) < 2 || word[0] != '-' || word[1] >= '0' && word[1] <= '9'
}

func isSwitch(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

func unknownCommand(name string) error {
	var names []string
	for _, c := range commands() {
		names = append(names, c.name)
	}
	if nearest, ok := tree.Nearest(name, names); ok {
		return usage(nil, "no command %q: did you mean %s?", name, nearest)
	}
	return usage(nil, "no command %q", name)
}

// usageError is a command line that cannot be understood.
type usageError struct {
	command *command // nil: it did not get so far
	text    string
}

func (e *usageError) Error() string { return e.text }

func usage(c *command, format string, args ...any) error {
	return &usageError{c, fmt.Sprintf(format, args...)}
}

// usage is a mistake in the running command's words.
func (s *Session) usage(format string, args ...any) error { return usage(s.command, format, args...) }

// helpWanted is --help.
type helpWanted struct {
	server  *flag.FlagSet
	command *command
}

func (*helpWanted) Error() string { return "help is wanted" }
