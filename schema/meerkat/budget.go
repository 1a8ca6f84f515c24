package meerkat

// Budget is the section budget.
type Budget struct {
	// Most tokens of one run. Absent: no limit.
	MaxTokens uint64 `json:"max_tokens" jsonschema:"minimum=1" jsonschema_extras:"x-unset=null,x-risk=posture"`
	// Longest time of one run. Absent: no limit.
	MaxDuration DurationOrMillis `json:"max_duration" jsonschema_extras:"x-unset=null,x-risk=posture"`
	// Most tool calls of one run. Absent: no limit.
	MaxToolCalls uint64 `json:"max_tool_calls" jsonschema_extras:"x-unset=null,x-risk=posture"`
}
