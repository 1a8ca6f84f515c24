package meerkat

// OpenAIParams is parameters for OpenAI.
type OpenAIParams struct {
	// How much the model reasons. It is xhigh here, and x_high with Anthropic.
	ReasoningEffort string `json:"reasoning_effort" jsonschema:"enum=none,enum=low,enum=medium,enum=high,enum=xhigh,enum=max" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=says how much the model thinks"`
	// Which way of reasoning is used.
	ReasoningMode string `json:"reasoning_mode" jsonschema:"enum=standard,enum=pro" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=says how the model thinks"`
	// Which earlier reasoning the model sees.
	ReasoningContext string `json:"reasoning_context" jsonschema:"enum=auto,enum=current_turn,enum=all_turns" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=says how the model thinks"`
	// How long replies are.
	TextVerbosity string `json:"text_verbosity" jsonschema:"enum=low,enum=medium,enum=high" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=says how long replies are"`
	// The seed of the sampling.
	Seed int64 `json:"seed" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=sampling"`
	// How much frequent tokens are avoided.
	FrequencyPenalty float32 `json:"frequency_penalty" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=sampling"`
	// How much tokens that were there already are avoided.
	PresencePenalty float32 `json:"presence_penalty" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=sampling"`
	// The web search tool, as JSON in a text.
	WebSearch string `json:"web_search" jsonschema_extras:"x-unset=skip,x-risk=network"`
	// The JSON Schema that replies must satisfy.
	StructuredOutput OutputSchema `json:"structured_output" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// The reasoning parameter, as JSON in a text.
	Reasoning string `json:"reasoning" jsonschema_extras:"x-unset=skip,x-risk=network+posture"`
	// Arguments of the chat template, as JSON in a text.
	ChatTemplateKwargs string `json:"chat_template_kwargs" jsonschema_extras:"x-unset=skip,x-risk=network+posture"`
	// The thinking parameter, as JSON in a text.
	Thinking string `json:"thinking" jsonschema_extras:"x-unset=skip,x-risk=network+posture"`
	// Whether the provider keeps replies.
	Store bool `json:"store" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// Whether the provider caches prompts.
	PromptCacheEnabled bool `json:"prompt_cache_enabled" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// The name under which the provider caches prompts.
	PromptCacheKey string `json:"prompt_cache_key" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// Where or how long the provider keeps cached prompts.
	PromptCacheRetention string `json:"prompt_cache_retention" jsonschema:"enum=in_memory,enum=24h" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// How it caches them.
	PromptCacheOptions PromptCacheOptions `json:"prompt_cache_options" jsonschema_extras:"x-unset=skip"`
	// Whether the model takes a temperature, against what the catalog says.
	SupportsTemperatureOverride bool `json:"supports_temperature_override" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=states what the model can do"`
	// Whether the model takes a reasoning effort, against what the catalog says.
	SupportsReasoningOverride bool `json:"supports_reasoning_override" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=states what the model can do"`
}

// PromptCacheOptions is how a provider caches prompts.
type PromptCacheOptions struct {
	// Whether the provider decides what it caches.
	Mode string `json:"mode" jsonschema:"enum=implicit,enum=explicit" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// How long it keeps them.
	TTL string `json:"ttl" jsonschema:"enum=30m" jsonschema_extras:"x-unset=skip,x-risk=posture"`
}
