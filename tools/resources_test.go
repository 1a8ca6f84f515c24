package tools_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools"
)

// resourcesOf returns the resources of a configuration at generation 3: text, then
// a text that is not TOML, then text again.
func resourcesOf(t *testing.T, text string) *tools.Resources {
	t.Helper()
	c := newClient(t)
	version := store.Empty()
	for i, text := range []string{text, "oops = sk-secret", text} {
		next := store.Version{Generation: uint64(i + 1), Digest: store.DigestOf([]byte(text))}
		record := store.Record{Version: next, Parent: version, CommitID: "c", Operation: store.External, Actor: store.Actor{Surface: store.ExternalSurface}, Text: []byte(text)}
		if err := c.store.CompareAndSwap(t.Context(), version, []store.Record{record}); err != nil {
			t.Fatal(err)
		}
		version = next
	}
	return c.resources
}

const served = "[rest]\nport = 9000\n[self_hosted.servers.\"a/b\"]\nbase_url = \"http://x\"\n[shell]\nsecurity_patterns = [\"a\", \"b\"]\n"

func TestResources_Read(t *testing.T) {
	r := resourcesOf(t, served)
	for uri, want := range map[string]string{
		"realmconf://config/rest":                                  `{"host":"127.0.0.1","port":9000}`,
		"realmconf://config/rest/port":                             `9000`,
		"realmconf://config/shell/security_patterns/1":             `"b"`,
		"realmconf://config/self_hosted/servers/a~1b/base_url":     `"http://x"`,
		"realmconf://config/self_hosted/servers/a%7E1b/base%5Furl": `"http://x"`,
		"realmconf://config/self_hosted/servers/a%7e1b/base_ur%6C": `"http://x"`,
	} {
		doc, err := r.Read(t.Context(), tools.Caller{}, uri)
		if err != nil {
			t.Errorf("%s: %v", uri, err)
			continue
		}
		want := &tools.Document{MIMEType: "application/json", Text: want, Versioned: true, Generation: 3}
		if diff := cmp.Diff(want, doc); diff != "" {
			t.Errorf("%s (-want +got):\n%s", uri, diff)
		}
	}
	whole, err := r.Read(t.Context(), tools.Caller{PathVisibility: runtime.ShowPaths}, "realmconf://config")
	if err != nil || !strings.Contains(whole.Text, `"port":9000`) {
		t.Errorf("whole: got %v, %v", whole, err)
	}
	if same, err := r.Read(t.Context(), tools.Caller{}, "realmconf://config/"); err != nil || same.Text != whole.Text {
		t.Errorf("an empty path: got %v, %v, want the whole", same, err)
	}
	schema, err := r.Read(t.Context(), tools.Caller{}, "realmconf://schema")
	if err != nil || schema.Versioned || schema.MIMEType != "application/schema+json" {
		t.Fatalf("schema: got %v, %v", schema, err)
	}
	if _, err := tree.DecodeObject([]byte(schema.Text)); err != nil {
		t.Errorf("schema: %v", err)
	}
}

func TestResources_Read_generation(t *testing.T) {
	r := resourcesOf(t, served)
	for generation, want := range map[string]string{
		"1": `"valid":true`, "2": `"note":"the text was not TOML at this generation, and is not shown"`,
	} {
		doc, err := r.Read(t.Context(), tools.Caller{}, "realmconf://history/"+generation)
		if err != nil || !strings.Contains(doc.Text, want) || !strings.Contains(doc.Text, `"operation":"external"`) || strings.Contains(doc.Text, "sk-secret") {
			t.Errorf("%s: got %v, %v, want %s", generation, doc, err, want)
		}
		if shown := strings.Contains(doc.Text, `"port":9000`); shown != (generation == "1") {
			t.Errorf("%s: configuration shown %t", generation, shown)
		}
	}
}

func TestResources_Read_unknown(t *testing.T) {
	r := resourcesOf(t, served)
	for _, uri := range []string{
		"", "realmconf:", "realmconf://", "realmconf://nope", "realmconf://configs", "REALMCONF://CONFIG", "realmconf://config?x", "realmconf://config#x",
		"realmconf://config/%zz", "realmconf://config/%ff", "realmconf://config/a~2", "realmconf://config/rest/prt", "realmconf://schema/", "realmconf://history", "realmconf://history/",
		"realmconf://history/01", "realmconf://history/-1", "realmconf://history/9", "realmconf://history/99999999999999999999", "file:///etc/passwd",
	} {
		if doc, err := r.Read(t.Context(), tools.Caller{}, uri); !fault.Is(err, fault.NotFound) {
			t.Errorf("%q: got %v, %v, want not_found", uri, doc, err)
		}
	}
}

func TestResources_WatchTarget(t *testing.T) {
	r := resourcesOf(t, served)
	for uri, want := range map[string]string{
		"realmconf://config": " true true", "realmconf://config/": " true true", "realmconf://config/rest/port": "/rest/port true true",
		"realmconf://config/not/there/yet": "/not/there/yet true true", "realmconf://schema": " false true", "realmconf://history/7": " false true",
		"realmconf://history/x": " false false", "realmconf://config/rest?x": " false false", "realmconf://config/rest#x": " false false", "realmconf://nope": " false false", "realmconf://config/%": " false false", "realmconf://config/%ff": " false false",
	} {
		part, changes, ok := r.WatchTarget(uri)
		got := part.String() + map[bool]string{true: " true", false: " false"}[changes] + map[bool]string{true: " true", false: " false"}[ok]
		if got != want {
			t.Errorf("%s: got %q, want %q", uri, got, want)
		}
	}
}

func TestResources_Complete(t *testing.T) {
	r := resourcesOf(t, served)
	const path, history = "realmconf://config/{+path}", "realmconf://history/{generation}"
	for _, tt := range []struct{ template, argument, value, want string }{
		{path, "path", "re", "realm rest retry"},
		{path, "path", "rest/", "rest/host rest/port"},
		{path, "path", "rest/p", "rest/port"},
		{path, "path", "rest/port/", ""},
		{path, "path", "nope/", ""},
		{path, "path", "shell/security_patterns/", "shell/security_patterns/0 shell/security_patterns/1"},
		{path, "path", "self_hosted/servers/", "self_hosted/servers/a~1b"},
		{path, "path", "self_hosted/servers/a~", "self_hosted/servers/a~1b"},
		{path, "path", "a~2/", ""},
		{history, "generation", "", "3 2 1"},
		{history, "generation", "2", "2"},
	} {
		values, err := r.Complete(t.Context(), tt.template, tt.argument, tt.value)
		got := strings.Join(values, " ")
		if err != nil || got != tt.want {
			t.Errorf("%s %q: got %q, %v, want %q", tt.argument, tt.value, got, err, tt.want)
		}
	}
	for _, wrong := range [][2]string{{path, "generation"}, {history, "path"}, {"realmconf://schema", "path"}} {
		if _, err := r.Complete(t.Context(), wrong[0], wrong[1], ""); !fault.Is(err, fault.InvalidParams) {
			t.Errorf("%v: got %v, want invalid_params", wrong, err)
		}
	}
}

func pointer(t *testing.T, s string) tree.Pointer {
	t.Helper()
	p, err := tree.ParsePointer(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTouched(t *testing.T) {
	e := &runtime.Event{Comparison: runtime.Comparison{Changes: []tree.Change{
		{Op: "replace", Path: pointer(t, "/rest/port")},
		{Op: "move", Path: pointer(t, "/hooks/entries/0"), From: pointer(t, "/hooks/entries/3")},
	}}}
	for part, want := range map[string]bool{
		"": true, "/rest": true, "/rest/port": true, "/rest/port/x": true, "/rest/host": false, "/res": false,
		"/hooks/entries/0/id": true, "/hooks/entries/3": true, "/hooks/entries/2": false,
	} {
		if got := tools.TouchedBy(e).Has(pointer(t, part)); got != want {
			t.Errorf("%q: got %t, want %t", part, got, want)
		}
		if !tools.TouchedBy(&runtime.Event{Opaque: true}).Has(pointer(t, part)) {
			t.Errorf("%q: an opaque event does not touch it", part)
		}
	}
}
