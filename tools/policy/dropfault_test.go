package policy_test

import (
	"testing"

	"realmconf/runtime/fault"
)

// TestReview_dropText checks the text of a refusal: keys, or the first list.
func TestReview_dropText(t *testing.T) {
	const text = `
[rest]
host = "h"
port = 1
[shell]
program = "sh"
security_patterns = ["1", "2", "3", "4", "5", "6", "7"]
[budget]
max_tokens = 1
max_tool_calls = 2
[[hooks.entries]]
id = "one"
`
	for _, tt := range []struct{ name, operations, want string }{
		{"a key", `[{"op":"replace","path":"/rest","value":{"port":1}}]`,
			"/rest/host would go, because your call leaves it out: name only what you change, with config_patch; to let it go, give null or name it in allow_drop; nothing was written"},
		{"two keys", `[{"op":"replace","path":"/rest","value":{}}]`,
			"/rest/host and /rest/port would go, because your call leaves them out: name only what you change, with config_patch; to let them go, give null or name them in allow_drop; nothing was written"},
		{"five keys", `[{"op":"replace","path":"/budget","value":{}},{"op":"replace","path":"/rest","value":{}},{"op":"replace","path":"/shell","value":{"security_patterns":["1","2","3","4","5","6","7"]}}]`,
			"/budget/max_tokens, /budget/max_tool_calls, /rest/host and 2 more would go, because your call leaves them out: name only what you change, with config_patch; to let them go, give null or name them in allow_drop; nothing was written"},
		{"an entry", `[{"op":"replace","path":"/hooks/entries","value":[]}]`,
			`/hooks/entries: your list lacks "one", which exists; append with operations and /hooks/entries/-, change one with /hooks/entries/0/…, or name /hooks/entries in allow_drop to let them go; nothing was written`},
		{"seven entries", `[{"op":"replace","path":"/shell/security_patterns","value":[]}]`,
			`/shell/security_patterns: your list lacks "1", "2", "3", "4", "5" and 2 more, which exist; to remove one, give operations [{"op":"remove","path":"/shell/security_patterns/0"}]; append with /shell/security_patterns/-; or name /shell/security_patterns in allow_drop to let them go; nothing was written`},
		{"a list, then a key", `[{"op":"replace","path":"/hooks/entries","value":[]},{"op":"replace","path":"/rest","value":{"port":1}}]`,
			`/hooks/entries: your list lacks "one", which exists; append with operations and /hooks/entries/-, change one with /hooks/entries/0/…, or name /hooks/entries in allow_drop to let them go (and 1 more, in drops); nothing was written`},
		{"a key, then a list", `[{"op":"replace","path":"/rest","value":{"port":1}},{"op":"replace","path":"/hooks/entries","value":[]}]`,
			"/rest/host would go, because your call leaves it out: name only what you change, with config_patch; to let it go, give null or name it in allow_drop; nothing was written"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := newRealm(t, "", text).judge(allow(t, everyClass), operations(t, tt.operations))
			f := fault.Of(err)
			if f == nil || f.Kind != fault.WouldDrop || f.Message != tt.want {
				t.Fatalf("got  %v\nwant %s", err, tt.want)
			}
			if f.Data["generation"] != uint64(2) {
				t.Errorf("generation: got %v, want 2", f.Data["generation"])
			}
		})
	}
}
