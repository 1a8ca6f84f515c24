package mcp

import (
	"fmt"
	"strings"
	"testing"

	"realmconf/schema/tree"
)

// TestRequest_caller expects the caller that the operations see, as
// name/version surface era policy.
func TestRequest_caller(t *testing.T) {
	const (
		clientKey     = `"io.realmconf/client":{"name":"script","version":"9"}`
		info          = `"io.modelcontextprotocol/clientInfo":{"name":"new","version":"2"}`
		asks          = version + `,"io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.realmconf/diagnostic":{}}}`
		diagnosticKey = `"io.realmconf/diagnostic":{}`
		getTool       = `"name":"config_get"`
	)
	initialize := func(capabilities string) string {
		return line("initialize", "", `"protocolVersion":"2025-06-18","clientInfo":{"name":"old","version":"1"},"capabilities":`+capabilities) + "\n"
	}
	for _, tt := range []struct {
		name, before, line string
		mode               DiagnosticMode
		want               string
	}{
		{"plain", "", line("config/get", "", ""), Negotiate, "/ rpc  0"},
		{"plain, without params", "", `{"jsonrpc":"2.0","id":1,"method":"config/get"}`, Negotiate, "/ rpc  0"},
		{"plain that names its client", "", line("config/get", clientKey, ""), Negotiate, "script/9 rpc  0"},
		{"plain that asks for paths", "", line("config/get", clientKey+","+diagnosticKey, ""), Negotiate, "script/9 rpc  1"},
		{"plain that asks for paths, never", "", line("config/get", diagnosticKey, ""), Never, "/ rpc  0"},
		{"plain, always", "", line("config/get", "", ""), Always, "/ rpc  1"},
		{"plain after initialize", initialize("{}"), line("config/get", "", ""), Negotiate, "old/1 rpc  0"},
		{"plain after initialize that asked for paths", initialize(`{"extensions":{"io.realmconf/diagnostic":{}}}`), line("config/get", "", ""), Negotiate, "old/1 rpc  1"},
		{"plain after initialize with another client", initialize("{}"), line("config/get", clientKey+","+diagnosticKey, ""), Negotiate, "script/9 rpc  1"},

		{"modern tool", "", line("tools/call", modernMeta+","+info, getTool), Negotiate, "new/2 tool 2026-07-28 0"},
		{"modern tool that asks for paths", "", line("tools/call", asks, getTool), Negotiate, "/ tool 2026-07-28 1"},
		{"modern tool that asks for paths, never", "", line("tools/call", asks, getTool), Never, "/ tool 2026-07-28 0"},
		{"modern tool, always", "", line("tools/call", modernMeta, getTool), Always, "/ tool 2026-07-28 1"},
		{"modern inherits nothing from initialize", initialize(`{"extensions":{"io.realmconf/diagnostic":{}}}`), line("tools/call", modernMeta, getTool), Negotiate, "/ tool 2026-07-28 0"},
		{"modern asks by its capabilities alone", "", line("tools/call", modernMeta+","+diagnosticKey, getTool), Negotiate, "/ tool 2026-07-28 0"},
		{"modern with our client key", "", line("tools/call", modernMeta+","+clientKey, getTool), Negotiate, "script/9 tool 2026-07-28 0"},
		{"modern with both client keys", "", line("tools/call", modernMeta+","+clientKey+","+info, getTool), Negotiate, "new/2 tool 2026-07-28 0"},
		{"modern method", "", line("config/get", asks+","+info, ""), Negotiate, "new/2 rpc 2026-07-28 1"},
		{"modern leaves nothing for later requests", line("config/get", asks+","+info, "") + "\n", line("config/get", "", ""), Negotiate, "/ rpc  0"},

		{"legacy tool", initialize("{}"), line("tools/call", "", getTool), Negotiate, "old/1 tool 2025-06-18 0"},
		{"legacy extension", initialize(`{"extensions":{"io.realmconf/diagnostic":{}}}`), line("tools/call", "", getTool), Negotiate, "old/1 tool 2025-06-18 1"},
		{"legacy experimental", initialize(`{"experimental":{"io.realmconf/diagnostic":{"x":1}}}`), line("tools/call", "", getTool), Negotiate, "old/1 tool 2025-06-18 1"},
		{"legacy experimental, bare", initialize(`{"experimental":{"diagnostic":{}}}`), line("tools/call", "", getTool), Negotiate, "old/1 tool 2025-06-18 1"},
		{"legacy extension, bare", initialize(`{"extensions":{"diagnostic":{}}}`), line("tools/call", "", getTool), Negotiate, "old/1 tool 2025-06-18 0"},
		{"legacy, not an object", initialize(`{"experimental":{"diagnostic":true},"extensions":[]}`), line("tools/call", "", getTool), Negotiate, "old/1 tool 2025-06-18 0"},
		{"legacy asks for paths, never", initialize(`{"experimental":{"diagnostic":{}}}`), line("tools/call", "", getTool), Never, "old/1 tool 2025-06-18 0"},
		{"legacy, the last initialize counts", initialize(`{"experimental":{"diagnostic":{}}}`) + line("initialize", "", `"protocolVersion":"2024-11-05"`) + "\n", line("tools/call", "", getTool), Negotiate, "/ tool 2024-11-05 0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			answers := talk(t, catalogOf(who, who), settings{Options: Options{Diagnostic: tt.mode}}, tt.before+tt.line+"\n")
			_, _, _, result := outcome(t, answers[len(answers)-1])
			if content, ok := result["content"].([]any); ok {
				text, _, _ := tree.Pointer{"0", "text"}.Get(content)
				result, _ = tree.DecodeObject([]byte(text.(string)))
			}
			got := fmt.Sprintf("%v/%v %v %v %v", result["name"], result["version"], result["surface"], result["era"], result["policy"])
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestReadClient_longName expects a long name to be cut, because every history
// entry has it.
func TestReadClient_longName(t *testing.T) {
	long := strings.Repeat("é", 1000)
	_, _, _, result := outcome(t, ask(t, catalogOf(who, who), settings{}, line("config/get", `"io.realmconf/client":{"name":"x`+long+`","version":"1"}`, "")))
	if want := "x" + long[:196] + "…"; result["name"] != want {
		t.Errorf("got %q, want %q", result["name"], want)
	}
}

func TestRead_metaIsRemoved(t *testing.T) {
	_, _, _, result := outcome(t, ask(t, catalogOf(echo, echo), settings{}, line("config/get", `"io.realmconf/diagnostic":{},"progressToken":1`, `"path":"/a"`)))
	if got := string(tree.Append(nil, result)); got != `{"path":"/a"}` {
		t.Errorf("got %s, want only path", got)
	}
}

func TestDiagnosticMode_text(t *testing.T) {
	for _, mode := range []DiagnosticMode{Negotiate, Never, Always} {
		text, err := mode.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var back DiagnosticMode
		if err := back.UnmarshalText(text); err != nil || back != mode {
			t.Errorf("%s: got %d, %v, want %d", text, back, err, mode)
		}
	}
	if _, err := DiagnosticMode(3).MarshalText(); err == nil {
		t.Error("mode 3: got no error")
	}
	var mode DiagnosticMode
	if err := mode.UnmarshalText([]byte("allways")); err == nil || !strings.Contains(err.Error(), "negotiate, never or always") {
		t.Errorf("allways: got %v, want the choices", err)
	}
}

// TestClientOf_name checks which name a client has in the history and in questions:
// its title, and never that of this program.
func TestClientOf_name(t *testing.T) {
	for _, tt := range []struct{ name, title, want string }{
		{"code", "", "code"}, {"code", "Code Editor", "Code Editor"}, {"realmconf", "", ""}, {"code", "realmconf", ""}, {"realmconf", "Mine", "Mine"},
		{"code", "Realm configuration", ""}, {"Realmconf ", "", ""}, {"code", "\tREALMCONF", ""}, {"realmconf2", "", "realmconf2"},
	} {
		o := tree.Object{"name": tt.name, "version": "1", "title": tt.title}
		if got, ok := clientOf(o); got.name != tt.want || !ok {
			t.Errorf("%+v: got %q %t, want %q", tt, got.name, ok, tt.want)
		}
	}
}
