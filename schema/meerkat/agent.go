package meerkat

// Agent is the section agent.
type Agent struct {
	// The system prompt. Takes the place of the built-in one.
	SystemPrompt string `json:"system_prompt" jsonschema_extras:"x-unset=null,x-risk=posture"`
	// A file whose text is the system prompt.
	SystemPromptFile string `json:"system_prompt_file" jsonschema_extras:"x-unset=null,x-risk=path+posture"`
	// Instructions to the model about the use of tools.
	ToolInstructions string `json:"tool_instructions" jsonschema_extras:"x-unset=null,x-risk=posture"`
	// The model that agents use. Empty: the catalog's default.
	Model string `json:"model" jsonschema:"default=" jsonschema_extras:"x-risk=none,x-risk-why=only names a model: other keys choose the server and the credentials"`
	// Maximum number of tokens in one reply of the model. Absent: 16384.
	MaxTokensPerTurn uint32 `json:"max_tokens_per_turn" jsonschema:"minimum=1" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// Sampling temperature. Absent: the provider decides.
	Temperature float32 `json:"temperature" jsonschema_extras:"x-unset=null,x-risk=none,x-risk-why=sampling"`
	// The share of a budget, 0 to 1, from which on the agent is warned.
	BudgetWarningThreshold float32 `json:"budget_warning_threshold" jsonschema:"default=0.8" jsonschema_extras:"x-risk=posture"`
	// Maximum number of turns of one run. Absent: 100.
	MaxTurns uint32 `json:"max_turns" jsonschema_extras:"x-unset=null,x-risk=posture"`
	// Further parameters for the model's provider.
	ProviderParams ProviderParams `json:"provider_params" jsonschema_extras:"x-unset=skip"`
	// The JSON Schema that an agent's final answer must satisfy.
	OutputSchema OutputSchema `json:"output_schema" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// How often an answer that does not satisfy output_schema is asked for again.
	StructuredOutputRetries uint32 `json:"structured_output_retries" jsonschema:"default=2" jsonschema_extras:"x-risk=none,x-risk-why=repeats a request that is made anyway"`
	// The prompt that asks for the structured answer.
	ExtractionPrompt string `json:"extraction_prompt" jsonschema_extras:"x-unset=skip,x-risk=posture"`
}
