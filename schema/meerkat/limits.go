package meerkat

// Limits is the section limits.
type Limits struct {
	// Maximum number of tokens per session. Absent: no limit.
	Budget uint64 `json:"budget" jsonschema:"minimum=1" jsonschema_extras:"x-unset=null,x-risk=posture"`
	// Maximum number of sessions at a time. Absent: 100000.
	MaxSessions uint64 `json:"max_sessions" jsonschema:"minimum=1" jsonschema_extras:"x-unset=null,x-risk=posture"`
	// Maximum duration of a session. Absent: no limit.
	MaxDuration DurationOrMillis `json:"max_duration" jsonschema_extras:"x-unset=null,x-risk=posture"`
	// Maximum duration of one turn, more than zero. Absent: no limit.
	MaxTurnDuration DurationOrMillis `json:"max_turn_duration" jsonschema_extras:"x-unset=skip,x-risk=posture"`
}
