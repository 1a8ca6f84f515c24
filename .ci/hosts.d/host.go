package main

import (
	"fmt"
	"path/filepath"
	"runtime"
)

// host is a program that runs a model.
type host struct {
	name    string // as realmconf knows it
	program func(packages string) []string
	ask     func(prompt string) []string // the arguments of one question without a person
	env     func(model string) []string
	files   func(t *trial) map[string]string // its settings before the entry is there, by path
	ways    []way
	allow   string // what `realmconf host` says to add to the entry so that writes pass; "" if nothing
	command string // the host's name on the path
}

// way is how the entry of the server comes into the host's settings.
type way string

const (
	byProject way = "host --write"        // into the project's file
	byUser    way = "host --write --user" // into the user's file
	byHost    way = "mcp add"             // by the host's own command, as printed
)

// hosts returns the hosts that npm installs whole: without a further download.
func hosts() []host {
	every := []way{byProject, byUser, byHost}
	return []host{
		{
			name: "claude-code", command: "claude", ways: []way{byProject, byHost},
			program: func(packages string) []string {
				return []string{filepath.Join(packages, "@anthropic-ai", "claude-code-"+nodePlatform(), "claude")}
			},
			ask: func(prompt string) []string {
				return []string{"-p", prompt, "--allowedTools", "mcp__realmconf"}
			},
			env: func(model string) []string {
				return []string{"ANTHROPIC_BASE_URL=" + model, "ANTHROPIC_API_KEY=" + fakeKey, "DISABLE_AUTOUPDATER=1", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1"}
			},
			files: func(t *trial) map[string]string {
				return map[string]string{
					// A person has answered the questions of the first start: yes to the
					// directory, and to the servers of its .mcp.json.
					filepath.Join(t.home, ".claude.json"): fmt.Sprintf(`{"hasCompletedOnboarding": true, "customApiKeyResponses": {"approved": [%q], "rejected": []},
  "projects": {%q: {"hasTrustDialogAccepted": true}}}`, fakeKey[len(fakeKey)-20:], t.project),
					filepath.Join(t.home, ".claude", "settings.json"): `{"enableAllProjectMcpServers": true}`,
				}
			},
		},
		{
			name: "codex", command: "codex", ways: every,
			program: func(packages string) []string {
				return []string{"node", filepath.Join(packages, "@openai", "codex", "bin", "codex.js")}
			},
			ask: func(prompt string) []string { return []string{"exec", "--skip-git-repo-check", prompt} },
			env: func(string) []string { return []string{"FAKE_KEY=" + fakeKey} },
			files: func(t *trial) map[string]string {
				return map[string]string{filepath.Join(t.home, ".codex", "config.toml"): fmt.Sprintf(`# settings of the trial
model = "scripted"
model_provider = "local"
approval_policy = "never"
check_for_update_on_startup = false

[model_providers.local]
name = "local"
base_url = "%s/v1"
wire_api = "responses"
env_key = "FAKE_KEY"

[analytics]
enabled = false

[projects.%q]
trust_level = "trusted"
`, t.model.url, t.project)}
			},
			allow: "default_tools_approval_mode = \"approve\"\n",
		},
		{
			name: "gemini-cli", command: "gemini", ways: every,
			program: func(packages string) []string {
				return []string{"node", filepath.Join(packages, "@google", "gemini-cli", "bundle", "gemini.js")}
			},
			ask: func(prompt string) []string { return []string{"-y", "-p", prompt} },
			env: func(model string) []string {
				return []string{"GEMINI_API_KEY=" + fakeKey, "GOOGLE_GEMINI_BASE_URL=" + model, "GEMINI_CLI_TRUST_WORKSPACE=true"}
			},
			files: func(t *trial) map[string]string {
				return map[string]string{filepath.Join(t.home, ".gemini", "settings.json"): `{
  // settings of the trial
  "security": {"auth": {"selectedType": "gemini-api-key"}},
  "general": {"disableAutoUpdate": true, "enableAutoUpdate": false},
  "privacy": {"usageStatisticsEnabled": false},
  "model": {"name": "gemini-2.5-flash"}
}
`}
			},
		},
		{
			name: "opencode", command: "opencode", ways: every,
			program: func(packages string) []string {
				return []string{filepath.Join(packages, "opencode-"+nodePlatform(), "bin", "opencode")}
			},
			ask: func(prompt string) []string { return []string{"run", prompt} },
			env: func(string) []string {
				return []string{"OPENCODE_DISABLE_AUTOUPDATE=1", "OPENCODE_DISABLE_MODELS_FETCH=1"}
			},
			files: func(t *trial) map[string]string {
				text := fmt.Sprintf(`{
  // settings of the trial
  "autoupdate": false,
  "share": "disabled",
  "model": "local/scripted",
  "small_model": "local/scripted",
  "provider": {"local": {
    "npm": "@ai-sdk/openai-compatible", "name": "local",
    "options": {"baseURL": "%s/v1", "apiKey": %q},
    "models": {"scripted": {"name": "scripted", "tool_call": true}},
  }},
}
`, t.model.url, fakeKey)
				return map[string]string{filepath.Join(t.home, ".config", "opencode", "opencode.json"): text}
			},
		},
	}
}

// fakeKey is the key of the scripted model, which takes any.
const fakeKey = "sk-ant-fake-key-0123456789abcdef"

// nodePlatform returns the system and the processor in the words of npm.
func nodePlatform() string {
	arch := runtime.GOARCH
	if arch == "amd64" {
		arch = "x64"
	}
	return runtime.GOOS + "-" + arch
}
