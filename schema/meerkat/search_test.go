package meerkat

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"realmconf/schema/tree"
)

// questions are queries as agents and people send them, with the places that
// answer each.
var questions = []struct{ query, places string }{
	// by name
	{"web search", "/provider_tools/openai/web_search /provider_tools/anthropic/web_search"},
	{"port", "/rest/port"},
	{"system prompt", "/agent/system_prompt"},
	{"temperature", "/agent/temperature"},
	{"max tokens", "/agent/max_tokens_per_turn /max_tokens /budget/max_tokens"},
	{"hooks", "/hooks /hooks/entries"},
	{"mcp servers", "/tools/mcp_servers"},
	{"max_retries", "/retry/max_retries"},
	{"agent.model", "/agent/model"},
	{"/rest/host", "/rest/host"},
	// by what it does
	{"which model", "/agent/model"},
	{"what model does the agent use", "/agent/model"},
	{"provider key", "/realm/<id>/auth/<id>/source/secret /realm/<id>/auth/<id>/source /realm/<id>/auth/<id>"},
	{"api key openai", "/realm/<id>/auth/<id>/source/secret /realm/<id>/auth/<id>/source /realm/<id>/auth/<id>"},
	{"where do I put my anthropic api key", "/realm/<id>/auth/<id>/source/secret /realm/<id>/auth/<id>/source /realm/<id>/auth/<id>"},
	{"credentials from environment variable", "/realm/<id>/auth/<id>/source/env"},
	{"time out of tools", "/tools/default_timeout /tools/tool_timeouts"},
	{"tool timeout", "/tools/default_timeout /tools/tool_timeouts"},
	{"turn off hooks", "/hooks/entries/-/enabled"},
	{"disable a hook", "/hooks/entries/-/enabled"},
	{"log in", "/realm/<id>/auth/<id>/constraints/allow_interactive_login /realm/<id>/auth/<id>"},
	{"retry wait", "/retry/initial_delay /retry/max_delay"},
	{"backoff", "/retry/multiplier /retry/initial_delay /retry"},
	{"how many times to retry", "/retry/max_retries"},
	{"spending limit", "/budget/max_tokens /budget /limits/budget"},
	{"shell off", "/tools/shell_enabled"},
	{"which commands may the shell run", "/shell/security_mode /shell/security_patterns"},
	{"allowlist", "/shell/security_patterns /shell/security_mode"},
	{"deny_list", "/shell/security_mode"},
	{"sandbox", "/shell/security_mode"},
	{"parallel tool calls", "/tools/max_concurrent"},
	{"ollama", "/self_hosted/servers /self_hosted/servers/<id> /self_hosted"},
	{"local model server url", "/self_hosted/servers/<id>/base_url"},
	{"base url", "/realm/<id>/backend/<id>/base_url /self_hosted/servers/<id>/base_url"},
	{"azure endpoint", "/realm/<id>/backend/<id>/base_url /realm/<id>/backend/<id>/backend_kind"},
	{"bedrock", "/realm/<id>/backend/<id>/backend_kind"},
	{"fallback model", "/model_fallback/chain /model_fallback /model_fallback/chain/-/model"},
	{"summarize conversation", "/compaction /compaction/auto_compact_threshold"},
	{"context window", "/models/<id>/context_window /self_hosted/models/<id>/context_window"},
	{"reasoning effort", "/agent/provider_params/provider_tag/reasoning_effort /agent/provider_params/provider_tag/effort"},
	{"thinking budget", "/agent/provider_params/thinking_budget_tokens /agent/provider_params/provider_tag/thinking_budget"},
	{"git skills repository", "/skills/repositories /skills/repositories/-"},
	{"environment variables of an mcp server", "/tools/mcp_servers/-/env"},
	{"json output", "/agent/output_schema /agent/output_schema/schema"},
	{"where are sessions stored", "/store/sessions_path /store /store/database_dir"},
	{"listen address", "/rest/host /comms/address /mob_host/listen_tcp"},
	{"subagents", "/tools/mob_enabled"},
	{"oauth", "/realm/<id>/auth/<id>/auth_method"},
	{"default credentials", "/realm/<id>/default_binding /realm/<id>/binding/<id>/provider_default"},
	{"html template", "/presentation/html/templates /presentation/html/templates/<id> /presentation/html/default_template"},
	{"authorization header of an mcp server", "/tools/mcp_servers/-/headers"},
	{"streaming timeout", "/retry/stream_inactivity_timeout"},
	{"how do I limit the number of turns", "/agent/max_turns"},
	{"let the agent use bash", "/tools/shell_enabled"},
	{"gemini api key", "/realm/<id>/auth /realm/<id>/auth/<id>"},
	{"reduce cost per run", "/budget /budget/max_tokens"},
	{"fallback when model is down", "/model_fallback"},
	{"increase timeout for shell commands", "/shell/timeout_secs"},
	{"add a hook before tool calls", "/hooks /hooks/entries /hooks/entries/-/point"},
	{"vision support custom model", "/models/<id>/vision"},
	{"disable web search for openai", "/provider_tools/openai/web_search"},
	{"mcp server timeout", "/tools/mcp_servers/-/connect_timeout_secs"},
	{"skills from a github repo", "/skills/repositories"},
	{"prompt caching", "/agent/provider_params/provider_tag/prompt_cache_enabled"},
	{"ssh key for skills", "/skills/repositories/-/auth /skills/repositories/-/auth/path"},
	{"allow other agents to connect", "/comms /comms/address /comms/require_peer_auth /tools/comms_enabled"},
	{"wait between retries", "/retry/initial_delay /retry/max_delay"},
	{"max duration of a session", "/limits/max_duration"},
	{"parent realm", "/realm/<id>/parent"},
	{"disable all builtin tools", "/tools/builtins_enabled"},
	{"hook timeout", "/hooks/default_timeout_ms /hooks/entries/-/timeout_ms"},
	// misspelt
	{"temprature", "/agent/temperature"},
	{"system promt", "/agent/system_prompt"},
	{"retrys", "/retry/max_retries /retry"},
	{"websearch", "/provider_tools/openai/web_search /provider_tools/anthropic/web_search"},
	{"maxTokens", "/agent/max_tokens_per_turn /max_tokens /budget/max_tokens"},
	{"timout shell", "/shell/timeout_secs"},
	{"modle", "/agent/model /models"},
	{"concurency", "/tools/max_concurrent /hooks/background_max_concurrency"},
	{"shel", "/shell /tools/shell_enabled"},
	{"compation", "/compaction /compaction/auto_compact_threshold"},
}

// TestSearch_questions checks that each question has a right answer among the
// first three.
func TestSearch_questions(t *testing.T) {
	m := New()
	for _, q := range questions {
		found, _ := m.Search(q.query)
		var paths []string
		for _, place := range found {
			paths = append(paths, place.Path.String())
		}
		isRight := func(path string) bool { return slices.Contains(strings.Fields(q.places), path) }
		if !slices.ContainsFunc(paths[:min(3, len(paths))], isRight) {
			t.Errorf("%q: got %s\nwant one of %s among the first three", q.query, strings.Join(paths, " "), q.places)
		}
	}
}

// TestSearch_risk checks that a place in several branches has the risk classes
// of all in the result.
func TestSearch_risk(t *testing.T) {
	found, _ := New().Search("credentials env")
	for _, place := range found {
		if place.Path.String() == "/realm/<id>/auth/<id>/source/env" {
			if got, want := place.Keywords["x-risk"], []any{"exec", "secret", "posture"}; !tree.Equal(got, want) {
				t.Errorf("got the risk %v, want %v", got, want)
			}
			return
		}
	}
	t.Errorf("got %v, want the variable among them", found)
}

// TestVocabulary checks that the vocabulary names places that there are, and no
// word twice in a group.
func TestVocabulary(t *testing.T) {
	m := New()
	for place := range vocabulary().Places {
		if _, ok := m.Describe(pointer(t, place)); !ok {
			t.Errorf("%s: there is no such place", place)
		}
		if found, _ := m.Search(fmt.Sprint(vocabulary().Places[place], " ", strings.ReplaceAll(place, "/", " "))); len(found) == 0 {
			t.Errorf("%s: its own words find nothing", place)
		}
	}
	for _, group := range vocabulary().Synonyms {
		if len(group) < 2 {
			t.Errorf("%q: a group has at least two words", group)
		}
		for i, phrase := range group {
			if slices.Contains(group[:i], phrase) {
				t.Errorf("%q: %q is there twice", group, phrase)
			}
		}
	}
}
