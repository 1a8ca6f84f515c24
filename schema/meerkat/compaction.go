package meerkat

// Compaction is the section compaction.
type Compaction struct {
	// The number of tokens from which on a conversation is summarised.
	AutoCompactThreshold uint64 `json:"auto_compact_threshold" jsonschema:"minimum=1,default=100000" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=a number that decides when a conversation is summarised"`
	// The size of a request, in bytes, from which on the conversation is summarised.
	MaxRequestBytes uint64 `json:"max_request_bytes" jsonschema:"minimum=1" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=a number that decides when a conversation is summarised"`
	// How many of the last turns stay as they are.
	RecentTurnBudget uint64 `json:"recent_turn_budget" jsonschema:"minimum=1,default=4" jsonschema_extras:"x-unset=default,x-risk=none,x-risk-why=a number that decides how much of a conversation stays"`
	// Maximum number of tokens of a summary.
	MaxSummaryTokens uint32 `json:"max_summary_tokens" jsonschema:"minimum=1,default=4096" jsonschema_extras:"x-unset=default,x-risk=none,x-risk-why=a number that decides how long a summary is"`
	// How many turns there are at least between two summaries.
	MinTurnsBetweenCompactions uint32 `json:"min_turns_between_compactions" jsonschema:"minimum=1,default=3" jsonschema_extras:"x-unset=default,x-risk=none,x-risk-why=a number that decides when a conversation is summarised"`
}
