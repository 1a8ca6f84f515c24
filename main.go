// Realmconf serves one realm's configuration over stdio, as JSON-RPC 2.0
// methods and as MCP tools, and changes it from the command line.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"realmconf/rpc"
	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/realm"
	"realmconf/schema"
	"realmconf/schema/meerkat"
	"realmconf/tools"
	"realmconf/tools/cli"
	"realmconf/tools/policy"
	"realmconf/tools/review"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the program. It reads, writes and locks nothing before the first request
// that needs it, because hosts start servers only to list what they offer.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if code := cli.CheckLimits(stderr); code != cli.ExitDone {
		return code
	}
	opts := options{logLevel: slog.LevelWarn}
	invocation, err := cli.Parse(opts.flags(), args)
	var model *schema.Model
	if err == nil {
		opts.realm.AnyRealm, opts.realm.Mirrored = !invocation.NeedsRealm(), invocation.Mirrors()
		model, err = opts.model(invocation.IsStatic())
	}
	if err != nil {
		return cli.Report(stderr, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	signals := sync.OnceFunc(func() { handleSignals(cancel) })
	opts.realm.Force = invocation.Forces()
	opts.realm.IsText, opts.realm.BeforeWrite = runtime.IsText, signals
	var roots rpc.Roots
	opts.realm.ClientRoot = roots.First
	rt := runtime.New(realm.Open(opts.realm, opts.history), model)
	defer rt.Close() // waits for a commit that has begun
	operations := tools.NewFor(tools.Subject{File: opts.realm.FileName(), Shared: opts.realm.IsShared()}, rt, model, opts.writes)
	if err := cli.CheckAllowance(ctx, opts.writes.Allow, model, operations); err != nil {
		return cli.Report(stderr, err)
	}

	if !invocation.Serves() {
		if !invocation.OnlyReads() {
			signals()
		}
		return invocation.Run(ctx, cli.Session{
			Stdin: stdin, Stdout: stdout, Stderr: stderr,
			Operations: operations, Runtime: rt, Model: model,
			Reviews: review.Client{Directory: opts.reviewDirectory},
			Realm:   opts.realm, Schema: opts.schema, History: opts.history, PathVisibility: opts.pathVisibility(), Writes: opts.writes,
		})
	}
	if os.Getenv("GOGC") == "" {
		rpc.TuneCollector()
	}
	cli.Greet(stdin, stderr)
	if opts.realm.IsFile() {
		cli.WarnIdlePlaces(ctx, stderr, opts.schema, opts.writes.Allow, model, rt)
	}
	// From here on the log must not block: not every host reads it.
	logs := rpc.NewLogWriter(preparingWriter{signals, stderr})
	defer logs.Close()
	log := slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: opts.logLevel}))
	questions := review.New(review.Options{Directory: opts.reviewDirectory, BeforeListen: signals, Version: rt.Version, Unordered: opts.realm.FileName() != "", Log: log})
	defer questions.Close()
	err = rpc.Serve(ctx, stdin, stdout, operations, rpc.Options{
		Diagnostic: opts.diagnosticMode(),
		Version:    cli.Version(),
		Title:      operations.Title(),
		Log:        log,
		Questions:  questions,
		Roots:      &roots,

		ApproveInApp: opts.approveInApp,
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintf(logs, "realmconf: %v\n", err)
		return cli.ExitRefused
	}
	return cli.ExitDone
}

// handleSignals makes the first signal to stop call cancel, and the second one kill
// the program. With SIGPIPE handled, a closed standard output is the error of one
// write and cannot interrupt a commit; ignoring the signal instead would pass to
// an editor that the program starts.
//
// Handling signals takes a tenth of the time from the program's start to its first
// read, and a signal does no harm to a read. So it begins with the first write or the
// first line of the log: a log without a reader must not end the program.
func handleSignals(cancel func()) {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() {
		stop()
		cancel()
	})
}

// preparingWriter calls prepare before each write.
type preparingWriter struct {
	prepare func()
	io.Writer
}

func (p preparingWriter) Write(text []byte) (int, error) {
	p.prepare()
	return p.Writer.Write(text)
}

// options are the values of the server's flags.
type options struct {
	realm           realm.Selection
	writes          policy.Policy
	diagnostic      rpc.DiagnosticMode
	exposePaths     bool
	reviewDirectory string
	approveInApp    bool
	history         int

	schema cli.SchemaFlags

	logLevel slog.Level
}

// flags returns the server's flags. Every command has them, too.
func (o *options) flags() *flag.FlagSet {
	f := flag.NewFlagSet("realmconf", flag.ContinueOnError)
	f.StringVar(&o.realm.Realm, "realm", "", "serve the realm with this `id`; without it, the workspace realm, which belongs to the directory of --context-root")
	f.BoolVar(&o.realm.Isolated, "isolated", false, "serve a new realm of its own")
	f.StringVar(&o.realm.Instance, "instance", "", "report this instance `id`")
	f.StringVar(&o.realm.Backend, "realm-backend", "", "the realm's `backend`: sqlite, jsonl or memory")
	f.StringVar(&o.realm.StateRoot, "state-root", "", "the `directory` that holds the realms")
	f.StringVar(&o.realm.ContextRoot, "context-root", "", "the project `directory`; the working directory if not given")
	f.StringVar(&o.realm.UserConfigRoot, "user-config-root", "", "the `directory` whose .rkat/config.toml is the realm global; home if not given")
	f.StringVar(&o.realm.Store, "store", "", "keep the realm in etcd, a database, for several machines: a `URL` such as etcd://host:2379,host:2379/prefix, or etcds:// for TLS; REALMCONF_STORE if not given")
	f.StringVar(&o.realm.File, "file", "", "serve this TOML `file`, which need not be Meerkat's, in place of a realm; its history is kept beside it")
	f.StringVar(&o.schema.Path, "schema", "", "the JSON Schema of --file, a `file`; any key may be there if not given")
	f.BoolVar(&o.schema.SkipMissing, "skip-missing-schemas", false, "let any value be where --schema refers to a file that is not there")
	f.Var(&o.schema.Secrets, "secret", "places of --file that hold secrets: a `list` of JSON Pointers, separated by commas, with * for any key")
	f.Var(&o.schema.NotSecrets, "not-secret", "places of --file that hold no secrets although their names say so: a `list` like that of --secret")
	f.BoolVar(&o.realm.FollowLinks, "follow-links", false, "follow symbolic links of realms out of their directories: of a project's, out of the checkout that --file is in, and elsewhere of a config.toml to any regular file, also on a way that other users can change")
	f.BoolVar(&o.writes.ReadOnly, "read-only", false, "refuse every write")
	f.Var(cli.NewTextFlag(&o.writes.Allow, ""), "allow", "what tools may change without a person's approval: a `list`, separated by commas, of JSON Pointers and of classes of changes: exec (runs code), secret (moves secrets), network (reaches an address), path (touches files), posture (what agents may do), unclassed (places of --file without a class); a class lifts only changes that have no other class")
	f.IntVar(&o.history, "history", 0, "how many commits the history keeps; 0 for 200, negative for all")
	f.Var(cli.NewTextFlag(&o.diagnostic, "negotiate"), "diagnostic", "show file system paths: negotiate, never or always (`mode`)")
	f.BoolVar(&o.exposePaths, "expose-paths", false, "the same as --diagnostic always")
	f.StringVar(&o.reviewDirectory, "review-directory", "", "where realmconf review finds the server: a `directory` of yours with mode 0700; one below /run/user or home if not given")
	f.BoolVar(&o.approveInApp, "approve-in-app", false, "let the page that a host shows for a refused call answer for the person: the host is trusted, since its model's calls look like the page's")
	f.Bool("stdio", true, "serve on standard input and output, as without this flag")
	f.Var(cli.NewTextFlag(&o.logLevel, "WARN"), "log-level", "log to standard error from this `level`: debug, info, warn, error")
	return f
}

// model checks the flags in themselves, and returns the model of the realm or the file. A
// static command uses no store, so that the environment's is left out.
func (o *options) model(isStatic bool) (*schema.Model, error) {
	if !isStatic {
		o.realm.Store = cmp.Or(o.realm.Store, o.realm.DefaultStore(os.Getenv))
	}
	if err := o.realm.Check(); err != nil {
		return nil, err
	}
	if err := realm.CheckPath("--review-directory", o.reviewDirectory); err != nil {
		return nil, err
	}
	if o.realm.IsFile() {
		return cli.LoadModel(o.schema)
	}
	if o.schema.AreGiven() {
		return nil, fault.New(fault.InvalidParams, "--schema, --skip-missing-schemas, --secret and --not-secret are about the file of --file: give --file too, or leave them out")
	}
	return meerkat.New(), nil
}

// diagnosticMode combines --diagnostic and --expose-paths.
func (o *options) diagnosticMode() rpc.DiagnosticMode {
	if o.exposePaths {
		return rpc.Always
	}
	return o.diagnostic
}

// pathVisibility decides whether a command shows paths. A command does not negotiate.
func (o *options) pathVisibility() runtime.PathVisibility {
	if o.diagnosticMode() == rpc.Always {
		return runtime.ShowPaths
	}
	return runtime.HidePaths
}
