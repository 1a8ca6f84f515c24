package cli

import (
	"flag"
	"fmt"
	"strings"
	"unicode/utf8"

	"realmconf/schema/tree"
)

// Invocation is a command line, taken apart.
type Invocation struct {
	command *command // nil: serve
	args    []string // the command's arguments, without flags
	server  *flag.FlagSet
	given   []setting
}

// Parse reads a command line: the server's flags, which may stand before and
// behind a command's name, and the command with its own flags and arguments.
// The server's flags are set as the flag set says. --help and --version are
// commands, too. An error is for Report.
func Parse(server *flag.FlagSet, args []string) (*Invocation, error) {
	inv := &Invocation{server: server}
	flags := inv.quiet("realmconf")
	for len(args) > 0 {
		word := args[0]
		switch {
		case isHelp(word):
			about := inv.command
			inv.command, inv.args = helpCommand(), nil
			if about != nil {
				inv.args = []string{about.name}
			}
			return inv, nil
		case inv.command == nil && (word == "--version" || word == "-version"):
			inv.command = versionCommand()
			return inv, nil
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
	c := inv.command
	if c == nil {
		return inv, nil
	}
	if len(inv.args) < c.least || len(inv.args) > c.most {
		return nil, usage(c, "%s takes %s", c.name, c.arguments())
	}
	for i, arg := range inv.args {
		if !utf8.ValidString(arg) && !c.file {
			return nil, usage(c, "%s is not UTF-8 text: give it in that encoding", strings.Trim(strings.Fields(c.form)[i], "[]"))
		}
	}
	return inv, nil
}

// Serves reports whether there is no command: the program is a server then.
func (inv *Invocation) Serves() bool { return inv.command == nil }

// isArgument reports whether a word is no flag. A negative number is none.
func isArgument(word string) bool {
	return len(word) < 2 || word[0] != '-' || word[1] >= '0' && word[1] <= '9'
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
