package runtime_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

func TestReplace(t *testing.T) {
	s := storeHolding(t, "[agent]\nmodel = \"m\"\n")
	rt := runtimeOver(t, s)
	const text = "# mine\r\n[agent]\r\nmodel   = 'n' # so\r\n"
	out, err := rt.Replace(t.Context(), []byte(text), runtime.Write{Expected: expect(1)})
	if err != nil || string(get(t, rt).Text()) != text || out.After.Version.Generation != 2 {
		t.Fatalf("got %v, text %q", err, get(t, rt).Text())
	}
	if out, err := rt.Replace(t.Context(), []byte(text), runtime.Write{}); err != nil || out.Changed {
		t.Errorf("the same again: got %v, %v, want no change", out, err)
	}
	_, err = rt.Replace(t.Context(), []byte(text+"x"), runtime.Write{Expected: expect(1)})
	if !fault.Is(err, fault.CorruptConfig) {
		t.Errorf("a text that is not TOML: got %v", err)
	}
	for text, kind := range map[string]fault.Kind{
		"[agent]\nmodle = 1\n": fault.InvalidConfig,
		"[realm.t.auth.a]\nprovider = 'openai'\nauth_method = 'api_key'\n[realm.t.auth.a.source]\nkind = 'inline_secret'\nsecret = 'realmconf-secret:1:/x'\n": fault.InvalidConfig,
		"# " + strings.Repeat("x", runtime.MaxText): fault.TooLarge,
		"[agent]\nmodel = \"":                       fault.CorruptConfig,
	} {
		_, err := rt.Replace(t.Context(), []byte(text), runtime.Write{})
		if !fault.Is(err, kind) {
			t.Errorf("%.40q: got %v, want %s", text, err, kind)
		}
		if f := fault.Of(err); kind == fault.InvalidConfig && !strings.Contains(string(tree.Append(nil, f.Data)), `"line":`) {
			t.Errorf("%.40q: got %s, want a line", text, tree.Append(nil, f.Data))
		}
	}
	if _, err := rt.Replace(t.Context(), []byte("# other\n"), runtime.Write{Expected: expect(1)}); !fault.Is(err, fault.GenerationConflict) {
		t.Errorf("on an old generation: got %v, want a conflict", err)
	}
	appendText(t, s, "broken = ")
	if _, err := rt.Replace(t.Context(), []byte(text), runtime.Write{Expected: expect(3)}); err != nil || string(get(t, rt).Text()) != text {
		t.Errorf("over a text that is not TOML: got %v", err)
	}
}

// A review sees the configuration that would result, can refuse the write, and
// its approval goes into the history.
func TestReview(t *testing.T) {
	s := storeHolding(t, "[agent]\nmax_tokens_per_turn = 1\n")
	rt := runtimeOver(t, s)
	refusal := errors.New("no")
	seen := func(c *runtime.Comparison) string {
		return string(tree.Append(nil, c.Changes)) + string(tree.Append(nil, turnTokens(c.Before))) + string(tree.Append(nil, turnTokens(c.After)))
	}
	var saw string
	_, err := rt.Patch(t.Context(), agentPatch(2), runtime.Write{Judge: func(_ context.Context, c *runtime.Comparison) (*store.Approval, error) {
		saw = seen(c)
		return nil, refusal
	}})
	if want := `[{"new":2,"old":1,"op":"replace","path":"/agent/max_tokens_per_turn"}]12`; err != refusal || saw != want {
		t.Errorf("got %v and %s, want the refusal and %s", err, saw, want)
	}
	if v := get(t, rt).Version.Generation; v != 1 {
		t.Errorf("got generation %d after a refusal", v)
	}
	approval := &store.Approval{By: "person", Via: "x", Fields: []string{"/agent"}}
	if _, err := rt.Patch(t.Context(), agentPatch(2), runtime.Write{Judge: func(context.Context, *runtime.Comparison) (*store.Approval, error) { return approval, nil }}); err != nil {
		t.Fatal(err)
	}
	record, err := s.Record(t.Context(), 2)
	if diff := cmp.Diff(approval, record.Approval); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if _, err := rt.Patch(t.Context(), agentPatch(2), runtime.Write{Judge: func(context.Context, *runtime.Comparison) (*store.Approval, error) {
		t.Error("a write without effect was reviewed")
		return nil, nil
	}}); err != nil {
		t.Error(err)
	}
}

func TestDryRun(t *testing.T) {
	s := storeHolding(t, "[agent]\nmax_tokens_per_turn = 1\n")
	rt := runtimeOver(t, s)
	out, err := rt.Patch(t.Context(), agentPatch(2), runtime.Write{DryRun: true, Expected: expect(1)})
	if err != nil || !out.Changed || out.Previous != 1 || out.After.Version.Generation != 1 || turnTokens(out.After) != int64(2) {
		t.Fatalf("got %+v, %v", out, err)
	}
	if got := get(t, rt); got.Version.Generation != 1 || turnTokens(got) != int64(1) {
		t.Errorf("got generation %d and %v", got.Version.Generation, turnTokens(got))
	}
	if _, err := rt.Patch(t.Context(), agentPatch(3), runtime.Write{DryRun: true, Expected: expect(9)}); !fault.Is(err, fault.GenerationConflict) {
		t.Errorf("got %v, want a conflict", err)
	}
	if _, err := rt.Patch(t.Context(), tree.Object{"agnet": tree.Object{}}, runtime.Write{DryRun: true}); !fault.Is(err, fault.InvalidConfig) {
		t.Errorf("got %v, want invalid_config", err)
	}
	if _, err := rt.Rollback(t.Context(), 0, runtime.Write{DryRun: true}); err != nil || get(t, rt).Version.Generation != 1 {
		t.Errorf("rollback: got %v", err)
	}
}

// Operations apply to the resolved view, and store no defaults.
func TestOperate_defaults(t *testing.T) {
	const text = "# c\n[[hooks.entries]]\nid = 'a' # first\n\n[rest]\nport = 1\n"
	for _, test := range []struct{ ops, want string }{
		{`[{"op":"test","path":"/rest/host","value":"127.0.0.1"}]`, text},
		{`[{"op":"replace","path":"/rest/host","value":"127.0.0.1"}]`, text},
		{`[{"op":"remove","path":"/rest/port"}]`, strings.Replace(text, "port = 1\n", "", 1)},
		{`[{"op":"replace","path":"/rest/port","value":2}]`, strings.Replace(text, "port = 1", "port = 2", 1)},
		{`[{"op":"add","path":"/hooks/entries/-","value":{"id":"b"}}]`, strings.Replace(text, "\n[rest]", "\n[[hooks.entries]]\nid = \"b\"\n\n[rest]", 1)},
		{`[{"op":"add","path":"/agent/model","value":"x"},{"op":"remove","path":"/agent/model"}]`, text},
		{`[{"op":"copy","from":"/rest/port","path":"/compaction/max_summary_tokens"}]`, text + "\n[compaction]\nmax_summary_tokens = 1\n"},
	} {
		rt := runtimeOver(t, storeHolding(t, text))
		ops, err := tree.ParseOperations(list(t, test.ops))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := rt.Operate(t.Context(), ops, runtime.Write{}); err != nil {
			t.Errorf("%s: %v", test.ops, err)
		}
		if diff := cmp.Diff(test.want, string(get(t, rt).Text())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.ops, diff)
		}
	}
}

func list(t *testing.T, text string) []any {
	t.Helper()
	v, err := tree.Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return v.([]any)
}

// A change of an entry stores none of its defaults, also if the entry is renamed
// or a member of its union changes.
func TestOperate_listEntry(t *testing.T) {
	const text = "[[hooks.entries]]\nid = \"a\"\n[hooks.entries.runtime]\ntype = \"http\"\nurl = \"https://h\"\nheaders = { A = \"x\" }\n\n[[hooks.entries]]\nid = \"b\"\n"
	for ops, want := range map[string]string{
		`[{"op":"replace","path":"/hooks/entries/0/runtime/url","value":"https://i"}]`: strings.Replace(text, "https://h", "https://i", 1),
		`[{"op":"replace","path":"/hooks/entries/0/runtime/headers/A","value":"y"}]`:   strings.Replace(text, `"x"`, `"y"`, 1),
		`[{"op":"replace","path":"/hooks/entries/1/id","value":"c"}]`:                  strings.Replace(text, `"b"`, `"c"`, 1),
		`[{"op":"add","path":"/hooks/entries/0/enabled","value":false}]`:               strings.Replace(text, "id = \"a\"\n", "id = \"a\"\nenabled = false\n", 1),
		`[{"op":"move","from":"/hooks/entries/0/id","path":"/hooks/entries/1/id"}]`:    "",
	} {
		rt := runtimeOver(t, storeHolding(t, text))
		parsed, err := tree.ParseOperations(list(t, ops))
		if err != nil {
			t.Fatal(err)
		}
		_, err = rt.Operate(t.Context(), parsed, runtime.Write{})
		if want == "" {
			continue // the result does not matter, but it must not panic
		}
		if diff := cmp.Diff(want, string(get(t, rt).Text())); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", ops, err, diff)
		}
	}
}

// A patch or an operation that names a key by one of its names changes the key that
// the file has, in its place, whatever its name there.
func TestWrites_otherNames(t *testing.T) {
	const text = "[shell]\n# list\nallowlist = [\"a\", \"b\"] # behind\n\n[[hooks.entries]]\nid = \"h\"\n\n[hooks.entries.runtime]\ntype = \"in_process\"\n# name\nname = \"x\" # behind name\n"
	without := func(line string) string { return strings.Replace(text, line, "", 1) }
	for _, tt := range []struct{ patch, operations, want string }{
		{`{"shell":{"security_patterns":null}}`, "", without("allowlist = [\"a\", \"b\"] # behind\n")},
		{`{"shell":{"security_patterns":["a"]}}`, "", strings.Replace(text, `["a", "b"]`, `["a"]`, 1)},
		{`{"shell":{"security_patterns":["c"],"allowlist":null}}`, "", strings.Replace(text, "allowlist = [\"a\", \"b\"] # behind\n", "security_patterns = [\"c\"]\n", 1)},
		{"", `[{"op":"remove","path":"/shell/allowlist/1"}]`, strings.Replace(text, `["a", "b"]`, `["a"]`, 1)},
		{"", `[{"op":"add","path":"/shell/security_patterns/-","value":"c"}]`, strings.Replace(text, `"b"]`, `"b", "c"]`, 1)},
		{"", `[{"op":"test","path":"/shell/allowlist/0","value":"a"},{"op":"replace","path":"/shell/allowlist/0","value":"c"}]`, strings.Replace(text, `"a"`, `"c"`, 1)},
		{"", `[{"op":"remove","path":"/hooks/entries/0/runtime/name"}]`, without("name = \"x\" # behind name\n")},
		{"", `[{"op":"remove","path":"/hooks/entries/0/runtime/handler"}]`, without("name = \"x\" # behind name\n")},
		{"", `[{"op":"replace","path":"/hooks/entries/0/runtime/name","value":"y"}]`, strings.Replace(text, `"x"`, `"y"`, 1)},
		{"", `[{"op":"replace","path":"/hooks/entries/0/runtime/handler","value":"y"}]`, strings.Replace(text, `"x"`, `"y"`, 1)},
		{"", `[{"op":"move","from":"/shell/allowlist","path":"/shell/security_patterns"}]`, text},
	} {
		rt := runtimeOver(t, storeHolding(t, text))
		var err error
		if tt.patch != "" {
			_, err = rt.Patch(t.Context(), object(t, tt.patch), runtime.Write{})
		} else {
			operations, parseErr := tree.ParseOperations(list(t, tt.operations))
			if parseErr != nil {
				t.Fatal(parseErr)
			}
			_, err = rt.Operate(t.Context(), operations, runtime.Write{})
		}
		if diff := cmp.Diff(tt.want, string(get(t, rt).Text())); err != nil || diff != "" {
			t.Errorf("%s%s: %v (-want +got):\n%s", tt.patch, tt.operations, err, diff)
		}
	}
}
