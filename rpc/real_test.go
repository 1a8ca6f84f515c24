package rpc_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"realmconf.io/realmconf/rpc"
	"realmconf.io/realmconf/runtime"
	"realmconf.io/realmconf/runtime/store"
	"realmconf.io/realmconf/runtime/store/memory"
	"realmconf.io/realmconf/schema"
	"realmconf.io/realmconf/tools"
)

// tagged is a store of a known realm.
type tagged struct{ *memory.Store }

func (tagged) Metadata() store.Metadata {
	id, backend := "team", "sqlite"
	return store.Metadata{RealmID: &id, Backend: &backend, Paths: &store.ResolvedPaths{
		ConfigPath: "/realms/team/config.toml", ManifestPath: "/realms/team/realm_manifest.json", Root: "/realms/team", SessionsJSONLDir: "/realms/team/sessions",
	}}
}

// operations are the real ones, over a configuration in memory that holds text
// at generation 1, or nothing at all.
func operations(t testing.TB, text string) *tools.Operations {
	return operationsWith(t, text, tools.Options{})
}

func operationsWith(t testing.TB, text string, options tools.Options) *tools.Operations {
	s := memory.New()
	if text != "" {
		state, err := s.Load(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		next := store.Record{
			Version: store.Version{Generation: 1, Digest: store.DigestOf([]byte(text))},
			Parent:  state.Version, Time: time.Unix(0, 0).UTC(), Operation: store.External, Text: []byte(text),
		}
		if err := s.CompareAndSwap(t.Context(), state.Version, []store.Record{next}); err != nil {
			t.Fatal(err)
		}
	}
	rt := runtime.New(func(context.Context) (store.Store, error) {
		return tagged{s}, nil
	}, schema.New())
	t.Cleanup(rt.Close)
	return tools.New(rt, schema.New(), options)
}

// converse sends an input line by line, each when everything before it is
// done, so that the answers come in one order. It runs in a bubble of its own,
// where time stands still while something happens.
func converse(t *testing.T, text, input string) (output string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		in, w := io.Pipe()
		var out bytes.Buffer
		done := make(chan error)
		go func() { done <- rpc.Serve(t.Context(), in, &out, operations(t, text), rpc.Options{Version: "1.0.0"}) }()
		for line := range strings.Lines(input) {
			if _, err := io.WriteString(w, line); err != nil {
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
