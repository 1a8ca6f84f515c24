package meerkat

// Hooks is the section hooks.
type Hooks struct {
	// The longest time of a hook, in milliseconds.
	DefaultTimeoutMS uint64 `json:"default_timeout_ms" jsonschema:"default=5000" jsonschema_extras:"x-risk=posture"`
	// Maximum number of bytes of an event that a hook is given.
	PayloadMaxBytes uint64 `json:"payload_max_bytes" jsonschema:"default=131072" jsonschema_extras:"x-risk=posture"`
	// Maximum number of background hooks at a time.
	BackgroundMaxConcurrency uint64 `json:"background_max_concurrency" jsonschema:"default=32" jsonschema_extras:"x-risk=posture"`
	// The hooks, in order.
	Entries []Hook `json:"entries" jsonschema_extras:"x-key=id"`
}

// Hook is something that is called at one point of each run.
type Hook struct {
	// The name of the hook. Of hooks of one name in several files only the first counts.
	ID string `json:"id" jsonschema:"default=hook" jsonschema_extras:"x-risk=posture"`
	// Whether the hook is called.
	Enabled bool `json:"enabled" jsonschema:"default=true" jsonschema_extras:"x-risk=posture"`
	// The point of a run at which the hook is called.
	Point string `json:"point" jsonschema:"enum=run_started,enum=run_completed,enum=run_failed,enum=pre_llm_request,enum=post_llm_response,enum=pre_tool_execution,enum=post_tool_execution,enum=turn_boundary,default=turn_boundary" jsonschema_extras:"x-risk=posture"`
	// Whether the run waits for the hook.
	Mode string `json:"mode" jsonschema:"enum=foreground,enum=background,default=foreground" jsonschema_extras:"x-risk=posture"`
	// What the hook may do: only look on, or stop the run too.
	Capability string `json:"capability" jsonschema:"enum=observe,enum=guardrail,default=observe" jsonschema_extras:"x-risk=posture"`
	// The hook's place among those of the same point: lower comes first.
	Priority int32 `json:"priority" jsonschema:"default=100" jsonschema_extras:"x-risk=posture"`
	// The longest time of the hook, in milliseconds. Absent: hooks.default_timeout_ms.
	TimeoutMS uint64 `json:"timeout_ms" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// What is called.
	Runtime HookRuntime `json:"runtime"`
}

// HookRuntime is what a hook calls.
type HookRuntime struct {
	// Which sort of thing is called.
	Type Tag `json:"type" jsonschema:"required,default=in_process" jsonschema_extras:"x-risk=exec+network+posture"`

	// A handler that is built into the platform.
	InProcess InProcessHook `json:"-" case:"in_process"`
	// A program, started for each event.
	Command CommandHook `json:"-" case:"command"`
	// An address, called for each event.
	HTTP HTTPHook `json:"-" case:"http"`
}

// InProcessHook is a handler that is built into the platform.
type InProcessHook struct {
	// The name of the handler.
	Handler string `json:"handler" jsonschema:"default=noop" jsonschema_extras:"x-alias=name,x-risk=exec+posture"`
}

// CommandHook is a program, started for each event.
type CommandHook struct {
	// The program.
	Command string `json:"command" jsonschema:"required" jsonschema_extras:"x-risk=exec+posture"`
	// The program's arguments. Absent: none.
	Args []string `json:"args" jsonschema_extras:"x-unset=absent,x-risk=exec+posture"`
	// Environment variables for the program. Absent: none.
	Env map[string]string `json:"env" jsonschema_extras:"x-unset=absent,x-risk=exec+secret+posture"`
}

// HTTPHook is an address, called for each event.
type HTTPHook struct {
	// The address.
	URL string `json:"url" jsonschema:"required" jsonschema_extras:"x-format=webhook,x-risk=exec+network+posture"`
	// The method of the call.
	Method string `json:"method" jsonschema:"default=POST" jsonschema_extras:"x-risk=network+posture"`
	// Headers of the call. Absent: none.
	Headers map[string]string `json:"headers" jsonschema_extras:"x-unset=absent,x-risk=secret+posture"`
}
