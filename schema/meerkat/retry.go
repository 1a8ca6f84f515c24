package meerkat

// Retry is the section retry.
type Retry struct {
	// How often a failed call is repeated.
	MaxRetries uint32 `json:"max_retries" jsonschema:"default=3"`
	// The wait before the first repetition.
	InitialDelay DurationText `json:"initial_delay" jsonschema:"default=500ms"`
	// The longest wait between two repetitions.
	MaxDelay DurationText `json:"max_delay" jsonschema:"default=30s"`
	// How much longer each wait is than the one before.
	Multiplier float64 `json:"multiplier" jsonschema:"default=2.0"`
	// The longest time of one call. Absent: the model decides.
	CallTimeout DurationOrDisabled `json:"call_timeout" jsonschema_extras:"x-unset=absent"`
	// The longest silence in a streamed reply. Absent: 300 seconds.
	StreamInactivityTimeout DurationOrDisabled `json:"stream_inactivity_timeout" jsonschema_extras:"x-unset=absent"`
}
