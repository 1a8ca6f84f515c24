package runtime_test

// Comparison with Meerkat's own programs. The vectors were recorded from version
// 0.8.26; results are merge patches of the defaults. The differences are
// intended, and the tables give their reasons.

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
	"realmconf/schema/tree/treetest"
)

// meerkatBase is the configuration to which every recorded patch was applied.
const meerkatBase = "max_tokens = 777\n\n[agent]\nmodel = \"keep-me\"\n"

// differentPatches are the recorded patches whose outcome differs here.
var differentPatches = map[string]struct {
	reason string
	result string // a merge patch of the defaults; empty if the patch is refused
}{
	"array resets whole config":                           {reason: "a list is not a configuration, and a reset of everything is not intended"},
	"section array is positional":                         {reason: "a list is not a section"},
	"section empty array":                                 {reason: "a list is not a section"},
	"unknown top-level key ignored":                       {reason: "an unknown key is a mistake, and its value would be lost"},
	"unknown nested key ignored":                          {reason: "an unknown key is a mistake, and its value would be lost"},
	"comms pairing_password":                              {reason: "Meerkat drops it silently"},
	"max_tokens zero (structurally ok, validate rejects)": {reason: "the recording was not validated; Meerkat's writes are"},
	"limits u64 max":                                      {reason: "older programs cannot read integers above 2^63-1"},
	"limits u64 i64max+1":                                 {reason: "older programs cannot read integers above 2^63-1"},
	"output_schema with null is not writable as TOML":     {reason: "Meerkat accepts it and then cannot write it"},
	"backend options null in array not writable":          {reason: "Meerkat accepts it and then cannot write it"},
	"backend options null member removed by patch":        {reason: "RFC 7396 strips nulls of added objects too", result: `{"agent":{"model":"keep-me"},"max_tokens":777,"realm":{"x":{"backend":{"b":{"backend_kind":"k","options":{"b":1},"provider":"openai"}}}}}`},
	"skills git depth null is lost in TOML":               {reason: "TOML has no null, and the answer is the stored value"},
	"self_hosted default_model":                           {reason: "the recording was not validated; a default without models is a warning", result: `{"agent":{"model":"keep-me"},"max_tokens":777,"self_hosted":{"default_model":"m"}}`},
	"shell allowlist alias":                               {reason: "Meerkat's own defaults hide the legacy key from it", result: `{"agent":{"model":"keep-me"},"max_tokens":777,"shell":{"security_mode":"allow_list","security_patterns":["ls*"]}}`},
	"retry all":                                           {reason: "a duration keeps its notation", result: `{"agent":{"model":"keep-me"},"max_tokens":777,"retry":{"call_timeout":"45s","initial_delay":"1500ms","max_delay":"2m","max_retries":1,"multiplier":1.5}}`},
	"u32 integral float":                                  {reason: "JSON has one type of number", result: `{"agent":{"model":"keep-me"},"max_tokens":2}`},
	"tool_timeouts string":                                {reason: "a duration may be given as text", result: `{"agent":{"model":"keep-me"},"max_tokens":777,"tools":{"tool_timeouts":{"shell":{"nanos":0,"secs":120}}}}`},
	"budget.max_duration":                                 {reason: "a duration keeps its notation", result: `{"agent":{"model":"keep-me"},"budget":{"max_duration":"365d","max_tokens":5,"max_tool_calls":3},"max_tokens":777}`},
}

// differentTexts are the recorded texts whose resolved view differs here.
var differentTexts = map[string]struct {
	reason string
	result string // a merge patch of the defaults
	wrong  bool   // there are warnings
}{
	"unknown keys":                         {reason: "an unknown key is kept, with a warning", wrong: true, result: `{"agent":{"bar":2},"foo":1}`},
	"template max_tokens lands in [agent]": {reason: "an unknown key is kept, with a warning", wrong: true, result: `{"agent":{"max_tokens":8192,"max_tokens_per_turn":16384}}`},
	"nan":                                  {reason: "JSON has no nan: it is kept as text, with a warning", wrong: true, result: `{"agent":{"budget_warning_threshold":"nan"}}`},
	"inf":                                  {reason: "JSON has no inf: it is kept as text, with a warning", wrong: true, result: `{"retry":{"multiplier":"inf"}}`},
	"array as section":                     {reason: "a list is not a section", wrong: true, result: `{"rest":["h",5]}`},
	"u64 > i64":                            {reason: "older programs cannot read it, so there is a warning", wrong: true, result: `{"limits":{"budget":18446744073709551615}}`},
	"toml 1.1 multiline inline table":      {reason: "stored values are shown, also an empty list", result: `{"model_fallback":{"chain":[],"enabled":false}}`},
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

func TestPatch_asMeerkat(t *testing.T) {
	seen := 0
	for _, v := range vectors(t, "patches.jsonl") {
		t.Run(v.name, func(t *testing.T) {
			if unlike, ok := differentPatches[v.name]; ok {
				seen++
				v.refused, v.result = unlike.result == "", object(t, unlike.result)
			}
			rt := runtimeOver(t, storeHolding(t, meerkatBase))
			patch, isObject := v.patch.(tree.Object)
			if !isObject {
				if !v.refused {
					t.Errorf("Meerkat accepts the patch %v", v.patch)
				}
				return // package tools refuses it
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
	if seen != len(differentPatches) {
		t.Errorf("%d of %d differences were seen", seen, len(differentPatches))
	}
}

func TestGet_asMeerkat(t *testing.T) {
	seen := 0
	for _, v := range vectors(t, "texts.jsonl") {
		t.Run(v.name, func(t *testing.T) {
			wrong := false
			if unlike, ok := differentTexts[v.name]; ok {
				seen++
				v.refused, v.result, wrong = false, object(t, unlike.result), unlike.wrong
			}
			s := newStore()
			if v.toml != "" {
				s = storeHolding(t, v.toml)
			}
			snapshot, err := runtimeOver(t, s).Get(t.Context())
			if v.refused {
				// Every TOML text can be read, so that it can be repaired.
				if err == nil && len(snapshot.Warnings()) == 0 {
					t.Error("Meerkat refuses it, and there is no warning")
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
	if seen != len(differentTexts) {
		t.Errorf("%d of %d differences were seen", seen, len(differentTexts))
	}
}

// TestFixtureRealm reads the realm in testdata/realm, which has all sections. There
// is no warning, and a set of the same configuration changes no byte.
func TestFixtureRealm(t *testing.T) {
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
// Floats are compared as 32-bit floats, as in the recording.
func wantResolved(t *testing.T, s *runtime.Snapshot, patch tree.Object) {
	t.Helper()
	want := narrow(over(meerkat.New().Fill(nil), patch))
	if got := narrow(s.Resolved()); !tree.Equal(got, want) {
		t.Errorf("resolved (-want +got)\n%s", cmp.Diff(want, got))
	}
}

// over applies a recorded difference to the defaults. It is a merge patch in which
// null is a value: Meerkat shows null for an absent value.
func over(defaults, patch tree.Object) tree.Object {
	o := treetest.CloneObject(defaults)
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
