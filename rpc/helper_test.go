package rpc_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/rpc"
	"realmconf/runtime"
	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
	"realmconf/schema"
	"realmconf/schema/meerkat"
	"realmconf/tools"
	"realmconf/tools/policy"
)

// realmStore is a store with the metadata of a realm, which inherits from others.
type realmStore struct {
	*memory.Store
	relatives map[string]*memory.Store
}

func (s realmStore) Relative(id string) (store.Relative, error) {
	if other := s.relatives[id]; other != nil {
		return other, nil
	}
	return memory.New(), nil
}

func (s realmStore) Names(context.Context) ([]string, bool, error) {
	names := slices.Collect(maps.Keys(s.relatives))
	return slices.Sorted(slices.Values(append(names, teamID))), false, nil
}

// teamID and sqlite are of the metadata of realmStore. A store always returns the
// same pointers.
var teamID, sqlite = "team", "sqlite"

func (realmStore) Metadata() store.Metadata {
	return store.Metadata{RealmID: &teamID, Backend: &sqlite, Paths: &teamPaths}
}

var teamPaths = store.ResolvedPaths{
	ConfigPath: "/realms/team/config.toml", ManifestPath: "/realms/team/realm_manifest.json", Root: "/realms/team", SessionsJSONLDir: "/realms/team/sessions",
}

// operations returns the real operations over a configuration in memory: text is
// its generation 1; without a text there is no configuration.
func operations(t testing.TB, text string) *tools.Operations {
	if text == "" {
		return operationsWith(t, policy.Policy{})
	}
	return operationsWith(t, policy.Policy{}, text)
}

// operationsWith returns the real operations with a policy, over a configuration
// in memory with these texts as its generations.
func operationsWith(t testing.TB, options policy.Policy, texts ...string) *tools.Operations {
	return operationsOver(t, options, realmStore{Store: storeOf(t, texts...)})
}

// operationsOver returns the real operations with a policy, over a store.
func operationsOver(t testing.TB, options policy.Policy, s store.Store) *tools.Operations {
	rt := runtime.New(func(context.Context) (store.Store, error) { return s, nil }, meerkat.New())
	t.Cleanup(rt.Close)
	return tools.New(rt, meerkat.New(), options)
}

// storeOf returns a store in memory with these texts as its generations.
func storeOf(t testing.TB, texts ...string) *memory.Store {
	s := memory.New()
	for _, text := range texts {
		appendTo(t, s, text)
	}
	return s
}

// appendTo makes a text the next generation of a store, as another program would.
func appendTo(t testing.TB, s *memory.Store, text string) {
	t.Helper()
	state, err := s.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	next := store.Record{
		Version: store.Version{Generation: state.Next, Digest: store.DigestOf([]byte(text))},
		Parent:  state.Version, Time: time.Unix(0, 0).UTC(), Operation: store.External, Text: []byte(text),
	}
	if err := s.CompareAndSwap(t.Context(), state.Version, []store.Record{next}); err != nil {
		t.Fatal(err)
	}
}

// converse sends an input line by line, each when everything before it is done,
// so that the replies have one order. It runs in a bubble of its own, whose time
// does not pass while a goroutine runs. ${asked} becomes the id of the server's
// last question, ${state} the last requestState, two seconds later, as from a person;
// ${asked at once} and ${state at once} are the same without delay.
func converse(t *testing.T, texts []string, others map[string]string, input string) (output string) {
	t.Helper()
	return converseAbout(t, input, func(t *testing.T) *tools.Operations {
		s := realmStore{storeOf(t, texts...), map[string]*memory.Store{}}
		for id, text := range others {
			s.relatives[id] = storeOf(t, text)
		}
		return operationsOver(t, policy.Policy{}, s)
	})
}

// anyFile is a store with the metadata of a file that is no realm's.
type anyFile struct{ *memory.Store }

func (anyFile) Metadata() store.Metadata {
	return store.Metadata{
		File: "server.toml", Project: "shop", Place: "/home/a/shop/server.toml",
		Paths: &store.ResolvedPaths{ConfigPath: "/home/a/shop/server.toml", Root: "/home/a/shop"},
	}
}

// converseAboutFile is converse about any TOML file under a JSON Schema.
func converseAboutFile(t *testing.T, texts []string, jsonSchema, input string) (output string) {
	t.Helper()
	model, err := schema.Load([]byte(jsonSchema), schema.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return converseAbout(t, input, func(t *testing.T) *tools.Operations {
		s := anyFile{storeOf(t, texts...)}
		rt := runtime.New(func(context.Context) (store.Store, error) { return s, nil }, model)
		t.Cleanup(rt.Close)
		return tools.NewFor(tools.Subject{File: s.Metadata().File}, rt, model, policy.Policy{})
	})
}

// converseAbout is converse with a server of operations.
func converseAbout(t *testing.T, input string, operations func(*testing.T) *tools.Operations) (output string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		in, w := io.Pipe()
		var out bytes.Buffer
		done := make(chan error)
		ops := operations(t)
		go func() {
			done <- rpc.Serve(t.Context(), in, &out, ops, rpc.Options{Version: "1.0.0", Title: ops.Title()})
		}()
		for line := range strings.Lines(input) {
			if strings.Contains(line, "${asked}") || strings.Contains(line, "${state}") {
				time.Sleep(2 * time.Second)
			}
			if _, err := io.WriteString(w, fillIn(line, out.String())); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		if err := errors.Join(w.Close(), <-done); err != nil {
			t.Fatalf("serve: %v", err)
		}
		output = out.String()
	})
	return output
}

// wire is a server with the client's ends of its two pipes.
type wire struct {
	in   *io.PipeWriter
	out  *io.PipeReader
	done chan error // the result of Serve
}

// serveOnPipes serves operations until the client closes the input.
func serveOnPipes(ctx context.Context, ops *tools.Operations, opts rpc.Options) wire {
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	w := wire{in: inW, out: outR, done: make(chan error, 1)}
	go func() {
		err := rpc.Serve(ctx, inR, outW, ops, opts)
		_ = outW.Close()
		w.done <- err
	}()
	return w
}

// sendLines reads the output, sends its lines to a channel, and closes that at the end.
func (w wire) sendLines(to chan<- string, note func(line string)) {
	lines := bufio.NewScanner(w.out)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		note(lines.Text())
		to <- lines.Text()
	}
	close(to)
}

// fillIn fills in the parts of a client's line that come from the server.
func fillIn(line, output string) string {
	for name, pattern := range map[string]*regexp.Regexp{
		"${asked":    regexp.MustCompile(`"id":"([^"]*)","jsonrpc":"2.0","method":"elicitation/create"`),
		"${state":    regexp.MustCompile(`"requestState":"([^"]*)"`),
		"${nonce":    regexp.MustCompile(`"io.realmconf/nonce":"([^"]*)"`),
		"${question": regexp.MustCompile(`"io.realmconf/question":{[^{}]*"digest":"([^"]*)"`),
	} {
		if all := pattern.FindAllStringSubmatch(output, -1); len(all) > 0 {
			value := all[len(all)-1][1]
			line = strings.NewReplacer(name+"}", value, name+" at once}", value).Replace(line)
		}
	}
	return line
}
