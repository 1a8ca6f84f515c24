package tools_test

import (
	"fmt"
	"strings"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// TestWrite_takenAsSent: values in the forms in which programs send them are what
// they mean, and mistakes stay mistakes.
func TestWrite_takenAsSent(t *testing.T) {
	const before = "[rest]\nport = 1\n"
	const port = "[rest]\nport = 9000\n"
	for _, tt := range []struct{ name, args, want string }{ // want is the text, or with "!" a part of the error
		{"a whole float", `{"patch":{"rest":{"port":9000.0}}}`, port},
		{"a whole float in an operation", `{"operations":[{"op":"replace","path":"/rest/port","value":9e3}]}`, port},
		{"a fraction", `{"patch":{"rest":{"port":9000.5}}}`, "!/rest/port: expected integer, got number"},
		{"a whole generation", `{"expected_generation":1.0,"patch":{"rest":{"port":9000}}}`, port},
		{"a fraction of a generation", `{"expected_generation":1.5,"patch":{"rest":{"port":9000}}}`, "!must be an integer, without a fraction"},
		{"null for parameters", `{"patch":{"rest":{"port":9000}},"operations":null,"dry_run":null,"reason":null,"allow_drop":null,"return":null,"if_overlap":null}`, port},
		{"a null generation", `{"expected_generation":null,"patch":{"rest":{"port":9000}}}`, `!needs parameter "expected_generation"`},
		{"empty operations beside a patch", `{"patch":{"rest":{"port":9000}},"operations":[]}`, port},
		{"an empty patch beside operations", `{"patch":{},"operations":[{"op":"replace","path":"/rest/port","value":9000}]}`, port},
		{"both", `{"patch":{"rest":{"port":9000}},"operations":[{"op":"replace","path":"/rest/port","value":9000}]}`, "!give exactly one"},
		{"unknown members of an operation", `{"operations":[{"op":"replace","path":"/rest/port","value":9000,"from":"/agent","comment":"x"}]}`, port},
		{"a duration of a tool", `{"patch":{"tools":{"tool_timeouts":{"a":"1m 2s"}}}}`, before + "\n[tools.tool_timeouts.a]\nnanos = 0\nsecs = 62\n"},
		{"a duration of a tool in an operation", `{"operations":[{"op":"add","path":"/tools/tool_timeouts/a","value":"2s"}]}`, before + "\n[tools.tool_timeouts.a]\nnanos = 0\nsecs = 2\n"},
		{"no duration", `{"patch":{"tools":{"tool_timeouts":{"a":"2 parsecs"}}}}`, "!/tools/tool_timeouts/a: expected object"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := clientOf(t, allow(t, "exec,network,path,posture,secret"), before)
			args := params(t, tt.args)
			if _, given := args["expected_generation"]; !given {
				args["expected_generation"] = int64(1)
			}
			_, f := c.call("patch", args)
			if text, refused := strings.CutPrefix(tt.want, "!"); refused {
				if f == nil || !strings.Contains(f.Message, text) || c.text() != before {
					t.Errorf("got %v, want %q", f, text)
				}
			} else if f != nil || c.text() != tt.want {
				t.Errorf("%v, got\n%s\nwant\n%s", f, c.text(), tt.want)
			}
		})
	}
	c := clientOf(t, allow(t, "network"), before)
	if _, err := c.method("patch", `{"expected_generation":null,"patch":{"rest":{"port":9000}}}`); err != nil || c.text() != port {
		t.Errorf("a method without a generation: %v", err)
	}
	if _, err := c.method("get", `{"path":null,"view":null,"offset":null}`); err != nil {
		t.Errorf("a read with nulls: %v", err)
	}
	if _, err := c.method("set", `{"config":null}`); !fault.Is(err, fault.InvalidParams) {
		t.Errorf("a null configuration: got %v", err)
	}
}

// TestPatch_listAsShown sends each list back as a read shows it, with its defaults and
// nulls: not a byte changes. With one entry changed, only that changes.
func TestPatch_listAsShown(t *testing.T) {
	for _, path := range []string{"/hooks/entries", "/tools/mcp_servers", "/shell/security_patterns"} {
		for _, view := range []string{"resolved", "stored"} {
			c := clientOf(t, allow(t, "exec,network,path,posture,secret"), guarded)
			send := func(list any, generation any) *fault.Fault {
				p, err := tree.ParsePointer(path)
				if err != nil {
					t.Fatal(err)
				}
				for i := len(p) - 1; i >= 0; i-- {
					list = tree.Object{p[i]: list}
				}
				_, f := c.call("patch", tree.Object{"patch": list, "expected_generation": generation})
				return f
			}
			reply, err := c.tool("get", fmt.Sprintf(`{"path":%q,"view":%q}`, path, view))
			if err != nil {
				t.Fatal(err)
			}
			list := reply["value"].([]any)
			if f := send(list, reply["generation"]); f != nil || c.text() != guarded {
				t.Errorf("%s, %s: %v, got\n%s", path, view, f, c.text())
			}
			entry, isObject := list[0].(tree.Object)
			if !isObject {
				continue
			}
			name := map[string]string{"/hooks/entries": "point", "/tools/mcp_servers": "command"}[path]
			old := entry[name].(string)
			entry[name] = map[string]string{"/hooks/entries": "run_started", "/tools/mcp_servers": "other"}[path]
			want := strings.Replace(guarded, fmt.Sprintf("%s = %q", name, old), fmt.Sprintf("%s = %q", name, entry[name]), 1)
			if f := send(list, reply["generation"]); f != nil || c.text() != want {
				t.Errorf("%s, %s, one entry changed: %v, got\n%s", path, view, f, c.text())
			}
		}
	}
}
