package cli

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema/tree"
)

func TestParseValue(t *testing.T) {
	sh := newShell(t, Terminal{})
	for _, test := range []struct {
		pointer, text string
		present       any
		want          any // nil: an error
	}{
		{"/agent/model", "null", nil, "null"},
		{"/agent/model", `"quoted"`, nil, `"quoted"`},
		{"/models/openai", "7", nil, "7"},
		{"/budget/max_duration", "1500", nil, int64(1500)},
		{"/budget/max_duration", "1m", nil, "1m"},
		{"/rest/port", "9000", nil, int64(9000)},
		{"/rest/port", "9000.0", nil, nil},
		{"/rest/port", "null", nil, nil},
		{"/rest/port", "many", nil, nil},
		{"/retry/multiplier", "3", 2.0, 3.0},
		{"/retry/multiplier", "3", nil, int64(3)},
		{"/tools/shell_enabled", "true", nil, true},
		{"/tools/shell_enabled", "yes", nil, nil},
		{"/shell/security_patterns", `["ls"]`, nil, []any{"ls"}},
		{"/shell/security_patterns", "ls", nil, nil},
		{"/tools/tool_timeouts/fetch", "2s", nil, "2s"},
		{"/tools/tool_timeouts/fetch", `{"secs":2,"nanos":0}`, nil, tree.Object{"secs": int64(2), "nanos": int64(0)}},
		{"/realm/team/backend/b/options", "hello", nil, "hello"}, // any type
		{"/realm/team/backend/b/options", "[1]", nil, []any{int64(1)}},
		{"/realm/team/backend/b/options", "null", nil, nil},
		{"/realm/team/backend/b/options", "5", "1", "5"},
		{"/realm/team/backend/b/options", `{"x":1}`, "{}", `{"x":1}`},
		{"/realm/team/backend/b/options", "null", "x", "null"},
		{"/realm/team/backend/b/options", `"x"`, "y", "x"},
		{"/realm/team/backend/b/options", "5", int64(1), int64(5)},
		{"/realm/team/backend/b/options", "5", 1.5, 5.0},
		{"/realm/team/backend/b/options", "5.0", int64(1), 5.0},
		{"/realm/team/backend/b/options", "true", int64(1), true},
		{"/realm/team/backend/b/options", "yes", true, "yes"},
	} {
		pointer, err := tree.ParsePointer(test.pointer)
		if err != nil {
			t.Fatal(err)
		}
		got, err := sh.session.parseValue(pointer, test.present, test.text)
		if (err != nil) != (test.want == nil) {
			t.Errorf("%s %s: got error %v", test.pointer, test.text, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", test.pointer, test.text, diff)
		}
	}
}
