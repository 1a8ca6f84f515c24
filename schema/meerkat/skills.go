package meerkat

// Skills is the section skills.
type Skills struct {
	// Whether agents have skills.
	Enabled bool `json:"enabled" jsonschema:"default=true" jsonschema_extras:"x-risk=posture"`
	// Maximum number of bytes of skills in a prompt.
	MaxInjectionBytes uint64 `json:"max_injection_bytes" jsonschema:"default=32768" jsonschema_extras:"x-risk=posture"`
	// The number of skills up to which all are listed in the prompt.
	InventoryThreshold uint64 `json:"inventory_threshold" jsonschema:"default=12" jsonschema_extras:"x-risk=posture"`
	// Where skills come from.
	Repositories []SkillRepository `json:"repositories" jsonschema_extras:"x-key=source_uuid"`
	// When a source of skills counts as degraded or unhealthy. All four keys, or none.
	HealthThresholds HealthThresholds `json:"health_thresholds"`
	// Which skills were renamed, moved, split or merged.
	Identity SkillIdentity `json:"identity"`
}

// HealthThresholds is the section skills.health_thresholds.
type HealthThresholds struct {
	// The share of invalid skills from which on a source is degraded.
	DegradedInvalidRatio float32 `json:"degraded_invalid_ratio" jsonschema:"required,default=0.05" jsonschema_extras:"x-risk=posture"`
	// The share of invalid skills from which on a source is unhealthy.
	UnhealthyInvalidRatio float32 `json:"unhealthy_invalid_ratio" jsonschema:"required,default=0.4" jsonschema_extras:"x-risk=posture"`
	// The failures in a row from which on a source is degraded.
	DegradedFailureStreak uint32 `json:"degraded_failure_streak" jsonschema:"required,default=3" jsonschema_extras:"x-risk=posture"`
	// The failures in a row from which on a source is unhealthy.
	UnhealthyFailureStreak uint32 `json:"unhealthy_failure_streak" jsonschema:"required,default=10" jsonschema_extras:"x-risk=posture"`
}
