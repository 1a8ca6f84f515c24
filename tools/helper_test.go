package tools_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/tools"
	"realmconf/tools/policy"
)

// client calls the operations on one configuration in memory.
type client struct {
	t          testing.TB
	operations map[string]*tools.Operation
	store      store.Store
	resources  *tools.Resources
	rt         *runtime.Runtime
}

func newClient(t testing.TB) *client { return clientWith(t, policy.Policy{}) }

// allow returns a policy that allows the items of a list.
func allow(t testing.TB, list string) policy.Policy {
	t.Helper()
	var p policy.Policy
	if err := p.Allow.UnmarshalText([]byte(list)); err != nil {
		t.Fatal(err)
	}
	return p
}

// clientWith returns a client of an empty configuration under a policy.
func clientWith(t testing.TB, p policy.Policy) *client {
	t.Helper()
	c := &client{t: t, operations: map[string]*tools.Operation{}, store: memory.New()}
	rt := runtime.New(func(context.Context) (store.Store, error) { return c.store, nil }, meerkat.New())
	t.Cleanup(rt.Close)
	c.rt = rt
	operations := tools.New(rt, meerkat.New(), p)
	c.resources = operations.Resources()
	for _, o := range operations.All() {
		c.operations[string(o.Name)] = o
	}
	return c
}

func params(t testing.TB, text string) tree.Object {
	t.Helper()
	o, err := tree.DecodeObjectUnlimited([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func (c *client) method(name, text string) (tree.Object, error) {
	c.t.Helper()
	raw, err := c.operations[name].Call(c.t.Context(), tools.Caller{Surface: store.RPC}, params(c.t, text))
	return c.decoded(raw), err
}

func (c *client) tool(name, text string) (tree.Object, error) {
	c.t.Helper()
	raw, err := c.operations[name].CallTool(c.t.Context(), tools.Caller{Surface: store.Tool}, params(c.t, text))
	return c.decoded(raw), err
}

func (c *client) decoded(raw json.RawMessage) tree.Object {
	c.t.Helper()
	if raw == nil {
		return nil
	}
	return params(c.t, string(raw))
}

// must returns the reply to a call that succeeds.
func (c *client) must(reply tree.Object, err error) tree.Object {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
	return reply
}

// toolAsking calls a tool for a person who gives an answer.
func (c *client) toolAsking(name, text string, answer func(policy.Question) (policy.Answer, error)) (tree.Object, error) {
	c.t.Helper()
	caller := tools.Caller{Name: "editor", Version: "3", Surface: store.Tool, Era: "2026-07-28"}
	caller.Ask = func(_ context.Context, q policy.Question) (policy.Answer, error) { return answer(q) }
	raw, err := c.operations[name].CallTool(c.t.Context(), caller, params(c.t, text))
	return c.decoded(raw), err
}

// guarded is a configuration with fields of every risk class.
const guarded = `# keep out
[agent]
model = "m"
system_prompt = "be careful"

[shell]
program = "nu"
security_mode = "deny_list"
security_patterns = ["rm *", "sudo *"]

[tools]
shell_enabled = false

[[tools.mcp_servers]]
name = "git"
command = "git-mcp"
args = ["--read-only"]
env = { TOKEN = "canary-env" }

[[tools.mcp_servers]]
name = "web"
url = "https://mcp.example/api"
headers = { Authorization = "canary-header" }

[[hooks.entries]]
id = "audit"
point = "pre_tool_execution"
capability = "guardrail"
runtime = { type = "command", command = "audit", args = ["--strict"] }

[[hooks.entries]]
id = "lint"
runtime = { type = "http", url = "https://lint.example/hook" }

[budget]
max_tool_calls = 10

[comms]
auth = "ed25519"

[rest]
host = "127.0.0.1"
port = 8080

[realm.team]
default_binding = "main"

[realm.team.backend.main]
provider = "openai"
backend_kind = "openai_api"
base_url = "https://user:canary-userinfo@api.example/v1?key=canary-query"
options = { organisation = "canary-option" }

[realm.team.backend.lab]
provider = "openai"
backend_kind = "openai_api"
base_url = "http://lab.example"

[realm.team.auth.main]
provider = "openai"
auth_method = "api_key"

[realm.team.auth.main.source]
kind = "inline_secret"
secret = "canary-inline"

[realm.team.auth.lab]
provider = "openai"
auth_method = "api_key"

[realm.team.auth.lab.source]
kind = "env"
env = "LAB_KEY"

[realm.team.binding.main]
backend_profile = "main"
auth_profile = "main"
`

// clientOf returns a client of a configuration with a generation for each text,
// from 1 on.
func clientOf(t testing.TB, p policy.Policy, texts ...string) *client {
	t.Helper()
	c := clientWith(t, p)
	for _, text := range texts {
		c.appendText(text)
	}
	return c
}

// appendText makes a text the next generation, as another program does.
func (c *client) appendText(text string) {
	c.t.Helper()
	c.append(store.Record{Operation: store.External, Text: []byte(text)})
}

// append makes a record with a text the next generation.
func (c *client) append(record store.Record) {
	c.t.Helper()
	state, err := c.store.Load(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	record.Version = store.Version{Generation: state.Next, Digest: store.DigestOf(record.Text)}
	record.Parent, record.CommitID, record.Time = state.Version, "another program's", time.Unix(0, 0)
	if err := c.store.CompareAndSwap(c.t.Context(), state.Version, []store.Record{record}); err != nil {
		c.t.Fatal(err)
	}
}

// text returns the current text.
func (c *client) text() string {
	c.t.Helper()
	state, err := c.store.Load(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	return string(state.Text)
}

// kindOf returns the kind of an error's fault, "" for no error.
func kindOf(err error) string {
	if f := fault.Of(err); f != nil {
		return string(f.Kind)
	}
	return ""
}
