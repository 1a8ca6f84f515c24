package meerkat

import "realmconf/schema"

// vocabulary returns what people call the things of this configuration, for the
// search. A word belongs here if somebody has it in mind and the names and
// descriptions do not have it.
func vocabulary() schema.Vocabulary {
	return schema.Vocabulary{Synonyms: synonyms(), Places: placeWords()}
}

// synonyms returns groups of words and phrases that mean the same.
func synonyms() [][]string {
	return [][]string{
		{"turn off", "turn on", "switch off", "switch on", "disable", "deactivate", "activate", "enable", "off", "enabled"},
		{"timeout", "time out", "longest time", "deadline", "maximum duration"},
		{"wait", "delay", "pause", "backoff", "back off"},
		{"retry", "repetition", "repeat", "try again", "reattempt"},
		{"how many times", "how often", "max retries"},
		{"api key", "provider key", "secret key", "access key", "credentials", "credential", "secret"},
		{"log in", "login", "sign in", "oauth", "authenticate"},
		{"account", "organisation", "organization", "workspace", "subscription"},
		{"environment variable", "env var", "environment", "env"},
		{"url", "endpoint", "address", "base url", "host"},
		{"spending", "spend", "cost", "budget", "usage"},
		{"limit", "maximum", "max", "cap"},
		{"parallel", "concurrent", "concurrency", "at a time", "simultaneous", "at once"},
		{"subagents", "sub agents", "spawn agents", "start agents", "other agents", "mob", "multi agent", "swarm"},
		{"summarise", "summarize", "summary", "compact", "compaction", "shorten"},
		{"conversation", "chat", "history", "session"},
		{"backup model", "fallback"},
		{"self hosted", "local model", "local models", "own server", "ollama", "vllm", "llama", "lm studio"},
		{"claude", "anthropic"},
		{"gpt", "chatgpt", "openai", "open_ai"},
		{"google", "gemini", "vertex"},
		{"cloud", "aws", "bedrock", "azure", "foundry", "vertex"},
		{"directory", "folder", "path"},
		{"database", "sqlite", "db"},
		{"reasoning", "thinking", "think", "effort"},
		{"picture", "pictures", "image", "images", "vision", "multimodal"},
		{"command", "program", "executable", "binary"},
		{"argument", "args", "parameters"},
		{"structured output", "json output", "json schema", "output schema", "response format"},
		{"instructions", "prompt", "system message"},
		{"plugin", "mcp server", "mcp servers", "tool server"},
		{"fallback", "failover", "not available", "unavailable"},
		{"sandbox", "allowlist", "whitelist", "permissions", "which commands", "security mode"},
		{"denylist", "blocklist", "blacklist", "deny list"},
		{"listen", "bind", "serve"},
		{"docs", "template", "html"},
		{"http header", "headers", "header"},
		{"stream", "streaming", "streamed"},
		{"length", "size", "bytes"},
		{"reply", "response", "answer", "output", "completion"},
	}
}

// placeWords returns further words for single places.
func placeWords() map[string]string {
	const key = "api key provider key password credential secret openai anthropic gemini"
	return map[string]string{
		"/agent/max_tokens_per_turn":             "response length",
		"/comms":                                 "connect agents",
		"/comms/address":                         "connect agents",
		"/comms/require_peer_auth":               "connect agents",
		"/tools/comms_enabled":                   "connect message",
		"/realm/<id>/auth/<id>/source/program":   "fetch token",
		"/agent/model":                           "default model choose model select model gpt claude",
		"/agent/system_prompt":                   "instructions persona",
		"/budget":                                "spending cost",
		"/budget/max_tokens":                     "spending cost",
		"/realm/<id>":                            "provider account login",
		"/realm/<id>/auth":                       key,
		"/realm/<id>/auth/<id>":                  key + " login",
		"/realm/<id>/auth/<id>/auth_method":      "oauth login subscription",
		"/realm/<id>/auth/<id>/source":           key,
		"/realm/<id>/auth/<id>/source/env":       key + " environment variable OPENAI_API_KEY ANTHROPIC_API_KEY GEMINI_API_KEY",
		"/realm/<id>/auth/<id>/source/secret":    key + " inline literal",
		"/realm/<id>/backend/<id>/base_url":      "endpoint proxy gateway azure",
		"/realm/<id>/backend/<id>/backend_kind":  "cloud vertex",
		"/realm/<id>/binding/<id>":               "provider connection",
		"/realm/<id>/binding/<id>/default_model": "provider model",
		"/realm/<id>/default_binding":            "default credentials default provider",
		"/retry/initial_delay":                   "backoff",
		"/retry/max_retries":                     "attempts number",
		"/retry/multiplier":                      "backoff exponential factor",
		"/rest/port":                             "listen http api",
		"/self_hosted":                           "ollama vllm local",
		"/self_hosted/servers":                   "ollama vllm llama local lmstudio",
		"/self_hosted/servers/<id>/base_url":     "endpoint ollama vllm local model",
		"/self_hosted/servers/<id>":              "ollama vllm llama local lmstudio",
		"/shell/security_mode":                   "sandbox allowlist denylist permission",
		"/shell/security_patterns":               "whitelist blacklist permission allowed forbidden",
		"/tools/default_timeout":                 "tool",
		"/tools/max_concurrent":                  "parallel",
		"/tools/mcp_servers":                     "plugin extension integration",
		"/tools/mob_enabled":                     "subagent spawn delegate",
		"/tools/shell_enabled":                   "bash terminal",
		"/tools/tool_timeouts":                   "tool",
		"/agent/provider_params/reasoning":       "thinking",
		"/store/sessions_path":                   "history conversations",
		"/provider_tools":                        "internet browsing",
		"/provider_tools/anthropic/web_search":   "internet browsing",
		"/provider_tools/gemini/google_search":   "web internet browsing",
		"/provider_tools/openai/web_search":      "internet browsing",
	}
}
