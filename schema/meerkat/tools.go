package meerkat

// Tools is the section tools.
type Tools struct {
	// MCP servers whose tools agents may use.
	MCPServers []MCPServer `json:"mcp_servers" jsonschema_extras:"x-key=name"`
	// Maximum duration of a tool call.
	DefaultTimeout DurationText `json:"default_timeout" jsonschema:"default=10m" jsonschema_extras:"x-risk=posture"`
	// Maximum duration of a call of one tool, by the tool's name: in the file a table of secs and nanos; a write takes "2s", too.
	ToolTimeouts map[string]DurationTable `json:"tool_timeouts"`
	// Maximum number of tool calls at a time.
	MaxConcurrent uint64 `json:"max_concurrent" jsonschema:"default=10" jsonschema_extras:"x-risk=posture"`
	// Whether agents have the built-in tools.
	BuiltinsEnabled bool `json:"builtins_enabled" jsonschema:"default=false" jsonschema_extras:"x-risk=posture"`
	// Whether agents have the shell tool.
	ShellEnabled bool `json:"shell_enabled" jsonschema:"default=false" jsonschema_extras:"x-risk=posture"`
	// Whether agents may talk to other agents.
	CommsEnabled bool `json:"comms_enabled" jsonschema:"default=false" jsonschema_extras:"x-risk=posture"`
	// Whether agents may start and direct other agents.
	MobEnabled bool `json:"mob_enabled" jsonschema:"default=false" jsonschema_extras:"x-risk=posture"`
	// Whether agents may schedule work.
	ScheduleEnabled bool `json:"schedule_enabled" jsonschema:"default=true" jsonschema_extras:"x-risk=posture"`
	// Whether agents may keep a graph of work items.
	WorkgraphEnabled bool `json:"workgraph_enabled" jsonschema:"default=false" jsonschema_extras:"x-risk=posture"`
}
