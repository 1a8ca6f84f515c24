package tools_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools"
)

// TestWrite_longReply: a reply that is too long lacks parts and says so. The
// write itself always succeeds.
func TestWrite_longReply(t *testing.T) {
	long := strings.Repeat("x", 5000)
	var many []string
	for i := range 20 {
		many = append(many, fmt.Sprintf(`"k%d":{"base_url":%q}`, i, "http://"+strings.Repeat("y", 3900)))
	}
	wide := `{"self_hosted":{"servers":{` + strings.Join(many, ",") + `}}}`
	escapes := `{"agent":{"system_prompt":"` + strings.Repeat(`\t`, 400_000) + `"}}`
	for _, tt := range []struct {
		name, patch           string
		tool                  bool
		config, value, change bool // what the reply has
	}{
		{"short, tool", `{"agent":{"model":"m"}}`, true, true, true, true},
		{"a long value, tool", `{"agent":{"model":"` + long + `"}}`, true, true, true, true},
		{"too long, tool", `{"agent":{"model":"` + strings.Repeat(long, 14) + `"}}`, true, false, false, true},
		{"a large table, tool", wide, true, false, false, true},
		{"a prompt of escapes, tool", escapes, true, false, false, true},
		{"a prompt of escapes, method", escapes, false, true, true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := clientWith(t, allow(t, "network,posture"))
			call, limit := c.method, 4<<20
			if tt.tool {
				call, limit = c.tool, 64<<10
			}
			reply, err := call("patch", `{"patch":`+tt.patch+`,"expected_generation":0,"return":"config"}`)
			if err != nil {
				t.Fatal(err)
			}
			if size := len(tree.Append(nil, reply)); size > limit || reply["changed"] != true || reply["generation"] != int64(1) {
				t.Errorf("got %d bytes, changed %v, generation %v; want at most %d, and success", size, reply["changed"], reply["generation"], limit)
			}
			wantPart(t, reply, "config", tt.config)
			wantPart(t, reply, "changes", tt.change)
			if list, _ := reply["changes"].([]any); len(list) > 0 {
				_, sized := list[0].(tree.Object)["new_bytes"]
				if _, has := list[0].(tree.Object)["new"]; has != tt.value || sized == tt.value {
					t.Errorf("changes[0] has new: %v, new_bytes: %v; want new: %v", has, sized, tt.value)
				}
			}
			if err := compile(t, c.operations["patch"].Output()).Validate(any(reply)); err != nil {
				t.Error(err)
			}
		})
	}
}

// wantPart checks that a reply has a member, or has a member that says it is
// omitted.
func wantPart(t *testing.T, reply tree.Object, name string, want bool) {
	t.Helper()
	_, has := reply[name]
	_, omitted := reply[name+"_omitted"]
	if has != want || omitted == want {
		t.Errorf("%s: there %v, omitted %v, want there %v", name, has, omitted, want)
	}
}

// TestCaller_OnSuccess: the callback of a write gets the shortest reply, which
// every connection can send.
func TestCaller_OnSuccess(t *testing.T) {
	c := newClient(t)
	var got string
	caller := tools.Caller{Surface: store.RPC, OnSuccess: func(generation uint64, minimal json.RawMessage) { got = fmt.Sprint(generation, " ", string(minimal)) }}
	if _, err := c.operations["patch"].Call(t.Context(), caller, params(t, `{"agent":{"model":"m"}}`)); err != nil {
		t.Fatal(err)
	}
	want := `1 {"backend":null,"changed":true,"changes_omitted":1,"config_omitted":true,"generation":1,"instance_id":null,"previous_generation":0,"realm_id":null}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	got = ""
	if _, err := c.operations["patch"].Call(t.Context(), caller, params(t, `{"agent":{"modle":"m"}}`)); err == nil || got != "" {
		t.Errorf("a refused write: got %v and callback %q, want an error and no callback", err, got)
	}
}

// TestInputSchema_calledName: the errors of a tool name the tool, those of a method
// the method. A model knows no methods.
func TestInputSchema_calledName(t *testing.T) {
	c := newClient(t)
	for _, arguments := range []string{`{}`, `{"patch":{}}`, `{"patch":1,"expected_generation":0}`, `{"pach":{}}`, `{"patch":{},"expected_generation":-1}`} {
		if _, err := c.tool("patch", arguments); err == nil || strings.Contains(err.Error(), "config/") || !strings.Contains(err.Error(), "config_patch") {
			t.Errorf("tool, %s: got %v, want a text with config_patch", arguments, err)
		}
	}
	if _, err := c.method("patch", `{"patch":1}`); err == nil || !strings.Contains(err.Error(), "config/patch") {
		t.Errorf("method: got %v, want a text with config/patch", err)
	}
}
