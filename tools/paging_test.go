package tools_test

import (
	"fmt"
	"strings"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// TestGet_offset reads a long list, a long object and a long text to their ends, page
// by page, and gets exactly what the method gives whole.
func TestGet_offset(t *testing.T) {
	var b strings.Builder
	fmt.Fprintf(&b, "[agent]\nsystem_prompt = %q\n", strings.Repeat("aé\n", 40_000))
	for i := range 300 {
		fmt.Fprintf(&b, "[[hooks.entries]]\nid = \"hook%d\"\npoint = \"run_started\"\nruntime = { type = \"command\", command = \"c\", args = [\"%s\"] }\n", i, strings.Repeat("x", 100+i))
	}
	for i := range 300 {
		fmt.Fprintf(&b, "[self_hosted.servers.s%d]\nbase_url = \"http://%s\"\n", i, strings.Repeat("y", 200))
	}
	c := clientOf(t, policy.Policy{}, b.String())
	for _, path := range []string{"/agent/system_prompt", "/hooks/entries", "/self_hosted/servers"} {
		_, f := c.call("get", tree.Object{"path": path})
		if f == nil || f.Kind != fault.TooLarge || !strings.Contains(f.Message, "offset 0") {
			t.Fatalf("%s: got %v, want too_large with offset 0", path, f)
		}
		whole, err := c.method("get", `{"path":"`+path+`"}`)
		if err != nil {
			t.Fatal(err)
		}
		var list []any
		members, text := tree.Object{}, ""
		pages := 0
		for offset := any(int64(0)); offset != nil; pages++ {
			reply, f := c.call("get", tree.Object{"path": path, "offset": offset})
			if f != nil || pages > 30 {
				t.Fatalf("%s, offset %v: %v", path, offset, f)
			}
			switch v := reply["value"].(type) {
			case string:
				text += v
			case []any:
				list = append(list, v...)
			case tree.Object:
				for name, member := range v {
					members[name] = member
				}
			}
			offset = reply["next_offset"]
		}
		var got any = text
		switch whole["value"].(type) {
		case []any:
			got = list
		case tree.Object:
			got = members
		}
		if pages < 2 || !tree.Equal(got, whole["value"]) {
			t.Errorf("%s: %d pages do not make the whole", path, pages)
		}
	}
	_, f := c.call("get", tree.Object{"path": "/hooks/entries"})
	keys, _ := f.Data["keys"].([]any)
	if omitted, _ := f.Data["keys_omitted"].(int); len(keys)+omitted != 300 || len(keys) < 100 || keys[0] != "hook0" || f.Data["children"] != nil {
		t.Errorf("got %d keys and %v omitted, %v", len(keys), omitted, f.Data["children"])
	}
	for args, want := range map[string]string{
		`{"path":"/hooks/entries","offset":301}`: "has 300 entries",
		`{"path":"/agent/max_turns","offset":0}`: "leave offset out",
		`{"path":"/hooks/entries","offset":-1}`:  "must be 0 or more",
	} {
		if _, err := c.tool("get", args); !fault.Is(err, fault.InvalidParams) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", args, err, want)
		}
	}
	reply, err := c.method("get", `{"path":"/hooks/entries","offset":298}`)
	if list, _ := reply["value"].([]any); err != nil || len(list) != 2 || reply["length"] != int64(300) {
		t.Errorf("the method: got %d entries of %v, %v", len(list), reply["length"], err)
	}
}

// TestGet_offsetOfLongEntry: an entry that is too long alone is refused with its place,
// and the offset after it.
func TestGet_offsetOfLongEntry(t *testing.T) {
	c := clientOf(t, policy.Policy{}, fmt.Sprintf("[shell]\nsecurity_patterns = [\"a\", %q, \"b\"]\n", strings.Repeat("x", 40_000)))
	reply, err := c.tool("get", `{"path":"/shell/security_patterns","offset":0}`)
	if err != nil || reply["next_offset"] != int64(1) {
		t.Fatalf("got %v, %v", reply["next_offset"], err)
	}
	_, err = c.tool("get", `{"path":"/shell/security_patterns","offset":1}`)
	if f := fault.Of(err); f == nil || f.Kind != fault.TooLarge || f.Data["path"] != "/shell/security_patterns/1" || f.Data["next_offset"] != 2 {
		t.Errorf("got %v", err)
	}
}

// TestGet_storedBytes: the refusal of a read says how long the view stored would be.
func TestGet_storedBytes(t *testing.T) {
	var b strings.Builder
	for i := range 200 {
		fmt.Fprintf(&b, "[[hooks.entries]]\nid = \"hook%d\"\npoint = \"run_started\"\nruntime = { type = \"command\", command = \"c\" }\n", i)
	}
	c := clientOf(t, policy.Policy{}, b.String())
	_, f := c.call("get", tree.Object{"path": "/hooks"})
	if f == nil {
		t.Fatal("the read is not refused")
	}
	stored, _ := f.Data["stored_bytes"].(int)
	if bytes, _ := f.Data["bytes"].(int); stored == 0 || stored >= bytes || !strings.Contains(f.Message, fmt.Sprintf("with view stored it has %d", stored)) {
		t.Errorf("got %v of %v, %v", stored, bytes, f)
	}
}
