package cli

import (
	"bytes"
	"encoding/json"
	"fmt"

	"realmconf/schema/tree"
)

// host is a program that can start this server.
type host struct {
	name    string
	place   string // the file for the snippet
	snippet func(program string, args []string) []byte
}

// hosts returns the known hosts, sorted by name. The forms are from their
// documentation:
//
//	https://code.claude.com/docs/en/mcp                                     mcpServers
//	https://modelcontextprotocol.io/docs/develop/connect-local-servers      mcpServers
//	https://cursor.com/docs/context/mcp                                     mcpServers
//	https://code.visualstudio.com/docs/copilot/reference/mcp-configuration  servers
//	https://zed.dev/docs/ai/mcp                                             context_servers
//	https://developers.openai.com/codex/mcp                                 [mcp_servers.NAME]
func hosts() []host {
	return []host{
		{"claude-code", ".mcp.json in the project's directory", jsonSnippet("mcpServers", false)},
		{"claude-desktop", "claude_desktop_config.json: Settings, Developer, Edit Config; then restart Claude Desktop", jsonSnippet("mcpServers", false)},
		{"codex", "~/.codex/config.toml", codexSnippet},
		{"cursor", ".cursor/mcp.json in the project's directory, or ~/.cursor/mcp.json for all", jsonSnippet("mcpServers", false)},
		{"vscode", ".vscode/mcp.json in the workspace", jsonSnippet("servers", true)},
		{"zed", "settings.json: command palette, zed: open settings", jsonSnippet("context_servers", false)},
	}
}

// jsonSnippet returns the snippet for a host whose settings are JSON with an
// object of servers. Some hosts need the server's type.
func jsonSnippet(member string, hasType bool) func(string, []string) []byte {
	return func(program string, args []string) []byte {
		server := tree.Object{"command": program, "args": toList(args)}
		if hasType {
			server["type"] = "stdio"
		}
		raw := tree.Append(nil, tree.Object{member: tree.Object{"realmconf": server}})
		var b bytes.Buffer
		if json.Indent(&b, raw, "", "  ") != nil {
			return raw
		}
		b.WriteByte('\n')
		return b.Bytes()
	}
}

// codexSnippet returns the snippet for Codex, whose settings are TOML. A JSON
// string is also a TOML string.
func codexSnippet(program string, args []string) []byte {
	return fmt.Appendf(nil, "[mcp_servers.realmconf]\ncommand = %s\nargs = %s\n",
		tree.Append(nil, program), tree.Append(nil, toList(args)))
}

func toList(words []string) []any {
	list := make([]any, 0, len(words))
	for _, word := range words {
		list = append(list, word)
	}
	return list
}
