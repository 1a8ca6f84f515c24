package meerkat

// ProviderTools is the section provider_tools.
type ProviderTools struct {
	// Tools that Anthropic runs.
	Anthropic AnthropicTools `json:"anthropic"`
	// Tools that OpenAI runs.
	OpenAI OpenAITools `json:"openai"`
	// Tools that Google runs.
	Gemini GeminiTools `json:"gemini"`
}

// AnthropicTools is the section provider_tools.anthropic.
type AnthropicTools struct {
	// Whether the provider may search the web.
	WebSearch bool `json:"web_search" jsonschema:"default=true" jsonschema_extras:"x-risk=network"`
}

// OpenAITools is the section provider_tools.openai.
type OpenAITools struct {
	// Whether the provider may search the web.
	WebSearch bool `json:"web_search" jsonschema:"default=true" jsonschema_extras:"x-risk=network"`
}

// GeminiTools is the section provider_tools.gemini.
type GeminiTools struct {
	// Whether the provider may search the web.
	GoogleSearch bool `json:"google_search" jsonschema:"default=true" jsonschema_extras:"x-risk=network"`
}
