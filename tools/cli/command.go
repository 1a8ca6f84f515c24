package cli

import (
	"context"
	"flag"
	"strings"

	"realmconf/schema/tree"
)

// command is one command of the program.
type command struct {
	name    string
	form    string // its arguments, as help shows them
	summary string // one line
	details string // further lines of its help; may be empty

	minArgs, maxArgs int
	realm            bool // it uses the files of the selected realm
	onlyReads        bool // it changes nothing, so that a signal may end it at any time
	mirrors          bool // its realm is both in a directory and in a store
	examines         bool // it accepts a realm that cannot be used, with another backend than --realm-backend for example
	file             bool // its argument is a file name, in any encoding
	raw              bool // its words are not parsed as flags
	hidden           bool // help does not list it
	static           bool // it describes the program, whatever the environment selects

	flags    func(*flag.FlagSet) // adds the command's own flags; may be nil
	run      func(ctx context.Context, s *Session, args []string) error
	complete completer // completes its arguments; may be nil
}

// completer returns the possible next arguments after args. Last is the unfinished
// word; the caller filters by it.
type completer func(ctx context.Context, s *Session, args []string, last string) []candidate

// newCommands returns the functions that make all commands, in the order in which help
// lists them. Help, completion, hints and the suggestion for an unknown name all use
// this table. The one that the completion scripts use is first, because it has no time.
func newCommands() []func() *command {
	return []func() *command{
		// used by the completion scripts
		completeCommand,
		// read
		getCommand, schemaCommand, historyCommand, diffCommand, showCommand, watchCommand, exportCommand,
		// write
		setKeyCommand, unsetKeyCommand, patchCommand, setCommand, revertCommand, rollbackCommand, editCommand, importCommand, mirrorCommand,
		// answer
		reviewCommand,
		// use the program
		callCommand, doctorCommand, realmsCommand, hostCommand, initCommand, completionCommand, versionCommand, helpCommand,
	}
}

// commands returns all commands. Each call makes new ones, because they hold the values
// of their flags.
func commands() []*command {
	var all []*command
	for _, newCommand := range newCommands() {
		all = append(all, newCommand())
	}
	return all
}

// findCommand returns the command with a name, or nil. It makes no command after it: the
// program starts for one of them.
func findCommand(name string) *command {
	for _, newCommand := range newCommands() {
		if c := newCommand(); c.name == name {
			return c
		}
	}
	return nil
}

// commandNames returns the names of the commands for which include is true.
func commandNames(include func(*command) bool) []string {
	var names []string
	for _, c := range commands() {
		if include(c) {
			names = append(names, c.name)
		}
	}
	return names
}

func isListed(c *command) bool { return !c.hidden }

// otherNames are names that other programs have for some commands.
func otherNames(name string) (command string) {
	switch name {
	case "undo":
		return "revert"
	case "reset", "restore":
		return "rollback"
	case "log", "blame":
		return "history"
	case "cat", "list", "ls", "print", "read":
		return "get"
	case "add", "put", "write":
		return "set-key"
	case "unset", "remove", "delete", "rm", "del":
		return "unset-key"
	case "mv", "move", "rename", "cp", "copy", "apply":
		return "patch"
	case "search", "find", "grep", "keys", "describe", "explain":
		return "schema"
	case "dump", "download", "pull":
		return "export"
	case "load", "upload", "push":
		return "import"
	case "check", "status", "validate", "lint":
		return "doctor"
	}
	return ""
}

// unknownCommand refuses a command's name and suggests the nearest one.
func unknownCommand(name string) error {
	if other := findCommand(otherNames(name)); other != nil {
		return newUsageError(other, "no command %q: it is called %s here, to %s", name, other.name, other.summary)
	}
	switch name {
	case "serve", "server", "mcp", "run", "start", "stdio":
		return newUsageError(nil, "no command %q: the program serves when it has no command, so leave it out", name)
	}
	if nearest, ok := tree.Nearest(name, commandNames(isListed)); ok {
		return newUsageError(nil, "no command %q: did you mean %s?", name, nearest)
	}
	return newUsageError(nil, "no command %q", name)
}

// arguments describes the command's arguments in words.
func (c *command) arguments() string {
	switch {
	case c.maxArgs == 0:
		return "no arguments, only flags"
	case c.minArgs == 0:
		return "at most one " + strings.Trim(c.form, "[]")
	}
	return c.form
}

// synopsis returns the command as a user writes it.
func (c *command) synopsis() string {
	return strings.TrimSpace("realmconf " + c.name + " " + c.form)
}

// terminalFlag is the name of a flag that decides how every result is printed.
const terminalFlag = "terminal"

// addOutputFlags adds --json and --terminal. Run reads the latter.
func addOutputFlags(f *flag.FlagSet, asJSON *bool) {
	f.BoolVar(asJSON, "json", false, "print JSON on a terminal, too")
	f.Bool(terminalFlag, false, "print as on a terminal in a pipe, too, as in: history --terminal | less")
}
