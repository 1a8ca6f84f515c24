package runtime_test

// walkText has every list of the model and entries of its maps. A walk puts comments
// above and behind each line.
const walkText = `
[agent]
model = 'm'
temperature = 0.5
[rest]
port = 1
host = 'h'
[compaction]
recent_turn_budget = 5
[shell]
program = 'nu'
security_patterns = [
'rm *',
'sudo *',
'dd *',
]
[budget]
max_tokens = 7
[self_hosted.servers.lab]
base_url = 'http://lab'
transport = 'openai_compatible'
[self_hosted.servers.den]
base_url = 'http://den'
[self_hosted.models.small]
server = 'lab'
display_name = 'Small'
[presentation.html.templates.plain]
path = 'plain.html'
[realm.r]
default_binding = 'main'
[realm.r.backend.main]
provider = 'openai'
backend_kind = 'openai_api'
[realm.r.auth.main]
provider = 'openai'
auth_method = 'api_key'
source = { kind = 'env', env = 'KEY' }
[realm.r.binding.main]
backend_profile = 'main'
auth_profile = 'main'
[[tools.mcp_servers]]
name = 'git'
command = 'git-mcp'
args = [
'--all',
'--fast',
]
[tools.mcp_servers.env]
A = '1'
B = '2'
[[tools.mcp_servers]]
name = 'web'
connect_timeout_secs = 9
command = 'web-mcp'
[[tools.mcp_servers]]
command = 'x'
name = 'x'
[[hooks.entries]]
id = 'audit'
priority = 3
[hooks.entries.runtime]
type = 'command'
command = 'audit'
[[hooks.entries]]
id = 'lint'
[[hooks.entries]]
priority = 5
id = 'log'
[[skills.repositories]]
name = 'one'
source_uuid = '00000000-0000-4000-8000-000000000001'
type = 'filesystem'
path = '/one'
[[skills.repositories]]
source_uuid = '00000000-0000-4000-8000-000000000002'
name = 'two'
type = 'filesystem'
path = '/two'
[[model_fallback.chain]]
model = 'first'
provider = 'openai'
[[model_fallback.chain]]
model = 'second'
provider = 'gemini'
[[model_fallback.chain]]
model = 'third'
provider = 'anthropic'
`

// walkKeys are keys that a walk sets and removes, with values.
var walkKeys = map[string][]any{
	"/agent/model":                                      {"a", "b"},
	"/agent/temperature":                                {0.25, 0.75},
	"/agent/max_tokens_per_turn":                        {int64(8), int64(9)},
	"/agent/system_prompt":                              {"one\ntwo\n", "one\nthree\n"},
	"/rest/port":                                        {int64(2), int64(3)},
	"/rest/host":                                        {"i", "j"},
	"/retry/max_retries":                                {int64(8), int64(9)},
	"/retry/multiplier":                                 {1.5, 2.5},
	"/compaction/recent_turn_budget":                    {int64(6), int64(7)},
	"/compaction/max_summary_tokens":                    {int64(600), int64(700)},
	"/budget/max_tokens":                                {int64(8), int64(9)},
	"/budget/max_tool_calls":                            {int64(8), int64(9)},
	"/shell/program":                                    {"sh", "fish"},
	"/shell/timeout_secs":                               {int64(8), int64(9)},
	"/max_tokens":                                       {int64(800), int64(900)},
	"/store/database_dir":                               {"/a", "/b"},
	"/comms/address":                                    {"a:1", "b:2"},
	"/models/openai":                                    {"a", "b"},
	"/limits/max_sessions":                              {int64(8), int64(9)},
	"/self_hosted/servers/lab/base_url":                 {"http://a", "http://b"},
	"/self_hosted/servers/new/base_url":                 {"http://a", "http://b"},
	"/self_hosted/models/small/display_name":            {"a", "b"},
	"/presentation/html/templates/plain/path":           {"a", "b"},
	"/realm/r/auth/main/source/env":                     {"A", "B"},
	"/realm/other/parent":                               {"r", "global"},
	"/tools/tool_timeouts/search":                       {"2s", "3s"},
	"/provider_tools/openai/web_search":                 {true, false},
	"/skills/health_thresholds/degraded_failure_streak": {int64(4), int64(5)},
}

// walkLists are the lists that a walk changes: the member that names an entry, "" for
// plain values, and a member to change with values.
var walkLists = []struct {
	path, name, member string
	names              []any
	values             []any
}{
	{"/tools/mcp_servers", "name", "connect_timeout_secs", []any{"n1", "n2", "n3"}, []any{int64(4), int64(5)}},
	{"/hooks/entries", "id", "priority", []any{"i1", "i2", "i3"}, []any{int64(4), int64(5)}},
	{"/skills/repositories", "source_uuid", "path", []any{"00000000-0000-4000-8000-000000000003", "00000000-0000-4000-8000-000000000004"}, []any{"/a", "/b"}},
	{"/model_fallback/chain", "model", "provider", []any{"m1", "m2", "m3"}, []any{"openai", "gemini", "other"}},
	{"/shell/security_patterns", "", "", []any{"p1", "p2", "p3"}, nil},
	{"/tools/mcp_servers/0/args", "", "", []any{"a1", "a2", "a3"}, nil},
}

// walkMaps are the maps of which a walk renames, copies and removes entries.
var walkMaps = []string{
	"/self_hosted/servers", "/self_hosted/models", "/presentation/html/templates", "/realm/r/auth", "/realm/r/backend", "/realm/r/binding",
	"/realm", "/tools/mcp_servers/0/env", "/tools/mcp_servers/1/env",
}
