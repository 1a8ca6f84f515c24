package cli

import (
	"bytes"
	"context"
	"flag"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime"
	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/tools"
	"realmconf/tools/policy"
)

// shell runs commands over a configuration in memory.
type shell struct {
	t           *testing.T
	session     Session
	store       *memory.Store
	out, stderr bytes.Buffer // of the last command
}

func newShell(t *testing.T, terminal Terminal) *shell {
	t.Helper()
	memoryStore, model := memory.New(), meerkat.New()
	rt := runtime.New(func(context.Context) (store.Store, error) { return memoryStore, nil }, model)
	t.Cleanup(rt.Close)
	sh := &shell{t: t, store: memoryStore}
	sh.session = Session{
		Stdin: strings.NewReader(""), Stdout: &sh.out, Stderr: &sh.stderr,
		Operations: tools.New(rt, model, policy.Policy{}), Runtime: rt, Model: model,
		Terminal: &terminal, Getenv: func(string) string { return "" },
		isTerminal: func(any) bool { return false },
		invocation: &Invocation{server: serverFlags()},
	}
	return sh
}

// serverFlags returns a few of the server's flags, one of each kind.
func serverFlags() *flag.FlagSet {
	f := flag.NewFlagSet("realmconf", flag.ContinueOnError)
	f.String("realm", "", "the realm's `id`")
	f.String("state-root", "", "the `directory` of the realms")
	f.Bool("isolated", false, "a new realm")
	f.Bool("follow-links", false, "follow links")
	f.Int("history", 0, "how many commits")
	f.String("realm-backend", "", "the `backend`")
	f.String("store", "", "the `URL` of a store")
	f.String("file", "", "a TOML `file`")
	return f
}

// run runs a command line and returns the exit code.
func (sh *shell) run(args ...string) int {
	sh.t.Helper()
	return sh.runWith(serverFlags(), args...)
}

// runWith runs a command line of a program with other server's flags.
func (sh *shell) runWith(server *flag.FlagSet, args ...string) int {
	sh.out.Reset()
	sh.stderr.Reset()
	inv, err := Parse(server, args)
	if err != nil {
		return Report(&sh.stderr, err)
	}
	return inv.Run(sh.t.Context(), sh.session)
}

// wantRun runs a command line and compares its exit code and its result.
func (sh *shell) wantRun(code int, stdout string, args ...string) {
	sh.t.Helper()
	if got := sh.run(args...); got != code || sh.out.String() != stdout {
		sh.t.Errorf("%q: exit %d, want %d\n got %q\nwant %q\n%s", args, got, code, sh.out.String(), stdout, sh.stderr.String())
	}
}

// wantStdout compares what was printed, and forgets it.
func (sh *shell) wantStdout(want string) {
	sh.t.Helper()
	if diff := cmp.Diff(want, sh.out.String()); diff != "" {
		sh.t.Errorf("standard output (-want +got):\n%s", diff)
	}
	sh.out.Reset()
}

// wantStderr checks that standard error has each of the parts.
func (sh *shell) wantStderr(parts ...string) {
	sh.t.Helper()
	for _, part := range parts {
		if !strings.Contains(sh.stderr.String(), part) {
			sh.t.Errorf("standard error: got %q, want %q in it", sh.stderr.String(), part)
		}
	}
}

// wantNoStderr checks that nothing was reported.
func (sh *shell) wantNoStderr() {
	sh.t.Helper()
	if sh.stderr.Len() > 0 {
		sh.t.Errorf("standard error: got %q, want nothing", sh.stderr.String())
	}
}

// writeText stores a text as another program does.
func (sh *shell) writeText(text string) {
	sh.t.Helper()
	state, err := sh.store.Load(sh.t.Context())
	if err != nil {
		sh.t.Fatal(err)
	}
	record := store.Record{
		Version: store.Version{Generation: state.Next, Digest: store.DigestOf([]byte(text))},
		Parent:  state.Version, Operation: store.External, Text: []byte(text),
	}
	if err := sh.store.CompareAndSwap(sh.t.Context(), state.Version, []store.Record{record}); err != nil {
		sh.t.Fatal(err)
	}
}

// wantText compares the stored text.
func (sh *shell) wantText(want string) {
	sh.t.Helper()
	state, err := sh.store.Load(sh.t.Context())
	if err != nil {
		sh.t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(state.Text)); diff != "" {
		sh.t.Errorf("config.toml (-want +got):\n%s", diff)
	}
}

// parseObject parses a JSON object.
func parseObject(t *testing.T, text string) tree.Object {
	t.Helper()
	o, err := tree.DecodeObject([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// useUTC makes times in a history independent of the machine.
func useUTC(t *testing.T) {
	t.Helper()
	local := time.Local
	time.Local = time.UTC
	t.Cleanup(func() { time.Local = local })
}
