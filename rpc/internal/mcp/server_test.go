package mcp

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"realmconf/schema/tree"
)

// The parts of requests.
const (
	handshake  = `{"jsonrpc":"2.0","id":"init","method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"old","version":"1"}}}` + "\n"
	version    = `"io.modelcontextprotocol/protocolVersion":"2026-07-28"`
	caps       = `"io.modelcontextprotocol/clientCapabilities":{}`
	modernMeta = version + "," + caps
)

// line returns a request with the members meta in _meta, and more in params.
func line(method, meta, more string) string {
	params := more
	if meta != "" {
		params = strings.TrimSuffix(`"_meta":{`+meta+`},`+more, ",")
	}
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":%q,"params":{%s}}`, method, params)
}

// TestBegin_eras tests the rules by which a request gets its revision and its
// method.
func TestBegin_eras(t *testing.T) {
	for _, tt := range []struct {
		name   string
		before string // lines sent first
		line   string
		code   int64  // 0: a result
		text   string // a part of the message
		modern bool   // the result says that it is complete
	}{
		{name: "unknown version", line: line("tools/list", `"io.modelcontextprotocol/protocolVersion":"2027-03-01"`, ""), code: -32022, text: "2027-03-01"},
		{name: "unknown version before everything else", line: line("no/such", `"io.modelcontextprotocol/protocolVersion":"x","io.modelcontextprotocol/clientInfo":1`, ""), code: -32022, text: `"x"`},
		{name: "unknown version in initialize", line: line("initialize", `"io.modelcontextprotocol/protocolVersion":"x"`, ""), code: -32022, text: `"x"`},
		{name: "unknown version in config", line: line("config/get", `"io.modelcontextprotocol/protocolVersion":"x"`, ""), code: -32022, text: `"x"`},
		{name: "legacy version in _meta", line: line("tools/list", `"io.modelcontextprotocol/protocolVersion":"2025-11-25"`, ""), code: -32602, text: "initialize"},
		{name: "modernMeta of a legacy version after initialize", before: handshake, line: line("tools/list", `"io.modelcontextprotocol/protocolVersion":"2025-11-25",`+caps, "")},
		{name: "modernMeta of a legacy version in config", line: line("config/get", `"io.modelcontextprotocol/protocolVersion":"2024-11-05"`, "")},
		{name: "version is not a string", line: line("tools/list", `"io.modelcontextprotocol/protocolVersion":20260728`, ""), code: -32602, text: "must be a string"},
		{name: "no capabilities", line: line("server/discover", version, ""), code: -32602, text: "io.modelcontextprotocol/clientCapabilities"},
		{name: "capabilities are a list", line: line("server/discover", version+`,"io.modelcontextprotocol/clientCapabilities":[]`, ""), code: -32602, text: "must be an object"},
		{name: "extensions are a list", line: line("config/get", version+`,"io.modelcontextprotocol/clientCapabilities":{"extensions":[]}`, ""), code: -32602, text: "extensions"},
		{name: "clientInfo without version", line: line("tools/list", modernMeta+`,"io.modelcontextprotocol/clientInfo":{"name":"x"}`, ""), code: -32602, text: "clientInfo"},
		{name: "clientInfo is text", line: line("tools/list", modernMeta+`,"io.modelcontextprotocol/clientInfo":"x"`, ""), code: -32602, text: "clientInfo"},
		{name: "unknown log level", line: line("tools/list", modernMeta+`,"io.modelcontextprotocol/logLevel":"loud"`, ""), code: -32602, text: "log level"},
		{name: "log level", line: line("tools/list", modernMeta+`,"io.modelcontextprotocol/logLevel":"warning"`, ""), modern: true},
		{name: "legacy method with a revision", line: line("ping", modernMeta, ""), code: -32601, text: `"ping"`},
		{name: "initialize with a revision", line: line("initialize", modernMeta, ""), code: -32601, text: "2026-07-28"},
		{name: "initialize with a version alone", line: line("initialize", version, ""), code: -32601, text: "2026-07-28"},
		{name: "logging/setLevel with a revision", line: line("logging/setLevel", modernMeta, ""), code: -32601},
		{name: "resources/subscribe with a revision", before: handshake, line: line("resources/subscribe", modernMeta, ""), code: -32601},
		{name: "tasks with a revision", line: line("tasks/list", modernMeta, ""), code: -32601},
		{name: "discover", line: line("server/discover", modernMeta, ""), modern: true},
		{name: "discover after initialize", before: handshake, line: line("server/discover", modernMeta, ""), modern: true},
		{name: "tools/list with a revision", before: handshake, line: line("tools/list", modernMeta, ""), modern: true},
		{name: "resources/list with a revision", line: line("resources/list", modernMeta, ""), code: -32601, text: "not offered"},
		{name: "prompts/list with a revision", line: line("prompts/list", modernMeta, ""), code: -32601},
		{name: "listen with a revision", line: line("subscriptions/listen", modernMeta, ""), code: -32601},
		{name: "client keys without a revision", line: line("tools/list", caps, ""), code: -32602, text: "protocolVersion"},
		{name: "clientInfo without a revision", before: handshake, line: line("config/get", `"io.modelcontextprotocol/clientInfo":{"name":"a","version":"1"}`, ""), code: -32602, text: "protocolVersion"},
		{name: "other keys of the protocol", line: line("config/get", `"io.modelcontextprotocol/related-task":{},"progressToken":1`, "")},
		{name: "discover without a revision", line: line("server/discover", "", ""), code: -32602, text: "protocolVersion"},
		{name: "discover without a revision after initialize", before: handshake, line: line("server/discover", "", ""), code: -32602},
		{name: "listen without a revision", before: handshake, line: line("subscriptions/listen", "", ""), code: -32602},
		{name: "initialize", line: line("initialize", "", "")},
		{name: "initialize twice", before: handshake, line: line("initialize", "", `"protocolVersion":"2024-11-05"`)},
		{name: "initialize after discover", before: line("server/discover", modernMeta, "") + "\n", line: line("initialize", "", "")},
		{name: "initialize with a wrong _meta", line: `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"_meta":7,"capabilities":[],"clientInfo":"x","protocolVersion":3}}`},
		{name: "initialize with client keys", line: line("initialize", caps, "")},
		{name: "initialize without params", line: `{"jsonrpc":"2.0","id":1,"method":"initialize"}`},
		{name: "initialize with a list", line: `{"jsonrpc":"2.0","id":1,"method":"initialize","params":[]}`, code: -32602},
		{name: "ping", line: line("ping", "", "")},
		{name: "ping after initialize", before: handshake, line: line("ping", "", "")},
		{name: "config", line: line("config/get", "", "")},
		{name: "config after initialize", before: handshake, line: line("config/get", "", "")},
		{name: "config with a revision", line: line("config/get", modernMeta, ""), modern: true},
		{name: "tools/list after initialize", before: handshake, line: line("tools/list", "", "")},
		{name: "tools/list before initialize", line: line("tools/list", "", ""), code: -32602, text: "send initialize first, or _meta"},
		{name: "prompts/list before initialize", line: line("prompts/list", "", ""), code: -32602, text: "initialize"},
		{name: "prompts/list after initialize", before: handshake, line: line("prompts/list", "", ""), code: -32601},
		{name: "resources/subscribe after initialize", before: handshake, line: line("resources/subscribe", "", ""), code: -32601},
		{name: "logging/setLevel after initialize", before: handshake, line: line("logging/setLevel", "", ""), code: -32601},
		{name: "completion/complete after initialize", before: handshake, line: line("completion/complete", "", ""), code: -32601},
		{name: "unknown method", line: line("config/gett", "", ""), code: -32601, text: `no method "config/gett": did you mean config/get?`},
		{name: "unknown method with a revision", line: line("toolslist", modernMeta, ""), code: -32601, text: "did you mean tools/list?"},
		{name: "far from any method", line: line("eth_blockNumber", "", ""), code: -32601, text: "there are config/get, config/set, initialize, ping, server/discover, tools/call and tools/list"},
		{name: "unknown method with a list", line: `{"jsonrpc":"2.0","id":1,"method":"sum","params":[1,2]}`, code: -32601},
		{name: "known method with a list", line: `{"jsonrpc":"2.0","id":1,"method":"ping","params":[1,2]}`, code: -32602},
		{name: "empty method", line: line("", "", ""), code: -32601},
		{name: "long method", line: line(strings.Repeat("é", 1000), "", ""), code: -32601, text: strings.Repeat("é", 32) + `"…: there are`},
		{name: "notification with an id", line: line("notifications/initialized", "", ""), code: -32601},
		{name: "cancel request with an id", line: line("$/cancelRequest", "", ""), code: -32601},
		{name: "_meta is a list", line: `{"jsonrpc":"2.0","id":1,"method":"config/get","params":{"_meta":[]}}`, code: -32602, text: "_meta must be an object"},
		{name: "our client key without version", line: line("config/get", `"io.realmconf/client":{"name":"x"}`, ""), code: -32602, text: "io.realmconf/client"},
		{name: "our diagnostic key is true", line: line("config/get", `"io.realmconf/diagnostic":true`, ""), code: -32602, text: "io.realmconf/diagnostic"},
		{name: "the extension is true", line: line("config/get", version+`,"io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.realmconf/diagnostic":true}}`, ""), code: -32602, text: "io.realmconf/diagnostic"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			answers := talk(t, catalogOf(echo, echo), settings{}, tt.before+tt.line+"\n")
			if want := 1 + strings.Count(tt.before, "\n"); len(answers) != want {
				t.Fatalf("got %d answers, want %d: %q", len(answers), want, answers)
			}
			id, code, message, result := outcome(t, answers[len(answers)-1])
			if id != "1" || code != tt.code || !strings.Contains(message, tt.text) || (code == 0) != (result != nil) {
				t.Fatalf("got %s\nwant code %d and %q", answers[len(answers)-1], tt.code, tt.text)
			}
			_, marked := result["resultType"]
			name, _, _ := tree.Pointer{"_meta", keyServerInfo, "name"}.Get(result)
			if marked != tt.modern || (name == "realmconf") != tt.modern {
				t.Errorf("got resultType %t, server %v, want both %t", marked, name, tt.modern)
			}
		})
	}
}

// TestVersionError_supported expects the list from which clients choose.
func TestVersionError_supported(t *testing.T) {
	got := ask(t, catalogOf(echo, echo), settings{}, line("ping", `"io.modelcontextprotocol/protocolVersion":"1999-01-01"`, ""))
	want := `{"error":{"code":-32022,"data":{"requested":"1999-01-01","supported":["2026-07-28","2025-11-25","2025-06-18","2025-03-26","2024-11-05"]},"message":"protocol version \"1999-01-01\" is not supported: use one of data.supported"},"id":1,"jsonrpc":"2.0"}`
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// TestInitialize_revision expects the revision that the client asked for, or the
// newest.
func TestInitialize_revision(t *testing.T) {
	for asked, want := range map[string]string{
		`"2025-11-25"`: "2025-11-25",
		`"2025-06-18"`: "2025-06-18",
		`"2025-03-26"`: "2025-03-26",
		`"2024-11-05"`: "2024-11-05",
		`"2026-07-28"`: "2025-11-25",
		`"2024-10-07"`: "2025-11-25",
		`"1.0"`:        "2025-11-25",
		`null`:         "2025-11-25",
	} {
		_, _, _, result := outcome(t, ask(t, catalogOf(echo, echo), settings{}, line("initialize", "", `"protocolVersion":`+asked)))
		if got := result["protocolVersion"]; got != want {
			t.Errorf("%s: got %v, want %s", asked, got, want)
		}
	}
}

// TestRevision_members expects the members that each revision has.
func TestRevision_members(t *testing.T) {
	for revision, want := range map[string]string{
		"2024-11-05": "description inputSchema name | content | name version",
		"2025-03-26": "annotations description inputSchema name | content | name version",
		"2025-06-18": "annotations description inputSchema name outputSchema title | content structuredContent | name title version",
		"2025-11-25": "annotations description inputSchema name outputSchema title | content structuredContent | name title version",
	} {
		answers := talk(t, catalogOf(echo, echo), settings{},
			line("initialize", "", `"protocolVersion":"`+revision+`"`)+"\n"+line("tools/list", "", "")+"\n"+line("tools/call", "", `"name":"config_get"`))
		var parts []string
		for i, place := range []tree.Pointer{{"serverInfo"}, {"tools", "0"}, {}} {
			_, _, _, result := outcome(t, answers[i])
			v, _, _ := place.Get(result)
			var names []string
			for name := range v.(tree.Object) {
				names = append(names, name)
			}
			slices.Sort(names)
			parts = append(parts, strings.Join(names, " "))
		}
		if got := strings.Join([]string{parts[1], parts[2], parts[0]}, " | "); got != want {
			t.Errorf("%s: got %s, want %s", revision, got, want)
		}
	}
}
