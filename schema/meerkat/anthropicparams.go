package meerkat

// AnthropicParams is parameters for Anthropic.
type AnthropicParams struct {
	// How the model thinks.
	Thinking AnthropicThinking `json:"thinking" jsonschema_extras:"x-unset=skip"`
	// Maximum number of tokens of thinking.
	ThinkingBudgetTokens uint32 `json:"thinking_budget_tokens" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=says how much the model thinks"`
	// The web search tool, as JSON in a text.
	WebSearch string `json:"web_search" jsonschema_extras:"x-unset=skip,x-risk=network"`
	// How many of the likeliest tokens are sampled from.
	TopK uint32 `json:"top_k" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=sampling"`
	// How much the model thinks. It is x_high here, and xhigh with OpenAI.
	Effort string `json:"effort" jsonschema:"enum=low,enum=medium,enum=high,enum=max,enum=x_high" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=says how much the model thinks"`
	// The JSON Schema that replies must satisfy.
	StructuredOutput OutputSchema `json:"structured_output" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// Where the model may run.
	InferenceGeo InferenceGeo `json:"inference_geo" jsonschema_extras:"x-unset=skip"`
	// How the provider shortens long conversations.
	Compaction AnthropicCompaction `json:"compaction" jsonschema_extras:"x-unset=skip"`
	// The size of the context, if not the usual one.
	Context string `json:"context" jsonschema:"enum=one_megabyte" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=states what the model can do"`
	// What the provider keeps in its cache.
	CacheControl string `json:"cache_control" jsonschema:"enum=disabled,enum=automatic,enum=system_prefix,enum=system_and_conversation" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// How long the provider keeps it.
	CacheTTL string `json:"cache_ttl" jsonschema:"enum=5m,enum=1h" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// Whether the model takes a temperature, against what the catalog says.
	SupportsTemperatureOverride bool `json:"supports_temperature_override" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=states what the model can do"`
}

// AnthropicThinking is how a model thinks.
type AnthropicThinking struct {
	// Whether the model decides for itself how much to think.
	Type Tag `json:"type" jsonschema:"required" jsonschema_extras:"x-risk=none,x-risk-why=says how much the model thinks"`

	// The model decides for itself.
	Adaptive Empty `json:"-" case:"adaptive"`
	// The model thinks up to a limit.
	Enabled ThinkingBudget `json:"-" case:"enabled"`
}

// ThinkingBudget is a limit of thinking.
type ThinkingBudget struct {
	// Maximum number of tokens of thinking.
	BudgetTokens uint32 `json:"budget_tokens" jsonschema:"required" jsonschema_extras:"x-risk=none,x-risk-why=says how much the model thinks"`
}

// InferenceGeo is where a model may run.
type InferenceGeo struct {
	// Which part of the world.
	Kind Tag `json:"kind" jsonschema:"required" jsonschema_extras:"x-risk=network+posture"`

	// In the United States.
	US Empty `json:"-" case:"us"`
	// Anywhere.
	Global Empty `json:"-" case:"global"`
	// In a region that is named.
	Other GeoRegion `json:"-" case:"other"`
}

// GeoRegion is a region by its name.
type GeoRegion struct {
	// The provider's name of the region.
	Region string `json:"region" jsonschema:"required" jsonschema_extras:"x-format=name,x-risk=network+posture"`
}

// AnthropicCompaction is how the provider shortens long conversations.
type AnthropicCompaction struct {
	// Whether the provider decides how.
	Kind Tag `json:"kind" jsonschema:"required" jsonschema_extras:"x-risk=posture"`

	// The provider decides.
	Auto Empty `json:"-" case:"auto"`
	// As edit says.
	Custom CustomCompaction `json:"-" case:"custom"`
}

// CustomCompaction is a way to shorten conversations.
type CustomCompaction struct {
	// The provider's description of the edit, as JSON in a text.
	Edit string `json:"edit" jsonschema:"required" jsonschema_extras:"x-risk=network+posture"`
}
