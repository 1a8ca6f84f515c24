package cli

import (
	"bytes"
	"context"
	"flag"
	"strings"
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
	"realmconf/schema/meerkat"
	"realmconf/tools"
	"realmconf/tools/policy"
)

// person runs commands on a terminal, over a configuration in memory.
type person struct {
	t        *testing.T
	session  Session
	store    *memory.Store
	out, err bytes.Buffer
}

func newPerson(t *testing.T, terminal Terminal) *person {
	t.Helper()
	kept, model := memory.New(), meerkat.New()
	rt := runtime.New(func(context.Context) (store.Store, error) { return kept, nil }, model)
	t.Cleanup(rt.Close)
	p := &person{t: t, store: kept}
	p.session = Session{
		Stdin: strings.NewReader(""), Stdout: &p.out, Stderr: &p.err,
		Operations: tools.New(rt, model, policy.Policy{}), Runtime: rt, Model: model,
		Terminal: &terminal, Getenv: func(string) string { return "" },
		invocation: &Invocation{server: server()},
	}
	return p
}

func server() *flag.FlagSet {
	f := flag.NewFlagSet("realmconf", flag.ContinueOnError)
	f.String("realm", "", "the `id`")
	f.Bool("isolated", false, "a new one")
	return f
}

// does runs a command and compares what it prints and its exit code.
func (p *person) does(code int, stdout string, args ...string) {
	p.t.Helper()
	p.out.Reset()
	p.err.Reset()
	inv, err := Parse(server(), args)
	got := 0
	if err != nil {
		got = Report(&p.err, err)
	} else {
		got = inv.Run(p.t.Context(), p.session)
	}
	if got != code || p.out.String() != stdout {
		p.t.Errorf("%q: exit %d, want %d\n got %q\nwant %q\n%s", args, got, code, p.out.String(), stdout, p.err.String())
	}
}

// holds puts a text into the store, as somebody else would.
func (p *person) holds(text string) {
	p.t.Helper()
	state, err := p.store.Load(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	record := store.Record{
		Version: store.Version{Generation: state.Next, Digest: store.DigestOf([]byte(text))},
		Parent:  state.Version, Operation: store.External, Text: []byte(text),
	}
	if err := p.store.CompareAndSwap(p.t.Context(), state.Version, []store.Record{record}); err != nil {
		p.t.Fatal(err)
	}
}

func (p *person) reads(part string) {
	p.t.Helper()
	if !strings.Contains(p.err.String(), part) {
		p.t.Errorf("standard error: got %q, want %q in it", p.err.String(), part)
	}
}

func TestOnATerminalResultsAreMadeToBeRead(t *testing.T) {
	p := newPerson(t, Terminal{Interactive: true, Width: 60})
	p.does(0, "host = \"127.0.0.1\"\nport = 8080\n", "get", "/rest")
	p.does(0, "{\n  \"host\": \"127.0.0.1\",\n  \"port\": 8080\n}\n", "get", "/rest", "--json")
	p.does(0, "--- generation 0\n+++ generation 1\n-/rest/port = 8080 (default)\n+/rest/port = 9000\n", "set-key", "/rest/port", "9000")
	p.does(0, "nothing to change: generation 1 has it already\n", "set-key", "/rest/port", "9000")
	p.does(0, "--- generation 1\n+++ generation 2\n-/rest/port = 9000\n+/rest/port = 8080 (default)\n", "unset-key", "/rest/port")
	p.does(0, "--- generation 2\n+++ generation 3\n-/agent/model = \"\" (default)\n+/agent/model = \"m\"\n+/agent/system_prompt = \"a long text that is cut where the …\n",
		"patch", `{"agent":{"model":"m","system_prompt":"a long text that is cut where the terminal ends, not wrapped"}}`)
	p.does(3, "", "set-key", "/rest/port", "1", "--expected-generation", "0")
	p.reads("realmconf: hint: realmconf diff 0 shows")
	p.does(0, `/rest/port
  integer, default 8080
  The port that the REST server listens on.
`, "schema", "/rest/port")
	p.does(0, `/rest
  object, risk network
  The address of the REST server.
host  string, default "127.0.0.1", risk network: The addres…
port  integer, default 8080: The port that the REST server …
`, "schema", "/rest")
}

func TestMistakesInTheFileAreToldOnStandardError(t *testing.T) {
	p := newPerson(t, Terminal{Interactive: true, Width: 60})
	p.holds("[rest]\nprot = 1\n")
	p.does(0, "8080\n", "get", "/rest/port")
	p.reads("realmconf: warning: line 2: /rest/prot: no such key; did you mean /rest/port?\n")
	p.session.Terminal = &Terminal{}
	p.does(0, "8080\n", "get", "/rest/port")
	p.reads("realmconf: warning: line 2: /rest/prot: no such key; did you mean /rest/port?\n")
}

func TestDifferencesAreColoured(t *testing.T) {
	p := newPerson(t, Terminal{Interactive: true, Width: 60, Colour: true})
	p.does(0, "\x1b[1m--- generation 0\x1b[0m\n\x1b[1m+++ generation 1\x1b[0m\n\x1b[31m-/rest/port = 8080 (default)\x1b[0m\n\x1b[32m+/rest/port = 1\x1b[0m\n",
		"set-key", "/rest/port", "1")
}

func TestPipedResultsAreJSONOnOneLine(t *testing.T) {
	p := newPerson(t, Terminal{})
	p.does(0, "{\"host\":\"127.0.0.1\",\"port\":8080}\n", "get", "/rest")
	p.does(0, "null\n", "get", "/agent/max_turns")
	p.does(0, strings.TrimSpace(string(p.session.Model.JSON()))+"\n", "schema", "--file")
}

func TestNothingIsWrittenByEditWhileReadOnly(t *testing.T) {
	p := newPerson(t, Terminal{})
	p.session.Writes.ReadOnly = true
	p.does(1, "", "edit")
	p.reads("--read-only")
}

func TestEveryCommandHasItsHelpAndItsOwnFlags(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range commands() {
		if seen[c.name] || c.summary == "" || c.maxArgs < c.minArgs || c.run == nil {
			t.Errorf("%s: twice, without a text, or without a way to run", c.name)
		}
		seen[c.name] = true
		var b bytes.Buffer
		printHelp(&b, server(), c)
		if !strings.HasPrefix(b.String(), "Usage: realmconf "+c.name) {
			t.Errorf("%s: help is %q", c.name, b.String())
		}
		if c.raw {
			continue
		}
		inv, err := Parse(server(), []string{c.name, "--realm", "x", "--help"})
		if err != nil || inv.command.name != "help" || len(inv.args) != 1 || inv.args[0] != c.name {
			t.Errorf("%s --help: got %+v, %v", c.name, inv, err)
		}
	}
}

func TestServerFlagsAreKeptAsTheyWereGiven(t *testing.T) {
	f := server()
	inv, err := Parse(f, []string{"--realm", "a", "host", "-isolated", "zed", "--realm=b"})
	if err != nil {
		t.Fatal(err)
	}
	want := []setting{{"isolated", "true"}, {"realm", "b"}}
	if len(inv.given) != 2 || inv.given[0] != want[0] || inv.given[1] != want[1] || f.Lookup("realm").Value.String() != "b" {
		t.Errorf("got %v, want %v", inv.given, want)
	}
	if inv.Serves() || len(inv.args) != 1 || inv.args[0] != "zed" {
		t.Errorf("got arguments %v", inv.args)
	}
	if inv, err := Parse(server(), []string{"--realm", "a"}); err != nil || !inv.Serves() {
		t.Errorf("without a command: got %v, %v", inv, err)
	}
}
