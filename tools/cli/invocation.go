package cli

import (
	"flag"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Invocation is a parsed command line.
type Invocation struct {
	command *command // nil: run the server
	args    []string // the command's arguments, without flags
	server  *flag.FlagSet
	given   []setting // the server's flags that the command line sets
	forces  bool

	asOnTerminal bool // the result is printed as on a terminal
}

// Parse parses a command line. The server's flags may be before and after the
// command's name, the command's own flags only after it:
//
//	realmconf [server flags] [COMMAND [server flags | command flags | arguments]…] [-- arguments]
//
// Parse sets the server's flags in the flag set. --help and --version are
// commands, too. The error is for Report.
func Parse(server *flag.FlagSet, args []string) (*Invocation, error) {
	inv := &Invocation{server: server}
	flags := inv.flagsOf(nil)
	for len(args) > 0 {
		word := args[0]
		switch {
		case isHelpFlag(word):
			inv.switchToHelp()
			return inv, nil
		case inv.command == nil && (word == "--version" || word == "-version"):
			inv.command = versionCommand()
			return inv, nil
		case word == "--":
			if inv.command == nil && len(args) > 1 {
				return nil, newUsageError(nil, "unexpected argument %q: the command's name must be before --", args[1])
			}
			inv.args = append(inv.args, args[1:]...)
			args = nil
		case isArgument(word) && inv.command == nil:
			if inv.command = findCommand(word); inv.command == nil {
				return nil, unknownCommand(word)
			}
			if inv.command.raw {
				inv.args = args[1:]
				inv.applyServerFlags(args[1:])
				return inv, nil
			}
			flags = inv.flagsOf(inv.command)
			args = args[1:]
		case isArgument(word):
			inv.args = append(inv.args, word)
			args = args[1:]
		default:
			used, err := inv.parseFlag(flags, args)
			if err != nil {
				return nil, err
			}
			args = args[used:]
		}
	}
	inv.forces, inv.asOnTerminal = isSet(flags, forceFlag), isSet(flags, terminalFlag)
	return inv, inv.checkArguments()
}

// isSet reports whether a flag set has a switch that the command line sets.
func isSet(flags commandFlags, name string) bool {
	f := flags.lookup(name)
	return f != nil && f.Value.String() == "true"
}

// Forces reports whether the command is to write a config.toml that is protected
// against writing.
func (inv *Invocation) Forces() bool { return inv.forces }

// Serves reports whether the command line has no command: the program then runs
// as a server.
func (inv *Invocation) Serves() bool { return inv.command == nil }

// OnlyReads reports whether the command changes nothing and asks nothing: a signal
// may end it at any time.
func (inv *Invocation) OnlyReads() bool { return inv.command != nil && inv.command.onlyReads }

// NeedsRealm reports whether the server or the command works on one realm.
func (inv *Invocation) NeedsRealm() bool { return inv.command == nil || inv.command.realm }

// IsStatic reports whether the command describes the program, whatever the environment
// selects: who has set a variable wrongly must get help.
func (inv *Invocation) IsStatic() bool { return inv.command != nil && inv.command.static }

// Mirrors reports whether the command works on a realm in a directory and in a store.
func (inv *Invocation) Mirrors() bool { return inv.command != nil && inv.command.mirrors }

// switchToHelp makes the invocation a request for help about the command so far.
func (inv *Invocation) switchToHelp() {
	var args []string
	if inv.command != nil {
		args = []string{inv.command.name}
	}
	inv.command, inv.args = helpCommand(), args
}

// checkArguments checks the number and the encoding of the command's arguments.
func (inv *Invocation) checkArguments() error {
	c := inv.command
	if c == nil {
		return nil
	}
	if len(inv.args) < c.minArgs || len(inv.args) > c.maxArgs {
		return newUsageError(c, "%s takes %s", c.name, c.arguments())
	}
	for i, arg := range inv.args {
		if !utf8.ValidString(arg) && !c.file {
			return newUsageError(c, "%s is not UTF-8 text: give it in that encoding", strings.Trim(strings.Fields(c.form)[i], "[]"))
		}
	}
	return nil
}

// isArgument reports whether a word is an argument and not a flag. Negative
// numbers are arguments.
func isArgument(word string) bool {
	return len(word) < 2 || word[0] != '-' || word[1] >= '0' && word[1] <= '9'
}

// usageError is a mistake in the command line.
type usageError struct {
	command *command // nil: the mistake is before the command's name
	text    string
}

func (e *usageError) Error() string { return e.text }

func newUsageError(c *command, format string, args ...any) error {
	return &usageError{c, fmt.Sprintf(format, args...)}
}

// usageError returns a mistake in the arguments of the running command.
func (s *Session) usageError(format string, args ...any) error {
	return newUsageError(s.command, format, args...)
}
