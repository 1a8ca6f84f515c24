package tools_test

import (
	"context"
	"strings"
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools"
	"realmconf/tools/policy"
)

// TestResources_CheckPath accepts the places that the schema has and those that
// have a value, and refuses a place that can never have one.
func TestResources_CheckPath(t *testing.T) {
	c := clientOf(t, policy.Policy{}, served+"[unknown]\nkey = 1\n")
	for path, want := range map[string]string{ // "": accepted
		"": "", "/rest": "", "/rest/port": "", "/agent/model": "", "/budget/max_tokens": "",
		"/self_hosted/servers/new/base_url": "", "/hooks/entries/7/id": "", "/unknown": "", "/unknown/key": "",
		"/nope":                      "/nope: no such key; the configuration has",
		"/rest/prt":                  "/rest/prt: no such key; did you mean /rest/port?",
		"/rest/port/x":               "/rest/port/x: there is nothing below /rest/port, which is an integer; read that instead",
		"/unknown/other":             "/unknown/other: no such key",
		"/hooks/entries/-":           "/hooks/entries/-: no such entry; the list /hooks/entries is empty",
		"/hooks/entries/-/id":        "/hooks/entries/-/id: no such entry",
		"/hooks/entries/x":           "/hooks/entries/x: no such entry",
		"/shell/security_patterns/-": "/shell/security_patterns/-: no such entry; the entries of /shell/security_patterns run from 0 to 1",
	} {
		err := c.resources.CheckPath(t.Context(), pointer(t, path))
		switch {
		case want == "" && err != nil:
			t.Errorf("%q: got %v, want it accepted", path, err)
		case want != "" && (!fault.Is(err, fault.NotFound) || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: got %v, want not_found with %q", path, err, want)
		}
	}
	c.appendText("not TOML")
	if err := c.resources.CheckPath(t.Context(), pointer(t, "/rest/prt")); !fault.Is(err, fault.NotFound) {
		t.Errorf("while the text is not TOML: got %v, want not_found", err)
	}
	if err := c.resources.CheckPath(t.Context(), pointer(t, "/rest/port")); err != nil {
		t.Errorf("while the text is not TOML: got %v, want it accepted", err)
	}
}

func TestChangeNotice(t *testing.T) {
	origin, other := new(int), new(int)
	commit := func(generation uint64, origin any) runtime.Commit {
		return runtime.Commit{Record: store.Record{
			Version: store.Version{Generation: generation}, Operation: store.Patch, Reason: "why",
			Actor: store.Actor{Name: "bot", Surface: store.Tool},
		}, ClientID: origin}
	}
	c := compare(t, "agent.model = 'a'\nrest.port = 1", "agent.model = 'b'\nrest.port = 2\nrest.host = 'h'")
	event := func(commits ...runtime.Commit) *runtime.Event {
		return &runtime.Event{Version: store.Version{Generation: 2}, Previous: store.Version{Generation: 1}, Comparison: *c, Commits: commits, Complete: true}
	}
	opaque := event(commit(2, origin))
	opaque.Opaque = true
	version := store.Version{Generation: 2}
	refused := &runtime.Event{Version: version, Previous: version, Opaque: true, Refusal: fault.New(fault.Storage, "the directory is gone")}
	resumed := &runtime.Event{Version: version, Previous: version, Comparison: *compare(t, "", ""), Complete: true, Resumed: true}
	const origins = `"origins":[{"actor":{"name":"bot","surface":"tool"},"generation":2,"operation":"patch","reason":"why"}],`
	for _, tt := range []struct {
		name  string
		event *runtime.Event
		parts []string
		want  string
	}{
		{"one part", event(commit(2, origin)), []string{"/agent"},
			`{"changes":[{"new":"b","old":"a","op":"replace","path":"/agent/model"}],"generation":2,` + origins + `"own":true,"previous_generation":1}`},
		{"a part below the change", event(commit(2, origin)), []string{"/agent/model/x"},
			`{"changes":[{"new":"b","old":"a","op":"replace","path":"/agent/model"}],"generation":2,` + origins + `"own":true,"previous_generation":1}`},
		{"two parts", event(commit(2, origin)), []string{"/rest/host", "/agent/model"},
			`{"changes":[{"new":"b","old":"a","op":"replace","path":"/agent/model"},{"default":"127.0.0.1","new":"h","op":"add","path":"/rest/host"}],"generation":2,` + origins + `"own":true,"previous_generation":1}`},
		{"another part", event(commit(2, origin)), []string{"/budget"}, `{"changes":[],"generation":2,` + origins + `"own":true,"previous_generation":1}`},
		{"another origin", event(commit(2, other)), []string{"/budget"}, `{"changes":[],"generation":2,` + origins + `"own":false,"previous_generation":1}`},
		{"it cannot be read", refused, []string{""}, `{"changes_omitted":true,"generation":2,"origins":[],"own":false,"previous_generation":2,"refused":"the directory is gone"}`},
		{"it can be read again", resumed, []string{""}, `{"changes":[],"generation":2,"origins":[],"own":false,"previous_generation":2}`},
		{"unknown changes", opaque, []string{""}, `{"changes_omitted":true,"generation":2,` + origins + `"own":true,"previous_generation":1}`},
	} {
		var parts []tree.Pointer
		for _, p := range tt.parts {
			parts = append(parts, pointer(t, p))
		}
		if got := string(tree.Append(nil, tools.ChangeNotice(tt.event, parts, origin))); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// TestChangeNotice_long omits changes of more than 64 KiB, and secrets are
// masked.
func TestChangeNotice_long(t *testing.T) {
	notice := func(length int) tree.Object {
		c := compare(t, "", "agent.model = '"+strings.Repeat("x", length)+"'\n[[tools.mcp_servers]]\nname = 'n'\ncommand = 'c'\nenv = { K = 'canary' }")
		return tools.ChangeNotice(&runtime.Event{Comparison: *c}, []tree.Pointer{nil}, nil)
	}
	short := string(tree.Append(nil, notice(60_000)))
	if !strings.Contains(short, `"changes":[`) || strings.Contains(short, "canary") {
		t.Errorf("short: got %.300s, want masked changes", short)
	}
	if long := notice(66_000); long["changes_omitted"] != true || long["changes"] != nil {
		t.Errorf("long: got changes of %d bytes", len(tree.Append(nil, long["changes"])))
	}
}

// TestResources_Watch reports a change of another program.
func TestResources_Watch(t *testing.T) {
	c := clientOf(t, policy.Policy{}, "agent.model = 'a'")
	from, err := c.resources.Version(t.Context())
	if err != nil || from.Generation != 1 {
		t.Fatalf("version: got %v, %v, want generation 1", from, err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	c.appendText("agent.model = 'b'")
	var generation uint64
	err = c.resources.Watch(ctx, from, func(e *runtime.Event) {
		generation = e.Version.Generation
		if touched := tools.TouchedBy(e); !touched.Has(pointer(t, "/agent/model")) || touched.Has(pointer(t, "/rest")) {
			t.Errorf("got %v, want a change of /agent/model only", e.Changes)
		}
		stop()
	})
	if err != nil || generation != 2 {
		t.Errorf("got generation %d, %v, want 2", generation, err)
	}
}

// TestCaller_Origin: a watcher can tell the changes of its own connection, and
// OnQueued is called once for each write.
func TestCaller_Origin(t *testing.T) {
	c := clientOf(t, policy.Policy{}, "agent.model = 'a'")
	from, err := c.resources.Version(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mine, queued := new(int), 0
	caller := tools.Caller{Name: "editor", Surface: store.RPC, ClientID: mine, OnQueued: func() { queued++ }}
	if _, err := c.operations["patch"].Call(t.Context(), caller, params(t, `{"agent":{"model":"b"}}`)); err != nil {
		t.Fatal(err)
	}
	if queued != 1 {
		t.Errorf("OnQueued: got %d calls, want 1", queued)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	err = c.resources.Watch(ctx, from, func(e *runtime.Event) {
		if !e.Own(mine) || e.Own(new(int)) {
			t.Errorf("got own %t, and for another origin %t", e.Own(mine), e.Own(new(int)))
		}
		stop()
	})
	if err != nil {
		t.Error(err)
	}
}

// compare compares two texts.
func compare(t *testing.T, before, after string) *runtime.Comparison {
	t.Helper()
	c, err := clientOf(t, policy.Policy{}, before, after).rt.Compare(t.Context(), 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
