package meerkat

// ProviderParams is the section agent.provider_params.
type ProviderParams struct {
	// Sampling temperature.
	Temperature float32 `json:"temperature" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=sampling"`
	// The share of probability that is sampled from.
	TopP float32 `json:"top_p" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=sampling"`
	// Maximum number of tokens in one reply.
	MaxOutputTokens uint32 `json:"max_output_tokens" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// What becomes of the model's reasoning: shown, kept silent, or off.
	Reasoning string `json:"reasoning" jsonschema:"enum=emit,enum=silent,enum=off" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// Maximum number of tokens of thinking.
	ThinkingBudgetTokens uint32 `json:"thinking_budget_tokens" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=says how much the model thinks"`
	// Parameters of one provider only.
	ProviderTag ProviderTag `json:"provider_tag" jsonschema_extras:"x-unset=skip"`
}

// ProviderTag is parameters of one provider only.
type ProviderTag struct {
	// Which provider. OpenAI is spelt open_ai here, and openai everywhere else.
	Provider Tag `json:"provider" jsonschema:"required" jsonschema_extras:"x-risk=none,x-risk-why=says whose parameters follow: each has classes of its own"`

	// Parameters for Anthropic.
	Anthropic AnthropicParams `json:"-" case:"anthropic"`
	// Parameters for OpenAI.
	OpenAI OpenAIParams `json:"-" case:"open_ai"`
	// Parameters for Gemini.
	Gemini GeminiParams `json:"-" case:"gemini"`
	// Parameters that the platform does not know, and passes on.
	Unknown UnknownParams `json:"-" case:"unknown"`
}

// UnknownParams is parameters that the platform does not know.
type UnknownParams struct {
	// The parameters.
	Bag ParamsBag `json:"bag" jsonschema:"required"`
}

// ParamsBag is parameters in a form that the platform passes on unread.
type ParamsBag struct {
	// Whose parameters they are.
	Namespace string `json:"namespace" jsonschema:"required" jsonschema_extras:"x-risk=posture"`
	// The name of the parameters.
	Key string `json:"key" jsonschema:"required" jsonschema_extras:"x-risk=posture"`
	// The parameters, as text.
	Body string `json:"body" jsonschema:"default=" jsonschema_extras:"x-risk=secret+network+posture"`
}
