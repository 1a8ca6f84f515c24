// Realmconf serves one realm's configuration over stdio, as JSON-RPC 2.0
// methods and as MCP tools, and changes it from the command line.
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
	"strings"
	"sync"
	"syscall"

	"realmconf/rpc"
	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/realm"
	"realmconf/runtime/store"
	"realmconf/schema/meerkat"
	"realmconf/tools"
	"realmconf/tools/cli"
	"realmconf/tools/policy"
)

func main() {
	if os.Getenv("GOGC") == "" {
		// There is little to keep and much to throw away: collecting half as often
		// costs four megabytes, and saves a tenth of a read and a quarter of a
		// write.
		debug.SetGCPercent(200)
	}
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the program. Nothing is read, written or locked before the first
// request that needs it: hosts start servers only to look at them.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var opts options
	line, err := cli.Parse(opts.flags(), args)
	if err == nil {
		err = opts.realm.Check()
	}
	if err != nil {
		return cli.Report(stderr, err)
	}
	ctx, end := context.WithCancel(context.Background())
	defer end()
	signals := sync.OnceFunc(func() { takeSignals(end) })
	// Nothing that is said from here on may block: hosts do not always read it.
	logs := rpc.NewLogWriter(firstDo{signals, stderr})
	defer logs.Close()
	log := slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: opts.logLevel}))
	model := meerkat.New()
	open := realm.Open(opts.realm, opts.history)
	rt := runtime.New(func(ctx context.Context) (store.Store, error) {
		signals()
		return open(ctx)
	}, model)
	defer rt.Close() // a commit that was begun runs to its end
	operations := tools.New(rt, model, opts.clients)
	if err := checkAllowance(opts.clients.Allow, operations); err != nil {
		return cli.Report(stderr, err)
	}

	if !line.Serves() {
		signals()
		return line.Run(ctx, cli.Session{
			Stdin: stdin, Stdout: stdout, Stderr: stderr,
			Operations: operations, Runtime: rt, Model: model,
			Realm: opts.realm, Policy: opts.policy(), Writes: opts.clients,
		})
	}
	cli.Greet(stdin, stderr)
	err = rpc.Serve(ctx, stdin, stdout, operations, rpc.Options{
		Diagnostic: opts.diagnosticMode(),
		Version:    cli.Version(),
		Log:        log,
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintf(logs, "realmconf: %v\n", err)
		return cli.ExitRefused
	}
	return cli.ExitDone
}

// takeSignals lets the first signal to end the program call end, and a second one
// end it at once. A closed standard output becomes an error of one write, and not
// the end of a commit; its signal is taken and not ignored, which an editor would
// inherit. Until a realm is opened there is nothing that a signal could harm, and
// taking them is a sixth of the start. Only the log comes before: that nobody
// reads it is no reason to end.
func takeSignals(end func()) {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() {
		stop()
		end()
	})
}

// firstDo is a writer before which something is done.
type firstDo struct {
	do func()
	io.Writer
}

func (f firstDo) Write(p []byte) (int, error) {
	f.do()
	return f.Writer.Write(p)
}

// options are the command line.
type options struct {
	realm       realm.Selection
	clients     policy.Policy
	diagnostic  rpc.DiagnosticMode
	exposePaths bool
	history     int
	logLevel    slog.Level
}

// flags are the flags that set the options, before a command's name, behind it,
// and without one.
func (o *options) flags() *flag.FlagSet {
	f := flag.NewFlagSet("realmconf", flag.ContinueOnError)
	f.StringVar(&o.realm.Realm, "realm", "", "serve the realm with this `id`; without it, the workspace realm of the context root")
	f.BoolVar(&o.realm.Isolated, "isolated", false, "serve a new realm of its own")
	f.StringVar(&o.realm.Instance, "instance", "", "report this instance `id`")
	f.StringVar(&o.realm.Backend, "realm-backend", "", "the realm's `backend`: sqlite, jsonl or memory")
	f.StringVar(&o.realm.StateRoot, "state-root", "", "the `directory` that holds the realms")
	f.StringVar(&o.realm.ContextRoot, "context-root", "", "the project `directory`; the working directory if not given")
	f.StringVar(&o.realm.UserConfigRoot, "user-config-root", "", "the `directory` whose .rkat/config.toml is the realm global; home if not given")
	f.BoolVar(&o.clients.ReadOnly, "read-only", false, "refuse every write, whoever asks")
	f.TextVar(&o.clients.Allow, "allow", policy.Allowance{}, "what tools may change without a person's yes: a `list` of exec, secret, network, path, posture and JSON Pointers, parted by commas")
	f.IntVar(&o.history, "history", 0, "how many commits the history keeps; 0 for 200, negative for all")
	f.TextVar(&o.diagnostic, "diagnostic", rpc.Negotiate, "show file system paths: negotiate, never or always (`mode`)")
	f.BoolVar(&o.exposePaths, "expose-paths", false, "the same as --diagnostic always")
	f.TextVar(&o.logLevel, "log-level", slog.LevelWarn, "log to standard error from this `level`: debug, info, warn, error")
	return f
}

// checkAllowance refuses an allowance for a place that the schema does not have:
// whoever mistypes it would find out only when a tool is refused. The schema is
// not read where no place is named.
func checkAllowance(allow policy.Allowance, operations *tools.Operations) error {
	text, err := allow.MarshalText()
	if err != nil {
		return err
	}
	for item := range strings.SplitSeq(string(text), ",") {
		if !strings.HasPrefix(item, "/") {
			continue
		}
		for _, o := range operations.All() {
			if o.Name != tools.Schema {
				continue
			}
			if _, err := o.Call(context.Background(), tools.Caller{}, map[string]any{"path": item}); err != nil {
				return fault.New(fault.InvalidParams, "--allow %s", fault.Of(err).Message).Because(err)
			}
		}
	}
	return nil
}

// diagnosticMode is what the two flags say together.
func (o *options) diagnosticMode() rpc.DiagnosticMode {
	if o.exposePaths {
		return rpc.Always
	}
	return o.diagnostic
}

// policy is what a command tells of places. There is nobody to negotiate with.
func (o *options) policy() runtime.Policy {
	if o.diagnosticMode() == rpc.Always {
		return runtime.Diagnostic
	}
	return runtime.Public
}
