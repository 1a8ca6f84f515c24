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

// backendKinds returns the interfaces that Meerkat 0.8.26 knows, by provider.
func backendKinds() map[string]map[string]bool {
	return map[string]map[string]bool{
		"anthropic":   set("anthropic_api", "bedrock", "vertex", "foundry"),
		"openai":      set("openai_api", "chatgpt_backend", "azure_openai"),
		"gemini":      set("google_genai", "vertex_ai", "google_code_assist"),
		"self_hosted": set("self_hosted", "openai_compatible"),
	}
}

// authMethods returns the authentication methods that Meerkat 0.8.26 knows, by
// provider.
func authMethods() map[string]map[string]bool {
	return map[string]map[string]bool{
		"anthropic": set("api_key", "static_bearer", "claude_ai_oauth", "oauth_to_api_key", "external_authorizer",
			"bedrock_bearer", "bedrock_aws_sigv4", "vertex_google_auth", "foundry_api_key", "foundry_azure_ad"),
		"openai": set("api_key", "azure_api_key", "static_bearer", "managed_chatgpt_oauth", "external_chatgpt_tokens",
			"external_authorizer"),
		"gemini": set("api_key", "bearer_api_key", "external_authorizer", "adc", "api_key_express", "google_oauth",
			"compute_adc"),
		"self_hosted": set("api_key", "none", "static_bearer"),
	}
}

func set(names ...string) map[string]bool {
	s := make(map[string]bool, len(names))
	for _, name := range names {
		s[name] = true
	}
	return s
}
