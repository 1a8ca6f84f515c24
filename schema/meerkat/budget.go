package meerkat

// Budget is the section budget.
type Budget struct {
	// Maximum number of tokens of one run. Absent: no limit.
	MaxTokens uint64 `json:"max_tokens" jsonschema:"minimum=1" jsonschema_extras:"x-unset=null,x-risk=posture"`
	// Maximum duration of one run. Absent: no limit.
	MaxDuration DurationOrMillis `json:"max_duration" jsonschema_extras:"x-unset=null,x-risk=posture"`
	// Maximum number of tool calls of one run. Absent: no limit.
	MaxToolCalls uint64 `json:"max_tool_calls" jsonschema_extras:"x-unset=null,x-risk=posture"`
}
