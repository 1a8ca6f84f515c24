package tools_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools"
)

// teamRealm is a configuration as a team has it.
const teamRealm = `[agent]
model = "gpt-5.5" # chosen by Ana
system_prompt = "You are a helpful assistant of the shop team. Be brief, be kind, and never promise a delivery date."

[rest]
port = 9000

[retry]
max_retries = 4

[realm.team.auth.main]
provider = "anthropic"
auth_method = "api_key"
source = { kind = "env", env = "ANTHROPIC_API_KEY" }

# the lab's own machine
[self_hosted.servers.lab]
base_url = "http://lab:8000" # in the basement

[self_hosted.models.llama]
server = "lab"
remote_model = "llama-4"
display_name = "Llama"
family = "llama"

[[hooks.entries]]
id = "audit"
point = "post_tool_execution"
runtime = { type = "command", command = "audit.sh" } # writes the log

[[hooks.entries]]
id = "lint"
point = "pre_tool_execution"
runtime = { type = "command", command = "lint.sh" }

[[hooks.entries]]
id = "notify"
point = "run_completed"
runtime = { type = "http", url = "https://hooks.example.com/x" }

[[tools.mcp_servers]]
name = "github"
command = "github-mcp"
args = ["--read-only"]
env = { GITHUB_TOKEN = "ghp_secret" }
`

// taskCall is a call of a tool. In its arguments, GEN is the current generation.
type taskCall struct {
	tool, args string
	kind       fault.Kind // "" if it succeeds
}

// TestTools_tasks does what users ask of agents, with the calls to which the texts of
// the tools lead, and limits the bytes of the replies of each task: an agent reads and
// pays for each of them. The calls of a task follow one another on one configuration.
func TestTools_tasks(t *testing.T) {
	c := clientOf(t, allow(t, "exec,secret,network,path,posture"), teamRealm)
	byHand := func(old, new string) func() {
		return func() { c.appendText(strings.Replace(c.text(), old, new, 1)) }
	}
	for _, task := range []struct {
		name  string
		most  int // bytes of all replies
		calls []taskCall
		after func() // what another program does after the first call
	}{
		{"change the model", 320, []taskCall{
			{"get", `{"path":"/agent/model"}`, ""},
			{"patch", `{"patch":{"agent":{"model":"gpt-5.5-mini"}},"expected_generation":GEN,"reason":"cheaper"}`, ""},
		}, nil},
		{"set up a provider key", 2300, []taskCall{
			{"schema", `{"query":"set up a provider api key"}`, ""},
			{"patch", `{"patch":{"realm":{"team":{"auth":{"openai":{"provider":"openai","auth_method":"api_key","source":{"kind":"env","env":"OPENAI_API_KEY"}}}}}},"expected_generation":GEN}`, ""},
		}, nil},
		{"turn web search off", 1250, []taskCall{
			{"schema", `{"query":"web search"}`, ""},
			{"patch", `{"patch":{"provider_tools":{"openai":{"web_search":false}}},"expected_generation":GEN}`, ""},
		}, nil},
		{"who changed the model", 400, []taskCall{{"history", `{"path":"/agent/model"}`, ""}}, nil},
		{"undo the change of the model", 220, []taskCall{{"revert", `{"generation":2,"expected_generation":GEN}`, ""}}, nil},
		{"raise the retries while somebody else writes", 750, []taskCall{
			{"get", `{"path":"/retry/max_retries"}`, ""},
			{"patch", `{"patch":{"retry":{"max_retries":5}},"expected_generation":5}`, fault.GenerationConflict},
			{"patch", `{"patch":{"retry":{"max_retries":5}},"expected_generation":6}`, ""},
		}, byHand("port = 9000", "port = 9001")},
		{"raise them if nothing overlaps", 520, []taskCall{
			{"get", `{"path":"/retry/max_retries"}`, ""},
			{"patch", `{"patch":{"retry":{"max_retries":6}},"expected_generation":7,"if_overlap":"refuse"}`, ""},
		}, byHand("port = 9001", "port = 9002")},
		{"rename a server and what refers to it", 950, []taskCall{
			{"get", `{"path":"/self_hosted"}`, ""},
			{"patch", `{"operations":[{"op":"move","from":"/self_hosted/servers/lab","path":"/self_hosted/servers/basement"},{"op":"replace","path":"/self_hosted/models/llama/server","value":"basement"}],"expected_generation":GEN}`, ""},
		}, nil},
		{"put a hook last", 900, []taskCall{
			{"get", `{"path":"/hooks/entries"}`, ""},
			{"patch", `{"operations":[{"op":"move","from":"/hooks/entries/0","path":"/hooks/entries/-"}],"expected_generation":GEN}`, ""},
		}, nil},
		{"disable a hook", 230, []taskCall{{"patch", `{"operations":[{"op":"add","path":"/hooks/entries/1/enabled","value":false}],"expected_generation":GEN}`, ""}}, nil},
		{"add a tool server", 1000, []taskCall{
			{"schema", `{"path":"/tools/mcp_servers/0"}`, ""},
			{"patch", `{"operations":[{"op":"add","path":"/tools/mcp_servers/-","value":{"name":"files","command":"files-mcp","args":["--root","."]}}],"expected_generation":GEN}`, ""},
		}, nil},
		{"correct a misspelt key", 550, []taskCall{
			{"patch", `{"patch":{"agent":{"max_turn":30}},"expected_generation":GEN}`, fault.InvalidConfig},
			{"patch", `{"patch":{"agent":{"max_turns":30}},"expected_generation":GEN}`, ""},
		}, nil},
		{"correct a wrong value", 450, []taskCall{
			{"patch", `{"patch":{"rest":{"port":"many"}},"expected_generation":GEN}`, fault.InvalidConfig},
			{"patch", `{"patch":{"rest":{"port":9100}},"expected_generation":GEN}`, ""},
		}, nil},
		{"give one tool more time", 1250, []taskCall{
			{"schema", `{"query":"timeout of one tool"}`, ""},
			{"patch", `{"patch":{"tools":{"tool_timeouts":{"fetch":"45s"}}},"expected_generation":GEN}`, ""},
		}, nil},
		{"what changed since generation 8", 2500, []taskCall{{"history", `{"since":8}`, ""}, {"diff", `{"from":8}`, ""}}, nil},
		{"append a hook after a list in a patch", 650, []taskCall{
			{"patch", `{"patch":{"hooks":{"entries":[{"id":"extra","runtime":{"type":"command","command":"x.sh"}}]}},"expected_generation":GEN}`, fault.WouldDrop},
			{"patch", `{"operations":[{"op":"add","path":"/hooks/entries/-","value":{"id":"extra","runtime":{"type":"command","command":"x.sh"}}}],"expected_generation":GEN}`, ""},
		}, nil},
		{"read everything", 4800, []taskCall{{"get", `{}`, ""}}, nil},
		{"preview a rollback", 1000, []taskCall{{"rollback", `{"to":10,"expected_generation":GEN,"dry_run":true}`, ""}}, nil},
		{"find one of 300 hooks", 2800, []taskCall{
			{"get", `{"path":"/agent/model"}`, ""},
			{"get", `{"path":"/hooks/entries"}`, fault.TooLarge},
			{"get", `{"path":"/hooks/entries/250"}`, ""},
		}, func() {
			var b strings.Builder
			for i := range 300 {
				fmt.Fprintf(&b, "[[hooks.entries]]\nid = \"h%d\"\npoint = \"run_completed\"\nruntime = { type = \"http\", url = \"https://hooks.example.com/%[1]d\" }\n", i)
			}
			c.appendText(b.String())
		}},
		{"repair a broken file", 1000, []taskCall{
			{"get", `{"path":"/rest/port"}`, ""},
			{"get", `{"path":"/agent/model"}`, fault.CorruptConfig},
			{"rollback", `{"to":18,"expected_generation":19}`, fault.ApprovalRequired},
		}, func() { c.appendText("broken = \"C:\\Users\\x\"\n") }},
	} {
		size := 0
		for i, call := range task.calls {
			n, err := c.reply(call)
			if kindOf(err) != string(call.kind) {
				t.Errorf("%s: %s: got %v, want kind %q", task.name, call.args, err, call.kind)
			}
			size += n
			if i == 0 && task.after != nil {
				task.after()
			}
		}
		if size > task.most {
			t.Errorf("%s: the replies have %d bytes, want at most %d", task.name, size, task.most)
		}
	}
}

// reply does a call, and returns the number of bytes that a model reads, of a refusal
// those of its text and its data, and the error.
func (c *client) reply(call taskCall) (int, error) {
	c.t.Helper()
	args := call.args
	if strings.Contains(args, "GEN") {
		state, err := c.store.Load(c.t.Context())
		if err != nil {
			c.t.Fatal(err)
		}
		args = strings.ReplaceAll(args, "GEN", fmt.Sprint(state.Version.Generation))
	}
	var raw json.RawMessage
	raw, err := c.operations[call.tool].CallTool(c.t.Context(), tools.Caller{Surface: store.Tool, Name: "assistant"}, params(c.t, args))
	if f := fault.Of(err); f != nil {
		data := tree.Object{"kind": string(f.Kind)}
		for name, v := range f.Data {
			data[name] = v
		}
		return len(f.Message) + len("\n") + len(tree.Append(nil, data)), err
	}
	return len(raw), nil
}
