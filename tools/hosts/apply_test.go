package hosts

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

var server = Server{Program: "/bin/realmconf", Args: []string{"--realm", "team"}}

func host(t *testing.T, name string) Host {
	t.Helper()
	h, ok := Find(name)
	if !ok {
		t.Fatalf("no host %s", name)
	}
	return h
}

// An entry goes into the settings in the layout of the file, and nothing else changes.
func TestApply(t *testing.T) {
	for _, tt := range []struct{ name, host, before, after string }{
		{"a file that does not exist", "claude-code", "", `{
  "mcpServers": {
    "realmconf": {
      "args": [
        "--realm",
        "team"
      ],
      "command": "/bin/realmconf"
    }
  }
}
`},
		{"comments and other servers", "vscode", `// my servers
{
    // the first
    "servers": {
        "other": { "command": "x" } // keep
    },
    "inputs": []
}
`, `// my servers
{
    // the first
    "servers": {
        "other": { "command": "x" }, // keep
        "realmconf": {
            "args": [
                "--realm",
                "team"
            ],
            "command": "/bin/realmconf",
            "type": "stdio"
        }
    },
    "inputs": []
}
`},
		{"a trailing comma", "zed", "{\n\t\"theme\": \"x\", // dark\n}\n", "{\n\t\"theme\": \"x\", // dark\n\t\"context_servers\": {\n\t\t\"realmconf\": {\n\t\t\t\"args\": [\n\t\t\t\t\"--realm\",\n\t\t\t\t\"team\"\n\t\t\t],\n\t\t\t\"command\": \"/bin/realmconf\"\n\t\t}\n\t},\n}\n"},
		{"members of an entry that is there", "claude-code", `{"mcpServers": {"realmconf": {"command": "old", "args": ["a"], "env": {"A": "b"}}}}`, `{"mcpServers": {"realmconf": {"command": "/bin/realmconf", "args": ["--realm", "team"], "env": {"A": "b"}}}}`},
		{"an entry on one line", "claude-code", `{"mcpServers": {"a": {}}}`, `{"mcpServers": {"a": {}, "realmconf": {
    "args": [
      "--realm",
      "team"
    ],
    "command": "/bin/realmconf"
  }}}`},
		{"the same entry", "claude-code", "{\"mcpServers\":{\"realmconf\":{\"command\":\"/bin/realmconf\",/* x */\"args\":[\"--realm\",\"team\",]}}}", "{\"mcpServers\":{\"realmconf\":{\"command\":\"/bin/realmconf\",/* x */\"args\":[\"--realm\",\"team\",]}}}"},
		{"an empty table with a comment", "cursor", "{\n  \"mcpServers\": {\n    // none yet\n  }\n}", "{\n  \"mcpServers\": {\n    // none yet\n    \"realmconf\": {\n      \"args\": [\n        \"--realm\",\n        \"team\"\n      ],\n      \"command\": \"/bin/realmconf\"\n    }\n  }\n}"},
		{"lines that end as on Windows", "opencode", "\xef\xbb\xbf{\r\n  \"mcp\": {}\r\n}\r\n", "\xef\xbb\xbf{\r\n  \"mcp\": {\r\n    \"realmconf\": {\r\n      \"command\": [\r\n        \"/bin/realmconf\",\r\n        \"--realm\",\r\n        \"team\"\r\n      ],\r\n      \"enabled\": true,\r\n      \"type\": \"local\"\r\n    }\r\n  }\r\n}\r\n"},
		{"TOML", "codex", "# mine\nmodel = \"x\" # keep\n\n[mcp_servers.other]\ncommand = \"y\"\n", "# mine\nmodel = \"x\" # keep\n\n[mcp_servers.other]\ncommand = \"y\"\n\n[mcp_servers.realmconf]\nargs = [\n    \"--realm\",\n    \"team\",\n]\ncommand = \"/bin/realmconf\"\n"},
		{"TOML with an entry", "codex", "[mcp_servers.realmconf]\ncommand = \"old\" # keep\nargs = []\n[mcp_servers.realmconf.tools.config_patch]\napproval_mode = \"approve\"\n", "[mcp_servers.realmconf]\ncommand = \"/bin/realmconf\" # keep\nargs = [\n    \"--realm\",\n    \"team\",\n]\n[mcp_servers.realmconf.tools.config_patch]\napproval_mode = \"approve\"\n"},
		{"YAML that Snippet made", "continue", "name: realmconf\nversion: 0.0.1\nschema: v1\nmcpServers:\n  - name: realmconf\n    command: \"/old\"\n    args: []\n", "name: realmconf\nversion: 0.0.1\nschema: v1\nmcpServers:\n  - name: realmconf\n    command: \"/bin/realmconf\"\n    args: [\"--realm\",\"team\"]\n"},
	} {
		h := host(t, tt.host)
		got, err := h.Apply(h.Places[0], []byte(tt.before), server)
		if diff := cmp.Diff(tt.after, string(got)); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", tt.name, err, diff)
			continue
		}
		if again, err := h.Apply(h.Places[0], got, server); err != nil || string(again) != string(got) {
			t.Errorf("%s: a second time it became %q, %v", tt.name, again, err)
		}
	}
}

func remoteText(member string) string {
	return `the settings have another server "realmconf" already, which is an address and no program (` + member + `): rename or remove it first`
}

const yamlText = "the settings of Continue are YAML, which is not edited here: put the entry there yourself"

// continueText returns the settings of Continue with a command and its arguments.
func continueText(command, args string) string {
	return "name: realmconf\nversion: 0.0.1\nschema: v1\nmcpServers:\n  - name: realmconf\n    command: " + command + "\n    args: " + args + "\n"
}

// Settings that cannot be edited are refused with the reason.
func TestApply_refused(t *testing.T) {
	for _, tt := range []struct{ host, text, want string }{
		{"claude-code", "{", "the settings are not JSON: line 1, column 2: parsing value: unexpected EOF"},
		{"claude-code", "[]", "the settings are no JSON object: correct them first"},
		{"claude-code", `{"mcpServers":[]}`, `"mcpServers" in the settings is no table of servers: correct it first`},
		{"codex", "a =", "the settings are not TOML: line 1, column 4: a value is missing here"},
		{"codex", "mcp_servers = 1", `"mcp_servers" in the settings is no table of servers: correct it first`},
		{"codex", "a = \"" + strings.Repeat("x", 1<<20) + "\"\n", "the settings are longer than 1 MiB, and such TOML is not edited here: put the entry there yourself"},
		{"claude-code", `{"mcpServers": {}, "mcpServers": {"b": {}}}`, `"mcpServers" is in the settings twice, and programs read the last one: leave one of them`},
		{"claude-code", `{"mcpServers": {"realmconf": {}, "realmconf": {"command": "x"}}}`, `"realmconf" is in the settings twice, and programs read the last one: leave one of them`},
		{"claude-code", `{"mcpServers": {"realmconf": {"command": "x", "command": "y"}}}`, `"command" is in the settings twice, and programs read the last one: leave one of them`},
		{"codex", "[mcp_servers.realmconf]\nurl = \"https://example.com\"\n", remoteText("url")},
		{"claude-code", `{"mcpServers": {"realmconf": {"type": "http", "url": "https://example.com", /* x */}}}`, remoteText("url")},
		{"vscode", `{"servers": {"realmconf": {"type": "sse"}}}`, remoteText("type")},
		{"gemini-cli", `{"mcpServers": {"realmconf": {"httpUrl": "https://example.com"}}}`, remoteText("httpUrl")},
		{"windsurf", `{"mcpServers": {"realmconf": {"serverUrl": "https://example.com"}}}`, remoteText("serverUrl")},
		{"opencode", `{"mcp": {"realmconf": {"type": "remote"}}}`, remoteText("type")},
		{"goose", "extensions: {}", "the settings of goose are YAML, which is not edited here: put the entry there yourself"},
		{"goose", "# mine\n", "the settings of goose are YAML, which is not edited here: put the entry there yourself"},
		{"continue", "name: old\n", yamlText},
		{"continue", "bad: [", yamlText},
		{"continue", continueText("\"/old\"", "[] # mine"), yamlText},
		{"continue", continueText("/old", "[]"), yamlText},
		{"continue", continueText("\"/old\"", "[]") + "    env: {}\n", yamlText},
	} {
		h := host(t, tt.host)
		if _, err := h.Apply(h.Places[0], []byte(tt.text), server); !fault.Is(err, fault.InvalidConfig) || err.Error() != tt.want {
			t.Errorf("%s: %q:\n got %v\nwant %s", tt.host, tt.text, err, tt.want)
		}
	}
}

// The project's file of Copilot is that of Claude Code, and its own names the tools.
func TestApply_copilot(t *testing.T) {
	h := host(t, "copilot")
	for i, want := range []tree.Object{
		{"command": "/bin/realmconf", "args": []any{"--realm", "team"}},
		{"type": "local", "command": "/bin/realmconf", "args": []any{"--realm", "team"}, "tools": []any{"*"}},
	} {
		text, err := h.Apply(h.Places[i], nil, server)
		if err != nil {
			t.Fatal(err)
		}
		all, err := tree.DecodeObject(text)
		if err != nil {
			t.Fatal(err)
		}
		got, _, _ := tree.Pointer{"mcpServers", "realmconf"}.Get(all)
		if diff := cmp.Diff(any(want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", h.Places[i], diff)
		}
	}
}

// A character that JSON may have and TOML and YAML may not is escaped in them.
func TestApply_delete(t *testing.T) {
	odd := Server{Program: "/bin/realmconf", Args: []string{"--state-root", "/d\x7f"}}
	for _, name := range []string{"codex", "continue", "goose"} {
		for _, before := range []string{"", "a = 1\n"} {
			h := host(t, name)
			if before != "" && h.syntax != tomlSyntax {
				continue
			}
			got, err := h.Apply(h.Places[0], []byte(before), odd)
			if err != nil {
				t.Fatal(err)
			}
			if text := string(got); strings.Contains(text, "\x7f") || !strings.Contains(strings.ToLower(text), `/d\u007f"`) {
				t.Errorf("%s with %q: got %q, want the character escaped", name, before, text)
			}
		}
	}
}

// A word that a host would expand in its settings is refused.
func TestHost_checkWords(t *testing.T) {
	for _, tt := range []struct {
		host, word string
		isRefused  bool
	}{
		{"gemini-cli", "/a$HOME/p", true},
		{"qwen", "/a${HOME}/p", true},
		{"crush", "/a$(id)/p", true},
		{"opencode", "/b{env:HOME}/p", true},
		{"opencode", "/b{file:x}/p", true},
		{"opencode", "/b$HOME/p", false},
		{"claude-code", "/a${HOME}/p", true},
		{"claude-code", "/a$HOME/p", false},
		{"vscode", "/a${workspaceFolder}/p", true},
		{"codex", "/a$HOME/p", false},
		{"codex", "/a${HOME}/p", true}, // which the server refuses
	} {
		err := host(t, tt.host).CheckWords(Server{Program: "/bin/realmconf", Args: []string{"--state-root", tt.word}})
		if (err != nil) != tt.isRefused || err != nil && (!fault.Is(err, fault.InvalidConfig) || !strings.Contains(err.Error(), tt.word)) {
			t.Errorf("%s: %s: got %v, refused should be %v", tt.host, tt.word, err, tt.isRefused)
		}
	}
}
