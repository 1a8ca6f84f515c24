package cli

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"
)

func helpCommand() *command {
	return &command{
		name: "help", form: "[COMMAND]", most: 1,
		about: "say how a command is used",
		run: func(_ context.Context, s *Session, args []string) error {
			var about *command
			if len(args) > 0 {
				if about = find(args[0]); about == nil {
					return unknownCommand(args[0])
				}
			}
			var b strings.Builder
			printHelp(&b, s.server, about)
			s.print("%s", b.String())
			return nil
		},
	}
}

const introduction = `Usage: realmconf [flags]
       realmconf [flags] COMMAND [ARGUMENTS] [flags]

Without a command it serves one realm's configuration to the program that
started it: requests on standard input, answers on standard output, one JSON
value a line. It speaks JSON-RPC 2.0 (config/get, config/set, config/patch, …)
and MCP on the same pipe. A command does one thing and ends:

`

const exits = `
Exit codes: 0 done, 1 refused, 2 wrong usage, 3 somebody else was first,
4 the files or their lock could not be had.
`

// printHelp explains one command, or with nil the program.
func printHelp(w io.Writer, server *flag.FlagSet, c *command) {
	if c != nil {
		fmt.Fprintf(w, "Usage: %s\n\n%s.\n", c.synopsis(), sentence(c.about))
		if c.more != "" {
			fmt.Fprintf(w, "%s\n", c.more)
		}
		if c.flags != nil {
			fmt.Fprint(w, "\nFlags, beside those that realmconf --help lists:\n")
			own := flag.NewFlagSet(c.name, flag.ContinueOnError)
			c.flags(own)
			printFlags(w, own)
		}
		return
	}
	fmt.Fprint(w, introduction)
	for _, c := range commands() {
		if !c.hidden {
			fmt.Fprintf(w, "  %-25s %s\n", strings.TrimSpace(c.name+" "+c.form), c.about)
		}
	}
	fmt.Fprint(w, "\nFlags, beside --help and --version:\n")
	printFlags(w, server)
	fmt.Fprint(w, exits)
}

// sentence is a text with a capital at its beginning.
func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// Greet says on standard error what the server waits for, if it is a person
// who started it: standard input is a terminal then.
func Greet(stdin io.Reader, stderr io.Writer) {
	if isTerminal(stdin) {
		greet(stderr)
	}
}

func greet(stderr io.Writer) {
	say(stderr, "waiting for requests on standard input, one JSON value a line; Ctrl-D ends it")
	hint(stderr, `try {"jsonrpc":"2.0","id":1,"method":"config/get","params":{"path":"/agent"}}`)
	hint(stderr, "realmconf get /agent asks the same in one go; realmconf help lists the commands")
	hint(stderr, "realmconf host lists the programs that can start it by themselves")
}
