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
		want          any // nil: an error
	}{
		{"/agent/model", "null", "null"},
		{"/agent/model", `"quoted"`, `"quoted"`},
		{"/models/openai", "7", "7"},
		{"/budget/max_duration", "1500", int64(1500)},
		{"/budget/max_duration", "1m", "1m"},
		{"/rest/port", "9000", int64(9000)},
		{"/rest/port", "9000.0", nil},
		{"/rest/port", "null", nil},
		{"/rest/port", "many", nil},
		{"/retry/multiplier", "3", 3.0},
		{"/tools/shell_enabled", "true", true},
		{"/tools/shell_enabled", "yes", nil},
		{"/shell/security_patterns", `["ls"]`, []any{"ls"}},
		{"/shell/security_patterns", "ls", nil},
		{"/tools/tool_timeouts/fetch", "2s", "2s"},
		{"/tools/tool_timeouts/fetch", `{"secs":2,"nanos":0}`, tree.Object{"secs": int64(2), "nanos": int64(0)}},
		{"/realm/team/backend/b/options", "hello", "hello"}, // any type
		{"/realm/team/backend/b/options", "[1]", []any{int64(1)}},
		{"/realm/team/backend/b/options", "null", nil},
	} {
		pointer, err := tree.ParsePointer(test.pointer)
		if err != nil {
			t.Fatal(err)
		}
		got, err := sh.session.parseValue(pointer, test.text)
		if (err != nil) != (test.want == nil) {
			t.Errorf("%s %s: got error %v", test.pointer, test.text, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", test.pointer, test.text, diff)
		}
	}
}
