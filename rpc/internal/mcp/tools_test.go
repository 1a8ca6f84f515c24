package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools"
)

func TestListTools(t *testing.T) {
	want := `{"id":1,"jsonrpc":"2.0","result":{"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"realmconf","title":"Realm configuration","version":"1.2.3"}},"cacheScope":"public","resultType":"complete","tools":[` +
		`{"annotations":{"openWorldHint":false,"readOnlyHint":true,"title":"Read"},"description":"Reads.","inputSchema":{"type":"object"},"name":"config_get","outputSchema":{"type":"object"},"title":"Read"},` +
		`{"annotations":{"destructiveHint":true,"idempotentHint":false,"openWorldHint":false,"readOnlyHint":false,"title":"Write"},"description":"Writes.","inputSchema":{"type":"object"},"name":"config_set","outputSchema":{"type":"object"},"title":"Write"}` +
		`],"ttlMs":3600000}}`
	c, opts := catalogOf(echo, echo), settings{Options: Options{Version: "1.2.3"}}
	if got := ask(t, c, opts, line("tools/list", modernMeta, "")); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if got := ask(t, c, opts, line("tools/list", modernMeta, `"cursor":null`)); got != want {
		t.Errorf("null cursor: got %s\nwant %s", got, want)
	}
	if got := ask(t, c, opts, line("tools/list", modernMeta, `"cursor":""`)); got != want {
		t.Errorf("empty cursor: got %s\nwant %s", got, want)
	}
	for _, cursor := range []string{`"2"`, `1`} {
		if _, code, _, _ := outcome(t, ask(t, c, opts, line("tools/list", modernMeta, `"cursor":`+cursor))); code != -32602 {
			t.Errorf("cursor %s: got code %d, want -32602", cursor, code)
		}
	}
}

func TestDiscover(t *testing.T) {
	want := `{"id":1,"jsonrpc":"2.0","result":{"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"realmconf","title":"Realm configuration","version":"devel"}},"cacheScope":"private","capabilities":{"extensions":{"io.realmconf/config-methods":{"methods":["config/get","config/set"]},"io.realmconf/diagnostic":{}},"tools":{}},"instructions":"Read, then write.","resultType":"complete","supportedVersions":["2026-07-28","2025-11-25","2025-06-18","2025-03-26","2024-11-05"],"ttlMs":3600000}}`
	if got := ask(t, catalogOf(echo, echo), settings{}, line("server/discover", modernMeta, "")); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestInitialize(t *testing.T) {
	const extensions = `{"io.realmconf/config-methods":{"methods":["config/get","config/set"]},"io.realmconf/diagnostic":{}}`
	want := `{"id":1,"jsonrpc":"2.0","result":{"capabilities":{"experimental":` + extensions + `,"extensions":` + extensions + `,"tools":{}},"instructions":"Read, then write.","protocolVersion":"2025-03-26","serverInfo":{"name":"realmconf","version":"devel"}}}`
	got := ask(t, catalogOf(echo, echo), settings{}, line("initialize", "", `"protocolVersion":"2025-03-26"`))
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestCapabilities_diagnosticNever(t *testing.T) {
	for _, request := range []string{line("initialize", "", ""), line("server/discover", modernMeta, "")} {
		for mode, want := range map[DiagnosticMode]bool{Negotiate: true, Always: true, Never: false} {
			got := strings.Contains(ask(t, catalogOf(echo, echo), settings{Options: Options{Diagnostic: mode}}, request), "io.realmconf/diagnostic")
			if got != want {
				t.Errorf("%s\nmode %d: offered %t, want %t", request, mode, got, want)
			}
		}
	}
}

func TestBeginTool(t *testing.T) {
	const serverInfo = `"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"realmconf","title":"Realm configuration","version":"devel"}}`
	refuse := func(_ context.Context, _ tools.Caller, params tree.Object) (json.RawMessage, error) {
		switch params["how"] {
		case "conflict":
			return nil, fault.New(fault.GenerationConflict, "generation 1 expected, 2 is current: read again").With("current", 2)
		case "params":
			return nil, fault.New(fault.InvalidParams, "no such parameter: leave it out")
		case "cancelled":
			return nil, context.Canceled
		default:
			return nil, errors.New("a mistake with hunter2 in it")
		}
	}
	const next = `name the parameters that tools/list shows for the tool, as in {\"path\":\"/rest\"}, or leave arguments out`
	c := catalogOf(echo, refuse)
	for _, tt := range []struct{ name, line, want string }{
		{"result", line("tools/call", modernMeta, `"name":"config_get","arguments":{"path":"/a","x":"<\""}`),
			`"result":{` + serverInfo + `,"content":[{"text":"{\"path\":\"/a\",\"x\":\"<\\\"\"}","type":"text"}],"resultType":"complete","structuredContent":{"path":"/a","x":"<\""}}`},
		{"no arguments", line("tools/call", modernMeta, `"name":"config_get"`),
			`"result":{` + serverInfo + `,"content":[{"text":"{}","type":"text"}],"resultType":"complete","structuredContent":{}}`},
		{"refusal", line("tools/call", modernMeta, `"name":"config_set","arguments":{"how":"conflict"}`),
			`"result":{` + serverInfo + `,"content":[{"text":"generation 1 expected, 2 is current: read again\n","type":"text"},{"text":"{\"current\":2,\"kind\":\"generation_conflict\"}","type":"text"}],"isError":true,"resultType":"complete"}`},
		{"wrong arguments", line("tools/call", modernMeta, `"name":"config_set","arguments":{"how":"params"}`),
			`"result":{` + serverInfo + `,"content":[{"text":"no such parameter: leave it out\n","type":"text"},{"text":"{\"kind\":\"invalid_params\"}","type":"text"}],"isError":true,"resultType":"complete"}`},
		{"an internal error", line("tools/call", modernMeta, `"name":"config_set"`),
			`"error":{"code":-32603,"data":{"kind":"internal"},"message":"this is a mistake in realmconf, not in the request: please report it"}`},
		{"cancelled", line("tools/call", modernMeta, `"name":"config_set","arguments":{"how":"cancelled"}`),
			`"error":{"code":-32800,"data":{"kind":"cancelled"},"message":"the request was cancelled before anything was changed"}`},
		{"unknown tool", line("tools/call", modernMeta, `"name":"config_gte"`),
			`"error":{"code":-32602,"data":{"kind":"invalid_params"},"message":"no tool \"config_gte\": did you mean config_get?"}`},
		{"another word", line("tools/call", modernMeta, `"name":"config_watch"`),
			`"error":{"code":-32602,"data":{"kind":"invalid_params"},"message":"no tool \"config_watch\": there are config_get and config_set"}`},
		{"far from any tool", line("tools/call", modernMeta, `"name":"weather"`),
			`"error":{"code":-32602,"data":{"kind":"invalid_params"},"message":"no tool \"weather\": there are config_get and config_set"}`},
		{"no name", line("tools/call", modernMeta, ""),
			`"error":{"code":-32602,"data":{"kind":"invalid_params"},"message":"name must be a string: it names the tool"}`},
		{"name is a number", line("tools/call", modernMeta, `"name":1`),
			`"error":{"code":-32602,"data":{"kind":"invalid_params"},"message":"name must be a string: it names the tool"}`},
		{"arguments are a list", line("tools/call", modernMeta, `"name":"config_get","arguments":[]`),
			`"error":{"code":-32602,"data":{"kind":"invalid_params"},"message":"arguments must be an object, not array: ` + next + `"}`},
		{"arguments are text", line("tools/call", modernMeta, `"name":"config_get","arguments":"no object"`),
			`"error":{"code":-32602,"data":{"kind":"invalid_params"},"message":"arguments must be an object, not string: ` + next + `"}`},
		{"arguments are the text of a text", line("tools/call", modernMeta, `"name":"config_get","arguments":"\"{}\""`),
			`"error":{"code":-32602,"data":{"kind":"invalid_params"},"message":"arguments must be an object, not string: ` + next + `"}`},
		{"arguments are the text of an object", line("tools/call", modernMeta, `"name":"config_get","arguments":"{\"path\":\"/a\"}"`),
			`"result":{` + serverInfo + `,"content":[{"text":"{\"path\":\"/a\"}","type":"text"}],"resultType":"complete","structuredContent":{"path":"/a"}}`},
		{"arguments are null", line("tools/call", modernMeta, `"name":"config_get","arguments":null`),
			`"error":{"code":-32602,"data":{"kind":"invalid_params"},"message":"arguments must be an object, not null: ` + next + `"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ask(t, c, settings{}, tt.line)
			want := `{"id":1,"jsonrpc":"2.0",` + tt.want + `}`
			if strings.HasPrefix(tt.want, `"error"`) {
				want = `{` + tt.want + `,"id":1,"jsonrpc":"2.0"}`
			}
			if got != want {
				t.Errorf("got %s\nwant %s", got, want)
			}
		})
	}
}

// TestBeginOperation_errorCodes expects a number for every kind of fault, on which
// programs may switch.
func TestBeginOperation_errorCodes(t *testing.T) {
	numbers := map[fault.Kind]int{
		fault.ParseError: -32700, fault.InvalidRequest: -32600, fault.MethodNotFound: -32601, fault.InvalidParams: -32602,
		fault.Internal: -32603, fault.Cancelled: -32800, fault.GenerationConflict: 1001, fault.InvalidConfig: 1002,
		fault.ApprovalRequired: 1003, fault.ReadOnly: 1004, fault.LockTimeout: 1005, fault.CorruptConfig: 1006, fault.Storage: 1007,
		fault.OutcomeUnknown: 1008, fault.NotFound: 1009, fault.TooLarge: 1010, fault.WouldDrop: 1011, fault.Busy: 1012,
	}
	for kind, want := range numbers {
		refuse := func(context.Context, tools.Caller, tree.Object) (json.RawMessage, error) {
			return nil, fault.New(kind, "no: stop").With("more", []any{1}).Because(errors.New("hunter2"))
		}
		got := ask(t, catalogOf(refuse, refuse), settings{}, line("config/get", "", ""))
		data := string(tree.Append(nil, tree.Object{"code": want, "data": tree.Object{"kind": string(kind), "more": []any{1}}, "message": "no: stop"}))
		if got != `{"error":`+data+`,"id":1,"jsonrpc":"2.0"}` {
			t.Errorf("%s: got %s", kind, got)
		}
	}
}

// TestAddMembers_bytes expects the bytes of a result to stay when the members of
// MCP 2026-07-28 are added.
func TestAddMembers_bytes(t *testing.T) {
	reply := func(context.Context, tools.Caller, tree.Object) (json.RawMessage, error) {
		return json.RawMessage(`{"config":{"b":1.50,"a":"\u003c"},"resolved_paths":{},"warnings":[]}`), nil
	}
	got := ask(t, catalogOf(reply, reply), settings{}, line("config/get", modernMeta, ""))
	want := `{"id":1,"jsonrpc":"2.0","result":{"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"realmconf","title":"Realm configuration","version":"devel"}},"config":{"b":1.50,"a":"\u003c"},"resolved_paths":{},"resultType":"complete","warnings":[]}}`
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}
