package tools_test

import (
	"strings"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/tools/policy"
)

// TestWrite_standIn sends what other programs show in the place of a secret, by every
// write: it must not be stored as the secret.
func TestWrite_standIn(t *testing.T) {
	const token = `"realmconf-secret:1:/tools/mcp_servers/0/env/TOKEN"`
	everything := allow(t, "exec,secret,network,path,posture")
	for _, standIn := range []string{"***", "••••", "[REDACTED]", "<redacted>", "xxxxxxxx"} {
		config := `{"tools":{"mcp_servers":[{"name":"git","command":"git-mcp","env":{"TOKEN":"` + standIn + `"}}]}}`
		for name, args := range map[string]string{
			"patch": `{"expected_generation":1,"patch":` + config + `}`, "set": `{"expected_generation":1,"config":` + config + `}`,
		} {
			wantStandIn(t, everything, name, args)
		}
		for _, op := range []string{`"op":"add"`, `"op":"replace"`} {
			wantStandIn(t, everything, "patch", `{"expected_generation":1,"operations":[{`+op+`,"path":"/tools/mcp_servers/0/env/TOKEN","value":"`+standIn+`"}]}`)
		}
	}
	c := clientOf(t, everything, oneServer)
	if _, err := c.tool("patch", `{"expected_generation":1,"operations":[{"op":"replace","path":"/tools/mcp_servers/0/env/TOKEN","value":`+token+`},{"op":"replace","path":"/agent/model","value":"n"}]}`); err != nil {
		t.Errorf("the token: %v", err)
	}
	if _, err := c.tool("patch", `{"expected_generation":2,"operations":[{"op":"replace","path":"/tools/mcp_servers/0/env/TOKEN","value":"${TOKEN}"}]}`); err != nil {
		t.Errorf("a reference: %v", err)
	}
	if reply := c.must(c.tool("get", `{"path":"/tools/mcp_servers/0/env/TOKEN"}`)); reply["value"] != "${TOKEN}" {
		t.Errorf("a reference is shown as %v", reply["value"])
	}
	// A generation that has one comes back as it was, with a warning.
	c = clientOf(t, everything, strings.Replace(oneServer, "canary", "***", 1), oneServer)
	reply := c.must(c.tool("rollback", `{"to":1,"expected_generation":2}`))
	if warnings, _ := reply["warnings"].([]any); len(warnings) != 1 || !strings.Contains(c.text(), "***") {
		t.Errorf("rolled back: got warnings %v and\n%s", warnings, c.text())
	}
}

const oneServer = `[agent]
model = "m"
[[tools.mcp_servers]]
name = "git"
command = "git-mcp"
env = { TOKEN = "canary" }
`

// wantStandIn calls a write as a tool and as a method.
func wantStandIn(t *testing.T, p policy.Policy, name, args string) {
	t.Helper()
	c := clientOf(t, p, oneServer)
	_, asTool := c.tool(name, args)
	_, asMethod := c.method(name, args)
	for _, err := range []error{asTool, asMethod} {
		f := fault.Of(err)
		if f == nil || f.Kind != fault.InvalidConfig || !strings.Contains(f.Message, "give the token that config_get shows here") || !strings.Contains(f.Message, "/tools/mcp_servers/0/env/TOKEN") {
			t.Errorf("%s %s: got %v", name, args, err)
		}
	}
	if c.text() != oneServer {
		t.Errorf("%s %s: the text has changed", name, args)
	}
}
