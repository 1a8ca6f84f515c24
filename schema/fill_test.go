package schema_test

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

func TestFill_emptyIsMeerkatDefault(t *testing.T) {
	if diff := cmp.Diff(defaults(t), meerkat.New().Fill(nil)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestFill(t *testing.T) {
	for _, tt := range []struct{ name, stored, path, want string }{
		{"a stored value wins", `{"rest":{"port":9}}`, "/rest", `{"host":"127.0.0.1","port":9}`},
		{"a float is not widened", `{"agent":{"temperature":0.8}}`, "/agent/temperature", `0.8`},
		{"a skipped field is shown when stored", `{"max_tokens":5}`, "/max_tokens", `5`},
		{"the threshold is shown when stored, even as its default", `{"compaction":{"auto_compact_threshold":100000}}`, "/compaction/auto_compact_threshold", `100000`},
		{"milliseconds become text", `{"budget":{"max_duration":5500}}`, "/budget/max_duration", `"5s 500ms"`},
		{"no milliseconds become text", `{"limits":{"max_duration":0}}`, "/limits/max_duration", `"0s"`},
		{"very many milliseconds become text", `{"limits":{"max_duration":18446744073709551615}}`, "/limits/max_duration", `"584542046years 1month 2days 15h 52m 15s 615ms"`},
		{"text stays as it was written", `{"budget":{"max_duration":"90s"}}`, "/budget/max_duration", `"90s"`},
		{"a number is no time where text is needed", `{"retry":{"max_delay":500}}`, "/retry/max_delay", `500`},
		{"allowlist", `{"shell":{"allowlist":["ls"]}}`, "/shell", `{"program":"nu","security_mode":"allow_list","security_patterns":["ls"],"timeout_secs":30}`},
		{"allowlist with a mode", `{"shell":{"allowlist":["ls"],"security_mode":"deny_list"}}`, "/shell/security_mode", `"deny_list"`},
		{"allowlist loses against its own name", `{"shell":{"allowlist":["ls"],"security_patterns":["cat"]}}`, "/shell/security_patterns", `["cat"]`},
		{"a custom model has no defaults", `{"models":{"m.1":{"provider":"open_a_i"}}}`, "/models", `{"anthropic":"","gemini":"","m.1":{"provider":"openai"},"openai":""}`},
		{"an unknown key of a section is carried", `{"comms":{"mode":"tcp","later":[1]}}`, "/comms", `{"address":null,"advertise_address":null,"auth":"none","event_address":null,"later":[1],"mode":"tcp","require_peer_auth":true}`},
		{"nested sections are filled", `{"presentation":{"html":{"templates":{"a":{"body":"b"}}}}}`, "/presentation/html", `{"default_template":"polished","templates":{"a":{"body":"b","path":null}}}`},
		{"a realm has nothing of its own", `{"realm":{"team":{}}}`, "/realm", `{"team":{}}`},
		{"an unknown key is carried", `{"agnt":{"a":[{"b":1}]}}`, "/agnt", `{"a":[{"b":1}]}`},
		{"a wrong section is carried", `{"rest":[1]}`, "/rest", `[1]`},
		{"a wrong value is carried", `{"rest":{"port":{"0":[2]}}}`, "/rest/port", `{"0":[2]}`},
		{"an object for a list is carried", `{"tools":{"mcp_servers":{"0":{"a":null}}}}`, "/tools/mcp_servers", `{"0":{"a":null}}`},
		{"a wrong entry is carried", `{"tools":{"mcp_servers":[7,[8]]}}`, "/tools/mcp_servers", `[7,[8]]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			stored := object(t, tt.stored)
			before := treetest.Clone(stored)
			filled := meerkat.New().Fill(stored)
			got, _, ok := pointer(t, tt.path).Get(filled)
			want, err := tree.Decode([]byte(tt.want))
			if err != nil {
				t.Fatal(err)
			}
			if !ok || !cmp.Equal(got, want) {
				t.Errorf("%s: got %s, want %s", tt.path, tree.Append(nil, got), tt.want)
			}
			if diff := cmp.Diff(before, any(stored)); diff != "" {
				t.Errorf("the stored tree was written into (-before +after)\n%s", diff)
			}
		})
	}
}

func TestFill_idempotent(t *testing.T) {
	m := meerkat.New()
	rapid.Check(t, func(t *rapid.T) {
		stored := drawConfig(t)
		once := m.Fill(stored)
		if diff := cmp.Diff(once, m.Fill(once)); diff != "" {
			t.Fatalf("(-once +twice)\n%s", diff)
		}
	})
}

// A long map of complete entries is not copied.
func TestFill_sharesCompleteValues(t *testing.T) {
	entries := tree.Object{}
	for i := range 1000 {
		entries[strconv.Itoa(i)] = tree.Object{"secs": int64(i), "nanos": int64(0)}
	}
	stored := tree.Object{
		"tools": tree.Object{"tool_timeouts": entries, "mcp_servers": []any{}},
		"rest":  tree.Object{"port": int64(9)},
	}
	m := meerkat.New()
	filled := m.Fill(stored)
	tools := filled["tools"].(tree.Object)
	if !tree.Same(tools["tool_timeouts"], entries) {
		t.Error("complete entries were copied")
	}
	if tree.Same(filled["rest"], stored["rest"]) {
		t.Error("a section without its defaults was shared")
	}
	if again := m.Fill(filled); !tree.Same(again["tools"], tools) {
		t.Error("a full section was copied")
	}
	empty := testing.AllocsPerRun(5, func() { m.Fill(nil) })
	if n := testing.AllocsPerRun(5, func() { m.Fill(stored) }) - empty; n > 20 {
		t.Errorf("Fill of a thousand complete entries: %v allocations, want at most 20", n)
	}
}

// TestModel_anyTree makes sure that every method has a result for any tree, that
// trees are not written into, and that mistakes in prev are warnings.
func TestModel_anyTree(t *testing.T) {
	m := meerkat.New()
	rapid.Check(t, func(t *rapid.T) {
		stored := drawConfig(t)
		before := treetest.Clone(stored)
		m.Fill(stored)
		m.Canonical(stored)
		issues, warnings := findIssues(m, stored, stored)
		if len(issues) > 0 {
			t.Fatalf("what was there already is new: %v", issues)
		}
		again, references := findIssues(m, stored, nil)
		if len(again)+len(references) != len(warnings) {
			t.Fatalf("got %d issues and %d warnings against nothing, want the %d warnings", len(again), len(references), len(warnings))
		}
		if diff := cmp.Diff(before, any(stored)); diff != "" {
			t.Fatalf("the tree was written into (-before +after)\n%s", diff)
		}
	})
}

// drawConfig draws a tree with known and unknown keys and values of any type.
func drawConfig(t *rapid.T) tree.Object {
	scalar := rapid.OneOf(
		rapid.Just[any](nil), rapid.Just[any]("90s"), rapid.Just[any]("open_a_i"), rapid.Just[any]("http"), rapid.Just[any](uint64(1<<63)), rapid.Just[any](int64(0)),
		rapid.Just[any](int64(7)), rapid.Just[any](0.5), rapid.Just[any](true), rapid.Just[any](tree.Object{}),
	)
	names := []string{
		"model", "port", "max_duration", "allowlist", "security_patterns", "security_mode", "mcp_servers",
		"provider", "name", "0", "later", "tool_timeouts", "auto_compact_threshold", "entries", "html",
		"repositories", "type", "command", "url", "runtime", "identity", "lineage", "chain", "output_schema",
		"schema", "provider_params", "servers", "models", "default_model", "parent", "binding",
	}
	inner := rapid.MapOfN(rapid.SampledFrom(names), scalar, 0, 5)
	value := rapid.OneOf(
		scalar,
		rapid.Map(inner, func(o map[string]any) any { return o }),
		rapid.Map(rapid.SliceOfN(scalar, 0, 3), func(l []any) any { return l }),
		rapid.Map(inner, func(o map[string]any) any { return []any{o} }),
	)
	section := rapid.Map(rapid.MapOfN(rapid.SampledFrom(names), value, 0, 6), func(o map[string]any) any { return o })
	roots := append(meerkat.New().Roots(), "agnt")
	return rapid.MapOfN(rapid.SampledFrom(roots), rapid.OneOf(section, value), 0, 6).Draw(t, "config")
}
