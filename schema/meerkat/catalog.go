package meerkat

// catalog are the ids of the models that are built into Meerkat 0.8.26. A custom
// model must not have one of them.
var catalog = []string{
	"claude-fable-5", "claude-opus-5", "claude-opus-4-8", "claude-opus-4-7", "claude-sonnet-4-6",
	"claude-sonnet-4-5", "claude-haiku-4-5-20251001", "claude-haiku-4-5", "claude-opus-4-5",
	"gemini-3.5-flash", "gemini-3.1-pro-preview", "gemini-3.1-flash-lite-preview",
	"gpt-5.6-sol", "gpt-5.6-terra", "gpt-5.6-luna", "gpt-5.6", "gpt-5.5", "gpt-5.5-pro",
	"gpt-5.4", "gpt-5.4-mini", "gpt-5.3-codex", "gpt-realtime-2",
}

// provider is a provider with the names that Meerkat 0.8.26 knows for it.
type provider struct {
	name         string
	backendKinds []string
	authMethods  []string
}

// providers are those that Meerkat 0.8.26 knows.
var providers = [...]provider{
	{
		"anthropic",
		[]string{"anthropic_api", "bedrock", "vertex", "foundry"},
		[]string{"api_key", "static_bearer", "claude_ai_oauth", "oauth_to_api_key", "external_authorizer",
			"bedrock_bearer", "bedrock_aws_sigv4", "vertex_google_auth", "foundry_api_key", "foundry_azure_ad"},
	},
	{
		"openai",
		[]string{"openai_api", "chatgpt_backend", "azure_openai"},
		[]string{"api_key", "azure_api_key", "static_bearer", "managed_chatgpt_oauth", "external_chatgpt_tokens",
			"external_authorizer"},
	},
	{
		"gemini",
		[]string{"google_genai", "vertex_ai", "google_code_assist"},
		[]string{"api_key", "bearer_api_key", "external_authorizer", "adc", "api_key_express", "google_oauth",
			"compute_adc"},
	},
	{
		"self_hosted",
		[]string{"self_hosted", "openai_compatible"},
		[]string{"api_key", "none", "static_bearer"},
	},
}

// providerNames returns the names of providers.
func providerNames() []string {
	var names []string
	for _, p := range providers {
		names = append(names, p.name)
	}
	return names
}
