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
		name: "help", static: true, form: "[COMMAND]", maxArgs: 1,
		summary: "show how to use a command",
		run: func(_ context.Context, s *Session, args []string) error {
			var topic *command
			if len(args) > 0 {
				if topic = findCommand(args[0]); topic == nil {
					return unknownCommand(args[0])
				}
			}
			var b strings.Builder
			printHelp(&b, s.invocation.server, topic)
			s.print("%s", b.String())
			return nil
		},
		complete: func(_ context.Context, _ *Session, args []string, _ string) []candidate { return commandCandidates() },
	}
}

const introduction = `Usage: realmconf [flags]
       realmconf [flags] COMMAND [ARGUMENTS] [flags]

Without a command it serves one realm's configuration to the program that
started it: requests on standard input, answers on standard output, one JSON
value per line. It speaks JSON-RPC 2.0 (config/get, config/set, config/patch, …)
and MCP, the Model Context Protocol, on the same pipe. A command does one thing and
ends:

`

const exitCodes = `
Exit codes: 0 done, 1 refused, 2 wrong usage, 3 another writer was first,
4 the files, their lock or the servers are unavailable.
`

// printHelp prints the help of a command, or with nil of the program.
func printHelp(w io.Writer, server *flag.FlagSet, c *command) {
	if c != nil {
		printCommandHelp(w, c)
		return
	}
	fmt.Fprint(w, introduction)
	for _, c := range commands() {
		if isListed(c) {
			fmt.Fprintf(w, "  %-25s %s\n", strings.TrimSpace(c.name+" "+c.form), c.summary)
		}
	}
	fmt.Fprint(w, "\nFlags, in addition to --help and --version:\n")
	printFlags(w, server)
	fmt.Fprint(w, exitCodes)
}

func printCommandHelp(w io.Writer, c *command) {
	fmt.Fprintf(w, "Usage: %s\n\n%s.\n", c.synopsis(), capitalize(c.summary))
	if c.details != "" {
		fmt.Fprintf(w, "%s\n", c.details)
	}
	if c.flags != nil {
		fmt.Fprint(w, "\nFlags, in addition to those of realmconf --help:\n")
		own := flag.NewFlagSet(c.name, flag.ContinueOnError)
		c.flags(own)
		printFlags(w, own)
	}
}

func capitalize(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// Greet explains on standard error how to talk to the server, if a person started
// it: standard input is then a terminal.
func Greet(stdin io.Reader, stderr io.Writer) {
	if isTerminal(stdin) {
		printGreeting(stderr)
	}
}

func printGreeting(stderr io.Writer) {
	message(stderr, "waiting for requests on standard input, one JSON value per line; Ctrl-D ends it")
	hint(stderr, `try {"jsonrpc":"2.0","id":1,"method":"config/get","params":{"path":"/agent"}}`)
	hint(stderr, "realmconf get /agent does the same from a shell; realmconf help lists the commands")
	hint(stderr, "realmconf host lists the programs that can start the server themselves")
}
