package hosts

import "realmconf/schema/tree"

// Known returns the known hosts, sorted by name. Where each has its settings and which
// form it takes was tried with the unmodified program, but for claude-desktop, cursor,
// vscode, zed, windsurf and goose, and the directories of continue, which are from their
// documentation:
//
//	https://modelcontextprotocol.io/docs/develop/connect-local-servers
//	https://cursor.com/docs/context/mcp
//	https://code.visualstudio.com/docs/copilot/reference/mcp-configuration
//	https://zed.dev/docs/ai/mcp
//	https://docs.windsurf.com/windsurf/cascade/mcp
//	https://block.github.io/goose/docs/getting-started/using-extensions
//	https://docs.continue.dev/customize/deep-dives/mcp
func Known() []Host {
	mcpServers := tree.Pointer{"mcpServers"}
	return []Host{
		{
			Name: "claude-code", Title: "Claude Code", Places: []Place{{base: inProject, path: ".mcp.json"}},
			Writes: "claude -p asks nobody: allow the tools with --allowedTools mcp__realmconf, and start claude without -p for a change that needs a person",
			syntax: jsonSyntax, table: mcpServers, entry: commandEntry, add: "claude mcp add realmconf --", addsFor: forUserInProject,
			programs: []string{"claude"}, traces: []Place{{base: inHome, path: ".claude"}},
		},
		{
			Name: "claude-desktop", Title: "Claude Desktop", Places: []Place{{base: inApplicationData, path: "Claude/claude_desktop_config.json"}},
			Note:   "Settings, Developer, Edit Config opens the file; then restart Claude Desktop",
			syntax: jsonSyntax, table: mcpServers, entry: commandEntry,
			traces: []Place{{base: inApplicationData, path: "Claude"}},
		},
		{
			Name: "cline", Title: "Cline", Places: []Place{{base: inHome, path: ".cline/data/settings/cline_mcp_settings.json"}},
			syntax: jsonSyntax, table: mcpServers, entry: commandEntry, add: "cline mcp add --yes realmconf --", addsFor: forUser,
			programs: []string{"cline"}, traces: []Place{{base: inHome, path: ".cline"}},
		},
		{
			Name: "codex", Title: "Codex", Places: []Place{{base: inProject, path: ".codex/config.toml"}, {base: inCodexHome, path: "config.toml"}},
			Note:   "Codex reads the project's file if it trusts the project; the user's file is for all projects",
			Writes: "with approval_policy = \"never\" Codex refuses tools that write, unless [mcp_servers.realmconf] in the settings has default_tools_approval_mode = \"approve\"; a change that needs a person still does",
			syntax: tomlSyntax, table: tree.Pointer{"mcp_servers"}, entry: commandEntry, add: "codex mcp add realmconf --", addsFor: forUser,
			programs: []string{"codex"}, traces: []Place{{base: inCodexHome, path: ""}},
		},
		{
			Name: "continue", Title: "Continue", Places: []Place{{base: inProject, path: ".continue/mcpServers/realmconf.yaml"}},
			syntax:   yamlSyntax,
			programs: []string{"cn"}, traces: []Place{{base: inHome, path: ".continue"}},
		},
		{
			Name: "copilot", Title: "GitHub Copilot CLI", Places: []Place{{base: inProject, path: ".mcp.json"}, {base: inCopilotHome, path: "mcp-config.json"}},
			Writes: "copilot -p asks nobody: allow the tools with --allow-tool realmconf",
			syntax: jsonSyntax, table: mcpServers, entry: copilotEntry, shared: commandEntry, add: "copilot mcp add realmconf --", addsFor: forUser,
			programs: []string{"copilot"}, traces: []Place{{base: inCopilotHome, path: ""}},
		},
		{
			Name: "crush", Title: "Crush", expands: []string{"$"}, Places: []Place{{base: inProject, path: "crush.json"}, {base: inConfig, path: "crush/crush.json"}},
			Writes: "\"permissions\": {\"allowed_tools\": [\"mcp_realmconf_config_patch\", \"mcp_realmconf_config_set\", \"mcp_realmconf_config_revert\", \"mcp_realmconf_config_rollback\"]} in the same file lets the tools that write run unasked",
			syntax: jsonSyntax, table: tree.Pointer{"mcp"}, entry: typedEntry,
			programs: []string{"crush"}, traces: []Place{{base: inConfig, path: "crush"}},
		},
		{
			Name: "cursor", Title: "Cursor", Places: []Place{{base: inProject, path: ".cursor/mcp.json"}, {base: inHome, path: ".cursor/mcp.json"}},
			syntax: jsonSyntax, table: mcpServers, entry: commandEntry,
			programs: []string{"cursor", "cursor-agent"}, traces: []Place{{base: inHome, path: ".cursor"}},
		},
		{
			Name: "gemini-cli", Title: "Gemini CLI", expands: []string{"$"}, Places: []Place{{base: inProject, path: ".gemini/settings.json"}, {base: inGeminiHome, path: ".gemini/settings.json"}},
			Note:   "Gemini CLI reads the project's file if it trusts the folder",
			Writes: "gemini -p asks nobody: -y, or \"trust\": true beside \"command\", lets all tools of the server run unasked",
			syntax: jsonSyntax, table: mcpServers, entry: commandEntry, add: "gemini mcp add realmconf", addsFor: forProject,
			programs: []string{"gemini"}, traces: []Place{{base: inGeminiHome, path: ".gemini"}},
		},
		{
			Name: "goose", Title: "goose", Places: []Place{{base: inConfig, path: "goose/config.yaml"}},
			syntax: yamlSyntax, table: tree.Pointer{"extensions"},
			programs: []string{"goose"}, traces: []Place{{base: inConfig, path: "goose"}},
		},
		{
			Name: "opencode", Title: "opencode", expands: []string{"{env:", "{file:"}, Places: []Place{{base: inProject, path: "opencode.json", alternative: "opencode.jsonc"}, {base: inConfig, path: "opencode/opencode.json", alternative: "opencode/opencode.jsonc"}},
			syntax: jsonSyntax, table: tree.Pointer{"mcp"}, entry: opencodeEntry, add: "opencode mcp add realmconf --", addsFor: forUser,
			programs: []string{"opencode"}, traces: []Place{{base: inConfig, path: "opencode"}},
		},
		{
			Name: "qwen", Title: "Qwen Code", expands: []string{"$"}, Places: []Place{{base: inProject, path: ".qwen/settings.json"}, {base: inHome, path: ".qwen/settings.json"}},
			Writes: "qwen -p asks nobody: -y, or \"trust\": true beside \"command\", lets all tools of the server run unasked",
			syntax: jsonSyntax, table: mcpServers, entry: commandEntry, add: "qwen mcp add --scope project realmconf", addsFor: forProject,
			programs: []string{"qwen"}, traces: []Place{{base: inHome, path: ".qwen"}},
		},
		{
			Name: "vscode", Title: "VS Code", Places: []Place{{base: inProject, path: ".vscode/mcp.json"}},
			syntax: jsonSyntax, table: tree.Pointer{"servers"}, entry: typedEntry,
			programs: []string{"code", "codium"}, traces: []Place{{base: inApplicationData, path: "Code"}},
		},
		{
			Name: "windsurf", Title: "Windsurf", Places: []Place{{base: inHome, path: ".codeium/windsurf/mcp_config.json"}},
			syntax: jsonSyntax, table: mcpServers, entry: commandEntry,
			programs: []string{"windsurf"}, traces: []Place{{base: inHome, path: ".codeium/windsurf"}},
		},
		{
			Name: "zed", Title: "Zed", Places: []Place{{base: inZedConfig, path: "settings.json"}},
			Note:   "the command palette's \"zed: open settings\" opens the file",
			syntax: jsonSyntax, table: tree.Pointer{"context_servers"}, entry: commandEntry,
			programs: []string{"zed", "zeditor"}, traces: []Place{{base: inZedConfig, path: ""}},
		},
	}
}

// commandEntry is the form of most hosts.
func commandEntry(s Server) tree.Object {
	return tree.Object{"command": s.Program, "args": s.args()}
}

// typedEntry is for hosts that need the transport.
func typedEntry(s Server) tree.Object {
	return tree.Object{"type": "stdio", "command": s.Program, "args": s.args()}
}

// copilotEntry is for Copilot's own file. The project's is that of Claude Code, too.
func copilotEntry(s Server) tree.Object {
	return tree.Object{"type": "local", "command": s.Program, "args": s.args(), "tools": []any{"*"}}
}

func opencodeEntry(s Server) tree.Object {
	return tree.Object{"type": "local", "command": s.words(), "enabled": true}
}
