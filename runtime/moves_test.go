package runtime_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

const serversText = `# top

# about lab
[self_hosted.servers.lab] # header
# the address
base_url = 'http://127.0.0.1:18081' # address
transport = "open_ai_compatible"

# about other
[self_hosted.servers.other]
transport = "open_ai_compatible"
base_url  =  "http://127.0.0.1:2"

[tools]
tool_timeouts = { search = { secs = 0x5A, nanos = 0 } } # timeouts
`

// A part that moves is stored as it was, without defaults, and keeps its text.
func TestOperate_moves(t *testing.T) {
	for _, c := range []struct {
		name       string
		operations []string
		want       string
	}{
		{"a map entry", []string{"move", "/self_hosted/servers/lab", "/self_hosted/servers/lab2"},
			`# top

# about lab
[self_hosted.servers.lab2] # header
# the address
base_url = 'http://127.0.0.1:18081' # address
transport = "open_ai_compatible"

# about other
[self_hosted.servers.other]
transport = "open_ai_compatible"
base_url  =  "http://127.0.0.1:2"

[tools]
tool_timeouts = { search = { secs = 0x5A, nanos = 0 } } # timeouts
`},
		{"two map entries exchanged", []string{
			"move", "/self_hosted/servers/lab", "/self_hosted/servers/x",
			"move", "/self_hosted/servers/other", "/self_hosted/servers/lab",
			"move", "/self_hosted/servers/x", "/self_hosted/servers/other"},
			`# top

# about lab
[self_hosted.servers.other] # header
# the address
base_url = 'http://127.0.0.1:18081' # address
transport = "open_ai_compatible"

# about other
[self_hosted.servers.lab]
transport = "open_ai_compatible"
base_url  =  "http://127.0.0.1:2"

[tools]
tool_timeouts = { search = { secs = 0x5A, nanos = 0 } } # timeouts
`},
		{"in an inline table", []string{"move", "/tools/tool_timeouts/search", "/tools/tool_timeouts/find it"},
			`# top

# about lab
[self_hosted.servers.lab] # header
# the address
base_url = 'http://127.0.0.1:18081' # address
transport = "open_ai_compatible"

# about other
[self_hosted.servers.other]
transport = "open_ai_compatible"
base_url  =  "http://127.0.0.1:2"

[tools]
tool_timeouts = { "find it" = { secs = 0x5A, nanos = 0 } } # timeouts
`},
		{"a copy", []string{"copy", "/self_hosted/servers/other", "/self_hosted/servers/zoo"},
			`# top

# about lab
[self_hosted.servers.lab] # header
# the address
base_url = 'http://127.0.0.1:18081' # address
transport = "open_ai_compatible"

# about other
[self_hosted.servers.other]
transport = "open_ai_compatible"
base_url  =  "http://127.0.0.1:2"

[self_hosted.servers.zoo]
base_url = "http://127.0.0.1:2"
transport = "open_ai_compatible"

[tools]
tool_timeouts = { search = { secs = 0x5A, nanos = 0 } } # timeouts
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			rt := runtimeWith(t, meerkat.New(), storeHolding(t, serversText))
			var operations []tree.Operation
			for i := 0; i < len(c.operations); i += 3 {
				operations = append(operations, tree.Operation{Op: c.operations[i], From: mustPointer(t, c.operations[i+1]), Path: mustPointer(t, c.operations[i+2])})
			}
			out, err := rt.Operate(t.Context(), operations, runtime.Write{})
			if err != nil {
				t.Fatal(err)
			}
			if len(out.Warnings) > 0 {
				t.Errorf("got warnings %v", out.Warnings)
			}
			if diff := cmp.Diff(c.want, string(get(t, rt).Text())); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}

// The moves of several operations are followed to where each part comes from.
func TestOperate_movesInSequence(t *testing.T) {
	const text = "# top\n\n# about a\n[self_hosted.servers.a] # header a\nbase_url = 'http://127.0.0.1:1' # url a\n\n# about b\n[self_hosted.servers.b] # header b\nbase_url = 'http://127.0.0.1:2' # url b\n"
	for name, c := range map[string]struct {
		operations []tree.Operation
		want       string
	}{
		"a chain": {[]tree.Operation{
			{Op: "move", From: mustPointer(t, "/self_hosted/servers/a"), Path: mustPointer(t, "/self_hosted/servers/x")},
			{Op: "move", From: mustPointer(t, "/self_hosted/servers/x"), Path: mustPointer(t, "/self_hosted/servers/y")},
		}, strings.Replace(text, "servers.a", "servers.y", 1)},
		"there and back": {[]tree.Operation{
			{Op: "move", From: mustPointer(t, "/self_hosted/servers/a"), Path: mustPointer(t, "/self_hosted/servers/x")},
			{Op: "move", From: mustPointer(t, "/self_hosted/servers/x"), Path: mustPointer(t, "/self_hosted/servers/a")},
		}, text},
		"over another, and changed": {[]tree.Operation{
			{Op: "move", From: mustPointer(t, "/self_hosted/servers/a"), Path: mustPointer(t, "/self_hosted/servers/b")},
			{Op: "replace", Path: mustPointer(t, "/self_hosted/servers/b/base_url"), Value: "http://127.0.0.1:3"},
		}, "# top\n\n# about a\n[self_hosted.servers.b] # header a\nbase_url = 'http://127.0.0.1:3' # url a\n"},
		"moved and replaced": {[]tree.Operation{
			{Op: "move", From: mustPointer(t, "/self_hosted/servers/a"), Path: mustPointer(t, "/self_hosted/servers/c")},
			{Op: "replace", Path: mustPointer(t, "/self_hosted/servers/c"), Value: tree.Object{"base_url": "http://127.0.0.1:3"}},
		}, "# top\n\n# about b\n[self_hosted.servers.b] # header b\nbase_url = 'http://127.0.0.1:2' # url b\n\n[self_hosted.servers.c]\nbase_url = \"http://127.0.0.1:3\"\n"},
	} {
		rt := runtimeWith(t, meerkat.New(), storeHolding(t, text))
		if _, err := rt.Operate(t.Context(), c.operations, runtime.Write{}); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(c.want, string(get(t, rt).Text())); diff != "" {
			t.Errorf("%s: text (-want +got):\n%s", name, diff)
		}
	}
}

func mustPointer(t *testing.T, s string) tree.Pointer {
	t.Helper()
	p, err := tree.ParsePointer(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
