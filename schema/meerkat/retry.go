package meerkat

// Retry is the section retry.
type Retry struct {
	// How often a failed call is repeated.
	MaxRetries uint32 `json:"max_retries" jsonschema:"default=3" jsonschema_extras:"x-risk=none,x-risk-why=repeats a call that is made anyway"`
	// The wait before the first repetition.
	InitialDelay DurationText `json:"initial_delay" jsonschema:"default=500ms" jsonschema_extras:"x-risk=none,x-risk-why=waits between calls that are made anyway"`
	// The longest wait between two repetitions.
	MaxDelay DurationText `json:"max_delay" jsonschema:"default=30s" jsonschema_extras:"x-risk=none,x-risk-why=waits between calls that are made anyway"`
	// How much longer each wait is than the one before.
	Multiplier float64 `json:"multiplier" jsonschema:"default=2.0" jsonschema_extras:"x-risk=none,x-risk-why=waits between calls that are made anyway"`
	// The longest time of one call. Absent: the model decides.
	CallTimeout DurationOrDisabled `json:"call_timeout" jsonschema_extras:"x-unset=absent,x-risk=none,x-risk-why=ends a call to a model and no guard"`
	// The longest silence in a streamed reply. Absent: 300 seconds.
	StreamInactivityTimeout DurationOrDisabled `json:"stream_inactivity_timeout" jsonschema_extras:"x-unset=absent,x-risk=none,x-risk-why=ends a call to a model and no guard"`
}
