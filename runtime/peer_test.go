package runtime_test

// What the platform's own programs make of the same input. The vectors were
// recorded from them (version 0.8.26); results are told as merge patches of the
// defaults. Where this program differs, it does so on purpose, and the table
// says why.

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

// peersBase is the configuration that every recorded patch was applied to.
const peersBase = "max_tokens = 777\n\n[agent]\nmodel = \"keep-me\"\n"

// patchesUnlikePeers are the recorded patches whose outcome differs here: the
// reason, and what happens instead, where that is not a refusal.
var patchesUnlikePeers = map[string]struct {
	reason string
	result string // a merge patch of the defaults; empty: refused
}{
	"array resets whole config":                           {reason: "a list is no configuration: nobody means to reset everything"},
	"section array is positional":                         {reason: "a list is no section"},
	"section empty array":                                 {reason: "a list is no section"},
	"unknown top-level key ignored":                       {reason: "an unknown key is a mistake, and its value would be lost"},
	"unknown nested key ignored":                          {reason: "an unknown key is a mistake, and its value would be lost"},
	"comms pairing_password":                              {reason: "the peer drops it without a word"},
	"max_tokens zero (structurally ok, validate rejects)": {reason: "the recording did not validate; the peer's writes do"},
	"limits u64 max":                                      {reason: "older programs cannot read integers above 2^63-1"},
	"limits u64 i64max+1":                                 {reason: "older programs cannot read integers above 2^63-1"},
	"output_schema with null is not writable as TOML":     {reason: "the peer accepts it and then cannot write it"},
	"backend options null in array not writable":          {reason: "the peer accepts it and then cannot write it"},
	"backend options null member removed by patch":        {reason: "RFC 7396 strips nulls of added objects too", result: `{"agent":{"model":"keep-me"},"max_tokens":777,"realm":{"x":{"backend":{"b":{"backend_kind":"k","options":{"b":1},"provider":"openai"}}}}}`},
	"skills git depth null is lost in TOML":               {reason: "TOML has no null: the answer is what is stored"},
	"self_hosted default_model":                           {reason: "the recording did not validate; a default without models is dangling, and only a warning", result: `{"agent":{"model":"keep-me"},"max_tokens":777,"self_hosted":{"default_model":"m"}}`},
	"shell allowlist alias":                               {reason: "the peer's own defaults hide the legacy key from it", result: `{"agent":{"model":"keep-me"},"max_tokens":777,"shell":{"security_mode":"allow_list","security_patterns":["ls*"]}}`},
	"retry all":                                           {reason: "a duration keeps its spelling", result: `{"agent":{"model":"keep-me"},"max_tokens":777,"retry":{"call_timeout":"45s","initial_delay":"1500ms","max_delay":"2m","max_retries":1,"multiplier":1.5}}`},
	"budget.max_duration":                                 {reason: "a duration keeps its spelling", result: `{"agent":{"model":"keep-me"},"budget":{"max_duration":"365d","max_tokens":5,"max_tool_calls":3},"max_tokens":777}`},
}

// textsUnlikePeers are the recorded texts that read differently here: the
// reason, and the resolved view as a merge patch of the defaults; wrong says
// that a warning comes with it.
var textsUnlikePeers = map[string]struct {
	reason string
	result string
	wrong  bool
}{
	"unknown keys":                         {reason: "an unknown key is carried and told", wrong: true, result: `{"agent":{"bar":2},"foo":1}`},
	"template max_tokens lands in [agent]": {reason: "an unknown key is carried and told", wrong: true, result: `{"agent":{"max_tokens":8192,"max_tokens_per_turn":16384}}`},
	"nan":                                  {reason: "JSON has no nan: it is carried as text and told", wrong: true, result: `{"agent":{"budget_warning_threshold":"nan"}}`},
	"inf":                                  {reason: "JSON has no inf: it is carried as text and told", wrong: true, result: `{"retry":{"multiplier":"inf"}}`},
	"array as section":                     {reason: "a list is no section", wrong: true, result: `{"rest":["h",5]}`},
	"u64 > i64":                            {reason: "older programs cannot read it, so it is told", wrong: true, result: `{"limits":{"budget":18446744073709551615}}`},
	"toml 1.1 multiline inline table":      {reason: "what is stored is shown, an empty list too", result: `{"model_fallback":{"chain":[],"enabled":false}}`},
	"datetime in options":                  {reason: "a date is shown as its own text", result: `{"realm":{"x":{"backend":{"b":{"backend_kind":"openai_api","options":{"when":"1979-05-27T07:32:00Z"},"provider":"openai"}}}}}`},
}

type vector struct {
	name, toml string
	patch      any
	refused    bool
	result     tree.Object
}

func vectors(t *testing.T, file string) []vector {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "testdata", "peer", file))
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	for line := range bytes.Lines(text) {
		o, err := tree.DecodeObject(line)
		if err != nil {
			t.Fatal(err)
		}
		v := vector{patch: o["patch"]}
		v.name, _ = o["name"].(string)
		v.toml, _ = o["toml"].(string)
		v.refused, _ = o["refused"].(bool)
		v.result, _ = o["result"].(tree.Object)
		all = append(all, v)
	}
	if len(all) == 0 {
		t.Fatalf("%s is empty", file)
	}
	return all
}

func TestPatchesMeanWhatTheyMeanToPeers(t *testing.T) {
	seen := 0
	for _, v := range vectors(t, "patches.jsonl") {
		t.Run(v.name, func(t *testing.T) {
			if unlike, ok := patchesUnlikePeers[v.name]; ok {
				seen++
				v.refused, v.result = unlike.result == "", object(t, unlike.result)
			}
			rt := runtimeOver(t, storeHolding(t, peersBase))
			patch, isObject := v.patch.(tree.Object)
			if !isObject {
				if !v.refused {
					t.Errorf("the peer takes %v for a patch", v.patch)
				}
				return // the parameters' own check refuses it: see package tools
			}
			out, err := rt.Patch(t.Context(), patch, runtime.Write{})
			if v.refused {
				if err == nil {
					t.Errorf("got %s, want a refusal", tree.Append(nil, out.Changes))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			wantResolved(t, out.After, v.result)
		})
	}
	if seen != len(patchesUnlikePeers) {
		t.Errorf("%d of %d differences were met", seen, len(patchesUnlikePeers))
	}
}

func TestTextsMeanWhatTheyMeanToPeers(t *testing.T) {
	seen := 0
	for _, v := range vectors(t, "texts.jsonl") {
		t.Run(v.name, func(t *testing.T) {
			wrong := false
			if unlike, ok := textsUnlikePeers[v.name]; ok {
				seen++
				v.refused, v.result, wrong = false, object(t, unlike.result), unlike.wrong
			}
			s := newStore()
			if v.toml != "" {
				s = storeHolding(t, v.toml)
			}
			snapshot, err := runtimeOver(t, s).Get(t.Context())
			if v.refused {
				// What is TOML can be read, so that it can be mended.
				if err == nil && len(snapshot.Warnings()) == 0 {
					t.Error("the peer refuses it, and nothing is told")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := len(snapshot.Warnings()) > 0; got != wrong {
				t.Errorf("warnings: got %+v, want some: %v", snapshot.Warnings(), wrong)
			}
			wantResolved(t, snapshot, v.result)
		})
	}
	if seen != len(textsUnlikePeers) {
		t.Errorf("%d of %d differences were met", seen, len(textsUnlikePeers))
	}
}

// TestTheFixtureRealmIsRead is the realm in testdata/realm: all sections, no
// warning, and a set of what was read changes no byte.
func TestTheFixtureRealmIsRead(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "testdata", "realm", "config.toml"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"as it is":            string(text),
		"CRLF":                strings.ReplaceAll(string(text), "\n", "\r\n"),
		"byte order mark":     "\ufeff" + string(text),
		"no newline at end":   strings.TrimSuffix(string(text), "\n"),
		"newlines at the end": string(text) + "\n\n",
	} {
		t.Run(name, func(t *testing.T) {
			rt := runtimeOver(t, storeHolding(t, text))
			before := get(t, rt)
			if len(before.Warnings()) > 0 {
				t.Errorf("warnings: %+v", before.Warnings())
			}
			out, err := rt.Set(t.Context(), object(t, string(before.ShownJSON())), runtime.Write{Expected: expect(1)})
			if err != nil || out.Changed || string(out.After.Text()) != text {
				t.Errorf("set(get()): got %+v, %v, want no change", out, err)
			}
			out, err = rt.Patch(t.Context(), object(t, `{"shell":{"security_mode":"allow_list"}}`), runtime.Write{Expected: expect(1)})
			if err != nil {
				t.Fatal(err)
			}
			want := strings.Replace(text, `security_mode = "deny_list"`, `security_mode = "allow_list"`, 1)
			if diff := cmp.Diff(want, string(out.After.Text())); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func object(t *testing.T, text string) tree.Object {
	t.Helper()
	if text == "" {
		return nil
	}
	o, err := tree.DecodeObject([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// wantResolved compares a resolved view with the defaults under a merge patch.
// The recording widened 32-bit floats; they are compared as such.
func wantResolved(t *testing.T, s *runtime.Snapshot, patch tree.Object) {
	t.Helper()
	want := narrow(over(meerkat.New().Fill(nil), patch))
	if got := narrow(s.Resolved()); !tree.Equal(got, want) {
		t.Errorf("resolved (-want +got)\n%s", cmp.Diff(want, got))
	}
}

// over puts a recorded difference over the defaults. It is a merge patch in
// which null is a value: the peer shows null for what is absent.
func over(defaults, patch tree.Object) tree.Object {
	o := tree.CloneObject(defaults)
	for k, v := range patch {
		below, isObject := v.(tree.Object)
		was, wasObject := o[k].(tree.Object)
		if isObject && wasObject {
			v = over(was, below)
		}
		o[k] = v
	}
	return o
}

func narrow(v any) any {
	switch v := v.(type) {
	case map[string]any:
		o := make(tree.Object, len(v))
		for k, e := range v {
			o[k] = narrow(e)
		}
		return o
	case []any:
		l := make([]any, len(v))
		for i, e := range v {
			l[i] = narrow(e)
		}
		return l
	case float64:
		return float64(float32(v))
	default:
		return v
	}
}
