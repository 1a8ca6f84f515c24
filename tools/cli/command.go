package cli

import (
	"context"
	"flag"
	"fmt"
	"strings"
)

// command is one thing that a person may do from a shell.
type command struct {
	name  string
	form  string // its arguments, as help shows them
	about string // one line
	more  string // further lines of its help; may be empty

	least, most int  // how many arguments
	realm       bool // it is about one realm's files
	file        bool // its argument is a file's name, in whatever encoding
	raw         bool // its words are not read as flags
	hidden      bool // help does not list it

	flags func(*flag.FlagSet) // adds its own flags; may be nil
	run   func(ctx context.Context, s *Session, args []string) error
}

// commands are all of them, in the order in which help lists them. They are
// made anew for each command line, because they hold its flags.
func commands() []*command {
	return []*command{
		getCommand(), schemaCommand(), historyCommand(), diffCommand(), watchCommand(),
		setKeyCommand(), unsetKeyCommand(), patchCommand(), setCommand(), rollbackCommand(), editCommand(),
		callCommand(), doctorCommand(), hostCommand(), completionCommand(), versionCommand(), helpCommand(),
		completeCommand(),
	}
}

// find is the command of a name, nil when there is none.
func find(name string) *command {
	for _, c := range commands() {
		if c.name == name {
			return c
		}
	}
	return nil
}

// arguments says in words what a command takes.
func (c *command) arguments() string {
	switch {
	case c.most == 0:
		return "no arguments, only flags"
	case c.least == 0:
		return "at most one " + strings.Trim(c.form, "[]")
	}
	return c.form
}

// synopsis is how a command is written.
func (c *command) synopsis() string {
	return strings.TrimSpace(fmt.Sprintf("realmconf %s %s", c.name, c.form))
}

// jsonFlag adds --json.
func jsonFlag(f *flag.FlagSet, to *bool) {
	f.BoolVar(to, "json", false, "print JSON on a terminal, too")
}
