package meerkat

// MCPServer is an MCP server: a program to start, or an address to call.
type MCPServer struct {
	// The name of the server, unique in the list.
	Name string `json:"name" jsonschema:"required" jsonschema_extras:"x-risk=exec"`
	// Maximum time to connect, in seconds. Absent: 10.
	ConnectTimeoutSecs uint32 `json:"connect_timeout_secs" jsonschema_extras:"x-unset=skip,x-risk=posture"`

	// A program, which talks MCP on its standard input and output.
	Stdio StdioServer `json:"-" with:"command"`
	// An address that talks MCP.
	HTTP HTTPServer `json:"-" with:"url"`
}

// StdioServer is a program that talks MCP on its standard input and output.
type StdioServer struct {
	// The program to start.
	Command string `json:"command" jsonschema:"required" jsonschema_extras:"x-risk=exec"`
	// The program's arguments.
	Args []string `json:"args" jsonschema_extras:"x-risk=exec"`
	// Environment variables for the program.
	Env map[string]string `json:"env" jsonschema_extras:"x-risk=exec+secret"`
}

// HTTPServer is an address that talks MCP.
type HTTPServer struct {
	// The server's address.
	URL string `json:"url" jsonschema:"required" jsonschema_extras:"x-format=url,x-risk=network+posture"`
	// Headers for each request to the address.
	Headers map[string]string `json:"headers" jsonschema_extras:"x-risk=secret"`
	// Which of MCP's two HTTP transports the server talks. Absent: streamable-http.
	Transport string `json:"transport" jsonschema:"enum=streamable-http,enum=sse" jsonschema_extras:"x-unset=null,x-risk=network"`
}
