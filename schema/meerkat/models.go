package meerkat

// Models is the section models.
type Models struct {
	// The model used for Anthropic. Empty: the catalog's default.
	Anthropic string `json:"anthropic" jsonschema:"default=" jsonschema_extras:"x-risk=none,x-risk-why=only names a model: other keys choose the server and the credentials"`
	// The model used for OpenAI. Empty: the catalog's default.
	OpenAI string `json:"openai" jsonschema:"default=" jsonschema_extras:"x-risk=none,x-risk-why=only names a model: other keys choose the server and the credentials"`
	// The model used for Gemini. Empty: the catalog's default.
	Gemini string `json:"gemini" jsonschema:"default=" jsonschema_extras:"x-risk=none,x-risk-why=only names a model: other keys choose the server and the credentials"`
	// Models that the catalog does not have, by id.
	Custom map[string]CustomModel `json:",inline"`
}

// CustomModel is a model that the catalog does not have.
type CustomModel struct {
	// The provider that serves the model: anthropic, openai or gemini.
	Provider string `json:"provider" jsonschema:"required,enum=anthropic,enum=openai,enum=gemini,enum=self_hosted,enum=other" jsonschema_extras:"x-value-alias=open_a_i:openai,x-risk=network"`
	// The name that people see.
	DisplayName string `json:"display_name" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=a name for people"`
	// How many tokens a conversation with the model may have.
	ContextWindow uint32 `json:"context_window" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=states what the model can do"`
	// Maximum number of tokens in one reply of the model.
	MaxOutputTokens uint32 `json:"max_output_tokens" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// Whether the model reads images.
	Vision bool `json:"vision" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=states what the model can do"`
	// Whether the provider searches the web for the model.
	WebSearch bool `json:"web_search" jsonschema_extras:"x-unset=skip,x-risk=network"`
	// The longest time of one call, in seconds.
	CallTimeoutSecs uint64 `json:"call_timeout_secs" jsonschema_extras:"x-unset=skip,x-risk=posture"`
}
