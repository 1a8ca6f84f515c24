// Realmconf serves one realm's configuration over stdio, as JSON-RPC 2.0
// methods and as MCP tools.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"realmconf.io/realmconf/rpc"
	"realmconf.io/realmconf/runtime"
	"realmconf.io/realmconf/runtime/realm"
	"realmconf.io/realmconf/schema"
	"realmconf.io/realmconf/tools"
)

func main() {
	if os.Getenv("GOGC") == "" {
		// There is little to keep and much to throw away: collecting a third less
		// often costs two megabytes and saves a tenth of a request.
		debug.SetGCPercent(150)
	}
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// Exit codes, the same for every way of using the program.
const (
	exitDone    = 0
	exitRefused = 1
	exitUsage   = 2
)

// run is the program. Nothing is read, written or locked before the first
// request that needs it: hosts start servers only to look at them.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	opts, err := parseOptions(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitDone
	case err != nil:
		fmt.Fprintf(stderr, "realmconf: %v\nrealmconf: hint: realmconf --help lists the flags\n", err)
		return exitUsage
	}
	// Nothing that is said from here on may block: hosts do not always read it.
	logs := rpc.NewLogWriter(stderr)
	defer logs.Close()
	log := slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: opts.logLevel}))
	model := schema.New()
	rt := runtime.New(runtime.OpenRealm(opts.realm, opts.history), model)
	defer rt.Close() // a commit that was begun runs to its end

	// A closed standard output is an error of one write, not the end of a
	// commit. The first signal ends the service in order, a second one at once.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)

	err = rpc.Serve(ctx, stdin, stdout, tools.New(rt, model, opts.clients), rpc.Options{
		Diagnostic: opts.diagnostic,
		Version:    version(),
		Log:        log,
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintf(logs, "realmconf: %v\n", err)
		return exitRefused
	}
	return exitDone
}

// options are the command line.
type options struct {
	realm      realm.Selection
	clients    tools.Options
	diagnostic rpc.DiagnosticMode
	history    int
	logLevel   slog.Level
}

const usage = `Usage: realmconf [flags]

Serves one realm's configuration to the program that started it: requests on
standard input, answers on standard output, one JSON value a line. It speaks
JSON-RPC 2.0 (config/get, config/set, config/patch) and MCP on the same pipe.

Flags:
`

// parseOptions reads the command line and checks what can be checked without
// touching a file.
func parseOptions(args []string, stderr io.Writer) (options, error) {
	var opts options
	flags := flag.NewFlagSet("realmconf", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // run prints what went wrong, once
	flags.StringVar(&opts.realm.Realm, "realm", "", "serve the realm with this `id`; without it, the workspace realm of the context root")
	flags.BoolVar(&opts.realm.Isolated, "isolated", false, "serve a new realm of its own")
	flags.StringVar(&opts.realm.Instance, "instance", "", "report this instance `id`")
	flags.StringVar(&opts.realm.Backend, "realm-backend", "", "the realm's `backend`: sqlite, jsonl or memory")
	flags.StringVar(&opts.realm.StateRoot, "state-root", "", "the `directory` that holds the realms")
	flags.StringVar(&opts.realm.ContextRoot, "context-root", "", "the project `directory`; the working directory if not given")
	flags.StringVar(&opts.realm.UserConfigRoot, "user-config-root", "", "the `directory` whose .rkat/config.toml is the realm global; home if not given")
	flags.BoolVar(&opts.clients.ReadOnly, "read-only", false, "refuse every write, whoever asks")
	flags.TextVar(&opts.clients.Allow, "allow", tools.Allowance{}, "what tools may change without a person's yes: a `list` of exec, secret, network, path, posture and JSON Pointers, parted by commas")
	flags.IntVar(&opts.history, "history", 0, "how many commits the history keeps; 0 for 200, negative for all")
	flags.TextVar(&opts.diagnostic, "diagnostic", rpc.Negotiate, "show file system paths: negotiate, never or always (`mode`)")
	expose := flags.Bool("expose-paths", false, "the same as --diagnostic always")
	flags.TextVar(&opts.logLevel, "log-level", slog.LevelWarn, "log to standard error from this `level`: debug, info, warn, error")

	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(stderr, usage)
			flags.SetOutput(stderr)
			flags.PrintDefaults()
		}
		return options{}, err
	}
	if flags.NArg() > 0 {
		return options{}, fmt.Errorf("unexpected argument %q: realmconf takes only flags", flags.Arg(0))
	}
	var empty string
	flags.Visit(func(f *flag.Flag) {
		if f.Value.String() == "" {
			empty = f.Name // an unset variable in a script is not a choice of realm
		}
	})
	if empty != "" {
		return options{}, fmt.Errorf("--%s is empty: give it a value, or leave it out", empty)
	}
	if *expose {
		opts.diagnostic = rpc.Always
	}
	return opts, opts.realm.Check()
}

// version is the module version this binary was built from.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
