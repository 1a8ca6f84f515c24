package compose

import "realmconf/schema/tree"

// row says how keys of a document act on the configuration that the documents
// before it have made.
type row struct {
	section string
	keys    string // separated by spaces; "*": every other key of the section; "": the section as one value
	rule    rule
}

// The rules of Meerkat 0.8.26. A key without a row has no effect. The finest
// origin of a value is what one application of a rule sets: a key, an entry of a
// map or of a list, or the keys of a section together.
var table = [...]row{
	{"agent", "system_prompt tool_instructions max_tokens_per_turn extraction_prompt", ifWritten},
	{"agent", "model", ifNotEmpty},
	{"agent", "system_prompt_file temperature budget_warning_threshold max_turns", never},
	{"agent", "provider_params output_schema structured_output_retries", never},
	{"presentation", "*", never},
	{"", "max_tokens", ifWritten},
	{"storage", "directory", ifWritten},
	{"budget", "max_tokens max_duration max_tool_calls", ifWritten},
	{"limits", "budget max_sessions max_duration max_turn_duration", ifWritten},
	{"mob_host", "realm listen_tcp advertise_tcp live_ws live_ws_advertise identity_dir descriptor_out", ifWritten},
	{"mob_host", "max_connections read_deadline_ms pairing_rate live_buffer_events", ifWritten},
	{"retry", "max_retries initial_delay max_delay multiplier call_timeout stream_inactivity_timeout", ifWritten},
	{"tools", "default_timeout max_concurrent", ifWritten},
	{"tools", "tool_timeouts", tableIfWritten},
	{"tools", "builtins_enabled shell_enabled comms_enabled mob_enabled schedule_enabled workgraph_enabled", ifWritten},
	{"tools", "mcp_servers", entriesByName},
	{"models", "anthropic openai gemini", ifNotEmpty},
	{"models", "*", entryIfWritten},
	{"shell", "", sectionIfNotDefault},
	{"store", "", sectionIfNotDefault},
	{"comms", "", sectionIfNotDefault},
	{"rest", "", sectionIfNotDefault},
	{"compaction", "", compactionSection},
	{"hooks", "default_timeout_ms payload_max_bytes background_max_concurrency", ifNotDefault},
	{"hooks", "entries", appended},
	{"model_fallback", "", fallbackSection},
	{"skills", "enabled max_injection_bytes inventory_threshold", ifWritten},
	{"skills", "health_thresholds", tableIfWritten},
	{"skills", "identity", eachListAppended},
	{"skills", "repositories", entriesByUUID},
	{"provider_tools", "anthropic openai gemini", eachKey},
	{"self_hosted", "default_model", ifWritten},
	{"self_hosted", "servers", keysOfEntriesEmptyClearsBoth},
	{"self_hosted", "models", keysOfEntriesEmptyClears},
	{"realm", "*", entryIfWritten},
}

// Members of the configuration that rules name.
const (
	realmsKey        = "realm"  // the section with the parents of realms
	modelsKey        = "models" // of self_hosted
	resetChainKey    = "use_catalog_default_chain"
	fallbackChainKey = "chain"
	thresholdKey     = "auto_compact_threshold"
	serverNameKey    = "name" // of an MCP server
	hookIDKey        = "id"
	defaultHookID    = "hook"
	repositoryKey    = "source_uuid"
)

// strictPlaces are those in which Meerkat refuses unknown keys; "*" is any key or
// index. Everywhere else it ignores them.
var strictPlaces = [...]tree.Pointer{
	{"mob_host"},
	{"self_hosted", "servers", "*"},
	{"models", "*"},
	{"model_fallback", "chain", "*"},
	{"agent", "provider_params"},
	{"tools", "mcp_servers", "*"},
}

// refusesUnknownKeys reports whether an unknown key at p makes a document
// unreadable.
func refusesUnknownKeys(p tree.Pointer) bool {
	for _, place := range strictPlaces {
		if len(p) <= len(place) {
			continue
		}
		matches := true
		for i, token := range place {
			matches = matches && (token == "*" || token == p[i])
		}
		if matches {
			return true
		}
	}
	return false
}
