package tools_test

import (
	"fmt"
	"maps"
	"slices"
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
		`{"path":"/hooks/entries","offset":301}`: "has 300 entries: give a lower one",
		`{"path":"/agent/max_turns","offset":0}`: "leave it out",
		`{"path":"/hooks/entries","offset":-1}`:  "must be 0 or more",
	} {
		if _, err := c.tool("get", args); !fault.Is(err, fault.InvalidParams) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", args, err, want)
		}
	}
	for args, want := range map[string]string{
		`{"path":"/hooks/entries","offset":7,"limit":2}`:                      `["hook7","hook8"] 300 9`,
		`{"path":"/hooks/entries","limit":1}`:                                 `["hook0"] 300 1`,
		`{"path":"/hooks/entries","offset":299,"limit":5}`:                    `["hook299"] 300 null`,
		`{"path":"/hooks/entries","offset":298,"limit":2,"view":"stored"}`:    `["hook298","hook299"] 300 null`,
		`{"path":"/hooks/entries","offset":300,"limit":2}`:                    `[] 300 null`,
		`{"path":"/agent/system_prompt","offset":3,"limit":2}`:                `"a\u00e9" 120000 5`,
		`{"path":"/agent/system_prompt","offset":119999,"limit":2}`:           `"\n" 120000 null`,
		`{"path":"/self_hosted/servers/s10","limit":1,"view":"stored"}`:       `["base_url"] 1 null`,
		`{"limit":2,"offset":3,"view":"stored"}`:                              `[] 3 null`,
		`{"path":"/hooks/entries/hook250/runtime","limit":1,"view":"stored"}`: `["args"] 3 1`,
	} {
		for _, call := range []func(string, string) (tree.Object, error){c.tool, c.method} {
			reply, err := call("get", args)
			if got := pageOf(reply); err != nil || got != strings.ReplaceAll(want, `\u00e9`, "é") {
				t.Errorf("%s: got %s, %v, want %s", args, got, err, want)
			}
		}
	}
	if _, err := c.tool("get", `{"path":"/agent/max_turns","limit":1}`); !fault.Is(err, fault.InvalidParams) || !strings.Contains(err.Error(), "limit is for texts, lists and objects") {
		t.Errorf("limit of a number: got %v", err)
	}
	reply, err := c.method("get", `{"path":"/hooks/entries","offset":298}`)
	if list, _ := reply["value"].([]any); err != nil || len(list) != 2 || reply["length"] != int64(300) {
		t.Errorf("the method: got %d entries of %v, %v", len(list), reply["length"], err)
	}
}

// pageOf returns a page as JSON, of a list the identities and of an object the names,
// the length of the whole, and where the next page begins.
func pageOf(reply tree.Object) string {
	value, isPart := reply["value"]
	if !isPart {
		value = reply["config"]
	}
	names := []any{}
	switch v := value.(type) {
	case []any:
		for _, e := range v {
			names = append(names, e.(tree.Object)["id"])
		}
		value = names
	case tree.Object:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			names = append(names, name)
		}
		value = names
	}
	return string(tree.Append(nil, value)) + " " + string(tree.Append(nil, reply["length"])) + " " + string(tree.Append(nil, reply["next_offset"]))
}

// TestGet_entryByIdentity: an entry of a list is found by its identity, and the reply's
// path has its index; among 300 entries that takes one short reply.
func TestGet_entryByIdentity(t *testing.T) {
	var b strings.Builder
	for i := range 300 {
		fmt.Fprintf(&b, "[[hooks.entries]]\nid = \"h%d\"\npoint = \"run_started\"\nruntime = { type = \"in_process\", name = \"n\" }\n", i)
	}
	b.WriteString("[[tools.mcp_servers]]\nname = \"a/b\"\ncommand = \"c\"\nargs = [\"x\"]\n[[tools.mcp_servers]]\nname = \"7\"\ncommand = \"d\"\n")
	b.WriteString("[[tools.mcp_servers]]\nname = \"two\"\ncommand = \"e\"\n[[tools.mcp_servers]]\nname = \"two\"\ncommand = \"f\"\n")
	c := clientOf(t, policy.Policy{}, b.String())
	for path, want := range map[string]string{
		"/hooks/entries/h250/id":          "/hooks/entries/250/id",
		"/hooks/entries/h250":             "/hooks/entries/250",
		"/hooks/entries/3/id":             "/hooks/entries/3/id",
		"/hooks/entries/h9/runtime/name":  "/hooks/entries/9/runtime/handler",
		"/tools/mcp_servers/a~1b/args/0":  "/tools/mcp_servers/0/args/0",
		"/tools/mcp_servers/7":            "", // an index, and there are four
		"/tools/mcp_servers/two":          "", // two of them
		"/hooks/entries/h300":             "",
		"/tools/mcp_servers/a~1b/args/x":  "", // entries without an identity
		"/hooks/entries/h1/runtime/false": "",
	} {
		for _, view := range []string{"resolved", "stored"} {
			reply, err := c.tool("get", `{"path":"`+path+`","view":"`+view+`"}`)
			if want == "" {
				if !fault.Is(err, fault.NotFound) {
					t.Errorf("%s, %s: got %v, %v, want not_found", path, view, reply, err)
				}
				continue
			}
			at, _ := tree.ParsePointer(want)
			whole := c.must(c.method("get", `{"view":"`+view+`"}`))
			value, _, ok := at.Get(whole["config"])
			if err != nil || reply["path"] != want && ok || !tree.Equal(reply["value"], value) && ok {
				t.Errorf("%s, %s: got %v, %v, want %s", path, view, reply, err, want)
			}
		}
	}
	if reply := c.must(c.tool("get", `{"path":"/hooks/entries/h250"}`)); len(tree.Append(nil, reply)) > 1000 {
		t.Errorf("got %d bytes", len(tree.Append(nil, reply)))
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
