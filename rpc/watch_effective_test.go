package rpc_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/rpc"
	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
	"realmconf/tools/policy"
)

// TestWatch_effective tells changes of an inherited realm to a config/watch of the
// view effective and to the subscribers of a resource, once each, and to no other
// watch.
func TestWatch_effective(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		global := storeOf(t, "[realm.global]\n[agent]\nmodel = \"g\"\n")
		s := realmStore{storeOf(t, "[rest]\nport = 9\n"), map[string]*memory.Store{"global": global}}
		p := connect(t, operationsOver(t, policy.Policy{}, s), rpc.Options{})
		defer p.close()
		got := p.send(
			`{"jsonrpc":"2.0","id":1,"method":"config/watch","params":{"view":"effective","path":"/agent"}}`,
			`{"jsonrpc":"2.0","id":2,"method":"config/watch","params":{"path":"/agent"}}`,
			`{"jsonrpc":"2.0","id":3,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}`,
			`{"jsonrpc":"2.0","id":4,"method":"resources/subscribe","params":{"uri":"realmconf://effective/agent/model"}}`,
			`{"jsonrpc":"2.0","id":5,"method":"resources/subscribe","params":{"uri":"realmconf://config/agent/model"}}`,
		)
		if len(got) != 5 || !strings.Contains(got[0], `"watching":true`) || !strings.Contains(got[3], `"result":{}`) {
			t.Fatalf("got %q, want five replies", got)
		}
		want := func(what string, got []string, lines ...string) {
			t.Helper()
			if len(got) != len(lines) {
				t.Fatalf("%s: got %q, want %q", what, got, lines)
			}
			for i, line := range lines {
				if got[i] != line {
					t.Errorf("%s:\n got %s\nwant %s", what, got[i], line)
				}
			}
		}
		change := func(text string) []string {
			appendTo(t, global, text)
			time.Sleep(time.Minute)
			return p.send()
		}
		want("a change of global", change("[realm.global]\n[agent]\nmodel = \"h\"\n"),
			`{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"realmconf://effective/agent/model"}}`,
			`{"jsonrpc":"2.0","method":"config/changed","params":{"changes":[{"new":"h","old":"g","op":"replace","path":"/agent/model"}],"generation":1,"own":false,"previous_generation":1,"realms":[{"generation":2,"previous_generation":1,"realm_id":"global"}],"view":"effective"}}`)
		want("a change elsewhere", change("[realm.global]\n[agent]\nmodel = \"h\"\n[shell]\nprogram = \"sh\"\n"))
		want("global cannot be read", change("[realm.global"),
			`{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"realmconf://effective/agent/model"}}`,
			`{"jsonrpc":"2.0","method":"config/changed","params":{"changes_omitted":true,"generation":1,"own":false,"previous_generation":1,"realms":[{"generation":4,"previous_generation":3,"realm_id":"global"}],"refused":"realm \"global\": config.toml is not TOML: line 1, column 14: this table header is not closed: add \"]\"; Meerkat runs no agent of a realm that inherits from it: correct it in that realm","view":"effective"}}`)
		p.send(`{"jsonrpc":"2.0","id":6,"method":"config/unwatch","params":{"view":"effective","path":"/agent"}}`)
		want("after unwatch", change("[realm.global]\n[agent]\nmodel = \"i\"\n"),
			`{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"realmconf://effective/agent/model"}}`)
	})
}

// TestWatch_wrongView refuses other views.
func TestWatch_wrongView(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := connect(t, operations(t, ""), rpc.Options{})
		defer p.close()
		got := p.send(`{"jsonrpc":"2.0","id":1,"method":"config/watch","params":{"view":"stored"}}`)
		if len(got) != 1 || !strings.Contains(got[0], `"path":"/view"`) {
			t.Errorf("got %q, want the error of /view", got)
		}
	})
}

// TestWatch_effectiveAtTheEnd tells the effect of every write that came before the end
// of the input, also of one that makes the realm impossible to compose, and does not
// wait for that of a write without one.
func TestWatch_effectiveAtTheEnd(t *testing.T) {
	for name, tt := range map[string]struct {
		writes []string
		want   string // in the last notification; "" for none
	}{
		"a value":          {[]string{`{"agent":{"model":"b"}}`}, `"generation":2`},
		"several":          {[]string{`{"agent":{"model":"b"}}`, `{"agent":{"model":"c"}}`, `{"agent":{"model":"d"}}`}, `"new":"d"`},
		"no effect":        {[]string{`{"agent":{"temperature":0.5}}`}, ""},
		"no parent":        {[]string{`{"realm":{"team":{"parent":"nope"}}}`}, `"refused":"this realm cannot be composed`},
		"refused for long": {[]string{`{"realm":{"team":{"parent":"nope"}}}`, `{"agent":{"model":"b"}}`}, `"refused":"this realm cannot be composed`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := slowFamily{realmStore{Store: storeOf(t, "[agent]\nmodel = \"a\"\n")}}
				input := `{"jsonrpc":"2.0","id":0,"method":"config/watch","params":{"view":"effective"}}` + "\n"
				for _, patch := range tt.writes {
					input += `{"jsonrpc":"2.0","id":1,"method":"config/patch","params":{"patch":` + patch + `}}` + "\n"
				}
				var out bytes.Buffer
				began := time.Now()
				if err := rpc.Serve(t.Context(), strings.NewReader(input), &out, operationsOver(t, policy.Policy{}, s), rpc.Options{}); err != nil {
					t.Fatal(err)
				}
				last := ""
				for line := range strings.Lines(out.String()) {
					if strings.Contains(line, "config/changed") {
						last = line
					}
				}
				if tt.want == "" && last != "" || !strings.Contains(last, tt.want) {
					t.Errorf("got the last notification %q, want one with %q", last, tt.want)
				}
				if took := time.Since(began); took >= time.Second {
					t.Errorf("the end took %v: it waited in vain", took)
				}
			})
		})
	}
}

// slowFamily is a store whose relatives take long to be read.
type slowFamily struct{ realmStore }

func (s slowFamily) Relative(id string) (store.Relative, error) {
	other, err := s.realmStore.Relative(id)
	return slowRelative{other}, err
}

type slowRelative struct{ store.Relative }

func (r slowRelative) Observe(ctx context.Context) (store.State, error) {
	time.Sleep(50 * time.Millisecond)
	return r.Relative.Observe(ctx)
}

// TestWatch_effectiveAfterTheReply expects the connection that makes a change to get
// its reply before the notification, also where the change is seen in the store first.
func TestWatch_effectiveAfterTheReply(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slowCommit{realmStore{Store: storeOf(t, "[agent]\nmodel = \"a\"\n")}}
		p := connect(t, operationsOver(t, policy.Policy{}, s), rpc.Options{})
		defer p.close()
		p.send(`{"jsonrpc":"2.0","id":1,"method":"config/watch","params":{"view":"effective"}}`)
		got := p.send(`{"jsonrpc":"2.0","id":2,"method":"config/patch","params":{"patch":{"agent":{"model":"b"}}}}`)
		time.Sleep(time.Minute)
		got = append(got, p.send()...)
		if len(got) != 2 || !strings.Contains(got[0], `"id":2`) || !strings.Contains(got[1], "config/changed") {
			t.Errorf("got %q, want the reply and then the notification", got)
		}
	})
}

// slowCommit is a store that returns long after its commits are seen.
type slowCommit struct{ realmStore }

func (s slowCommit) CompareAndSwap(ctx context.Context, base store.Version, next []store.Record) error {
	err := s.realmStore.CompareAndSwap(ctx, base, next)
	time.Sleep(10 * time.Second)
	return err
}
