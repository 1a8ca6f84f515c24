package tools_test

import (
	"strings"
	"testing"
)

// carried is a configuration with mistakes and unknown keys of every form.
const carried = `top = 1
text = "canary-top"
list = [1, [2], { a = "x" }]

[agnt]
model = "m"
deep.er.still = [ { k = "v" }, { k = "w" } ]

[agent]
modle = "m"
temperature = "warm"
max_turns = 1.5

[rest]
port = "many"
extra = { a = 1, b = { c = true } }

[[hooks.entries]]
id = "a"
tiemout = 5
runtime = { type = "command", comand = "x" }

[[hooks.entries]]
id = "b"
runtime = { type = "nothing", x = 1 }

[[tools.mcp_servers]]
name = "s"
[tools.mcp_servers.nested]
a = 1

[realm.team]
defualt = "x"
[realm.team.auth.main]
provider = "openai"
auth_method = "api_key"
source = { kind = "inline", secret = "canary", other = [1, 2] }

[shell]
allowlist = ["a", 5]

[models.mine]
provdier = "openai"
`

// TestPatch_removesWhatIsInTheFile removes each place of a configuration full of
// mistakes, by a null and by an operation. A removal makes no new mistake, so
// it must work; a place that a mistake elsewhere needs is not here.
func TestPatch_removesWhatIsInTheFile(t *testing.T) {
	const allowAll = "exec,secret,network,path,posture"
	for _, path := range []string{
		"/top", "/text", "/list", "/list/0", "/list/1", "/list/1/0", "/list/2", "/list/2/a",
		"/agnt", "/agnt/model", "/agnt/deep", "/agnt/deep/er", "/agnt/deep/er/still", "/agnt/deep/er/still/0", "/agnt/deep/er/still/1/k",
		"/agent", "/agent/modle", "/agent/temperature", "/agent/max_turns",
		"/rest", "/rest/port", "/rest/extra", "/rest/extra/a", "/rest/extra/b", "/rest/extra/b/c",
		"/hooks", "/hooks/entries", "/hooks/entries/0", "/hooks/entries/0/tiemout", "/hooks/entries/0/runtime", "/hooks/entries/0/runtime/comand",
		"/hooks/entries/1", "/hooks/entries/1/runtime", "/hooks/entries/1/runtime/x",
		"/tools/mcp_servers", "/tools/mcp_servers/0", "/tools/mcp_servers/0/nested", "/tools/mcp_servers/0/nested/a",
		"/realm", "/realm/team", "/realm/team/defualt", "/realm/team/auth", "/realm/team/auth/main", "/realm/team/auth/main/source/other", "/realm/team/auth/main/source/other/0", "/realm/team/auth/main/source/secret",
		"/shell", "/models", "/models/mine", "/models/mine/provdier",
	} {
		for _, how := range []string{"operation", "null"} {
			tokens := strings.Split(path, "/")[1:]
			args := `{"operations":[{"op":"remove","path":"` + path + `"}],"expected_generation":1,"allow_drop":[]}`
			if how == "null" {
				if strings.ContainsAny(path, "0123456789") {
					continue // a patch does not reach into lists
				}
				args = `{"patch":`
				for _, token := range tokens {
					args += `{"` + token + `":`
				}
				args += "null" + strings.Repeat("}", len(tokens)) + `,"expected_generation":1}`
			}
			c := clientOf(t, allow(t, allowAll), carried)
			if reply, err := c.tool("patch", args); err != nil || reply["changed"] != true {
				t.Errorf("%s of %s: got %v %v", how, path, reply["changed"], err)
			}
		}
	}
}
