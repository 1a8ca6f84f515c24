package meerkat

// Mistakes of Meerkat's own programs with configurations, each with a test of the
// behaviour here.

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema/tree"
)

// wantIssues checks a new configuration.
func wantIssues(t *testing.T, config tree.Object, want ...string) {
	t.Helper()
	issues, _ := findIssues(New(), config, nil)
	if diff := cmp.Diff(want, pathsOf(issues)); diff != "" {
		t.Errorf("%s (-want +got)\n%s", tree.Append(nil, config), diff)
	}
}

// Meerkat takes a configuration with one bad field for an empty one, and writes all
// defaults.
func TestTrap_oneBadField(t *testing.T) {
	config := object(t, `{"agent":{"model":"m"},"rest":{"port":"x"}}`)
	wantIssues(t, config, "/rest/port")
	if got := within(New().Fill(config), "agent")["model"]; got != "m" {
		t.Errorf("model: got %v, want m", got)
	}
}

// Meerkat drops the misspelt name of a configuration, and what is in it.
func TestTrap_misspeltKey(t *testing.T) {
	wantIssues(t, object(t, `{"confg":{"agent":{"model":"m"}},"expected_generation":"3"}`), "/confg", "/expected_generation")
}

// Meerkat takes a list for a table and fills its fields by position.
func TestTrap_listForTable(t *testing.T) {
	for config, want := range map[string]string{
		`{"rest":["0.0.0.0",9]}`:                                   "/rest",
		`{"agent":[]}`:                                             "/agent",
		`{"hooks":{"entries":[["h",true]]}}`:                       "/hooks/entries/0",
		`{"hooks":{"entries":[{"runtime":["command"]}]}}`:          "/hooks/entries/0/runtime",
		`{"tools":{"tool_timeouts":{"a":[1,2]}}}`:                  "/tools/tool_timeouts/a",
		`{"skills":{"health_thresholds":[0.1,0.2,1,2]}}`:           "/skills/health_thresholds",
		`{"realm":{"x":{"binding":{"b":["backend","auth"]}}}}`:     "/realm/x/binding/b",
		`{"self_hosted":{"servers":{"a":["open_ai_compatible"]}}}`: "/self_hosted/servers/a",
	} {
		wantIssues(t, object(t, config), want)
	}
}

// Meerkat keeps the nulls of an object that a patch adds.
func TestTrap_nullsInPatch(t *testing.T) {
	patch := object(t, `{"realm":{"x":{"backend":{"b":{"provider":"openai","backend_kind":"openai_api","options":{"a":null,"b":1}}}}}}`)
	stored := tree.Merge(tree.Object{}, patch).(tree.Object)
	wantIssues(t, stored)
	options := within(New().Fill(stored), "realm", "x", "backend", "b", "options")
	if diff := cmp.Diff(tree.Object{"b": int64(1)}, options); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Meerkat prints 0.8 as 0.800000011920929 in some replies.
func TestTrap_shortFloats(t *testing.T) {
	view := New().Fill(object(t, `{"agent":{"temperature":0.7}}`))
	for path, want := range map[string]string{
		"/agent/budget_warning_threshold":                   "0.8",
		"/agent/temperature":                                "0.7",
		"/skills/health_thresholds/unhealthy_invalid_ratio": "0.4",
		"/retry/multiplier":                                 "2.0",
	} {
		v, _, _ := pointer(t, path).Get(view)
		if got := string(tree.Append(nil, v)); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

// Meerkat's documentation writes tool timeouts as text; its programs
// cannot read that.
func TestTrap_toolTimeouts(t *testing.T) {
	wantIssues(t, object(t, `{"tools":{"tool_timeouts":{"shell":"2m"}}}`), "/tools/tool_timeouts/shell")
	wantIssues(t, object(t, `{"tools":{"tool_timeouts":{"shell":{"secs":120,"nanos":0}}}}`))
}

// An old version drops a server's token with any write.
func TestTrap_credentialIsKept(t *testing.T) {
	config := object(t, `{"self_hosted":{"servers":{"a":{"bearer_token":"t"}}}}`)
	if got := within(New().Fill(config), "self_hosted", "servers", "a")["bearer_token"]; got != "t" {
		t.Errorf("got %v, want t", got)
	}
	issues, warnings := findIssues(New(), config, config)
	if len(issues) != 0 || len(warnings) != 1 {
		t.Errorf("got %v and %v, want one warning", issues, warnings)
	}
}

// Meerkat accepts values that it cannot write.
func TestTrap_valueThatCannotBeStored(t *testing.T) {
	backend := func(options string) tree.Object {
		return object(t, `{"realm":{"x":{"backend":{"b":{"provider":"openai","backend_kind":"openai_api","options":`+options+`}}}}}`)
	}
	const options = "/realm/x/backend/b/options"
	wantIssues(t, backend(`{"a":[null]}`), options+"/a/0")
	wantIssues(t, backend(`null`), options)
	wantIssues(t, backend(`[{"a":{"b":null}}]`), options+"/0/a/b")
	wantIssues(t, backend(`9223372036854775808`), options)
	wantIssues(t, backend(`{"a":[9223372036854775807,9223372036854775808]}`), options+"/a/1")
	wantIssues(t, object(t, `{"agent":{"output_schema":{"enum":[null,1]}}}`), "/agent/output_schema/enum/0")
	wantIssues(t, object(t, `{"agent":{"output_schema":{"schema":{"maximum":18446744073709551615}}}}`), "/agent/output_schema/schema/maximum")
	wantIssues(t, object(t, `{"retry":{"multiplier":18446744073709551615}}`), "/retry/multiplier")
	wantIssues(t, object(t, `{"budget":{"max_duration":18446744073709551615}}`), "/budget/max_duration")
}

// Meerkat answers null for the depth of a clone, and stores 1.
func TestTrap_depthIsKept(t *testing.T) {
	const repository = `{"skills":{"repositories":[{"name":"n","source_uuid":"` + uuidA + `","type":"git","url":"u"%s}]}}`
	canonical, _ := New().Canonical(object(t, sprintf(repository, `,"depth":null`)))
	wantIssues(t, canonical, "/skills/repositories/0/depth")
	depth, _, _ := pointer(t, "/skills/repositories/0/depth").Get(New().Fill(object(t, sprintf(repository, ""))))
	if depth != int64(1) {
		t.Errorf("got %v, want 1", depth)
	}
}

// A nan in the file makes Meerkat refuse every patch.
func TestTrap_nanBlocksNoOtherChange(t *testing.T) {
	for _, bad := range []any{math.NaN(), math.Inf(1), math.Inf(-1), "nan", "inf"} {
		config := tree.Object{"agent": tree.Object{"temperature": bad}}
		wantIssues(t, config, "/agent/temperature")
		issues, warnings := findIssues(New(), with(config, "max_tokens", int64(1)), config)
		if len(issues) != 0 || len(warnings) != 1 {
			t.Errorf("%v: got %v and %v, want one warning", bad, issues, warnings)
		}
	}
	wantIssues(t, tree.Object{"limits": tree.Object{"budget": math.Inf(1)}}, "/limits/budget")
}

// Meerkat takes a wrongly typed generation, among the configuration's
// keys, for an unknown key, and reports success.
func TestTrap_unknownKey(t *testing.T) {
	wantIssues(t, object(t, `{"expected_generation":3.0,"rest":{"port":1}}`), "/expected_generation")
}
