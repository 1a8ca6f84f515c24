package meerkat

// GeminiParams is parameters for Gemini.
type GeminiParams struct {
	// How the model thinks.
	Thinking GeminiThinking `json:"thinking" jsonschema_extras:"x-unset=skip"`
	// Maximum number of tokens of thinking.
	ThinkingBudget uint32 `json:"thinking_budget" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=says how much the model thinks"`
	// How much the model thinks.
	ThinkingLevel string `json:"thinking_level" jsonschema:"enum=minimal,enum=low,enum=medium,enum=high" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=says how much the model thinks"`
	// How many of the likeliest tokens are sampled from.
	TopK uint32 `json:"top_k" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=sampling"`
	// The share of probability that is sampled from.
	TopP float32 `json:"top_p" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=sampling"`
	// The JSON Schema that replies must satisfy.
	StructuredOutput OutputSchema `json:"structured_output" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// The Google search tool, as JSON in a text.
	GoogleSearch string `json:"google_search" jsonschema_extras:"x-unset=skip,x-risk=network"`
	// How many replies are asked for.
	CandidateCount uint32 `json:"candidate_count" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// The name of content that the provider has in its cache.
	CachedContentName string `json:"cached_content_name" jsonschema_extras:"x-unset=skip,x-risk=posture"`
}

// GeminiThinking is how a model thinks.
type GeminiThinking struct {
	// Whether the reply holds the model's thoughts.
	IncludeThoughts bool `json:"include_thoughts" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// How much the model thinks.
	ThinkingLevel string `json:"thinking_level" jsonschema:"enum=minimal,enum=low,enum=medium,enum=high" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=says how much the model thinks"`
	// Maximum number of tokens of thinking.
	ThinkingBudget uint32 `json:"thinking_budget" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=says how much the model thinks"`
}
