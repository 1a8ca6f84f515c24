package cli

import (
	"bytes"
	"encoding/json"
	"fmt"

	"realmconf/schema/tree"
)

// The forms in which hosts name a server, as of their documentation:
//
//	https://code.claude.com/docs/en/mcp                      mcpServers
//	https://modelcontextprotocol.io/docs/develop/connect-local-servers  mcpServers
//	https://cursor.com/docs/context/mcp                      mcpServers
//	https://code.visualstudio.com/docs/copilot/reference/mcp-configuration  servers
//	https://zed.dev/docs/ai/mcp                              context_servers
//	https://developers.openai.com/codex/mcp                  [mcp_servers.NAME]

// jsonForm is a form in JSON: an object of servers by their names.
func jsonForm(member string, typed bool) func(string, []string) []byte {
	return func(program string, args []string) []byte {
		server := tree.Object{"command": program, "args": words(args)}
		if typed {
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

// codexForm is a table of TOML. JSON's strings are TOML's.
func codexForm(program string, args []string) []byte {
	return fmt.Appendf(nil, "[mcp_servers.realmconf]\ncommand = %s\nargs = %s\n",
		tree.Append(nil, program), tree.Append(nil, words(args)))
}

func words(args []string) []any {
	list := make([]any, 0, len(args))
	for _, arg := range args {
		list = append(list, arg)
	}
	return list
}
