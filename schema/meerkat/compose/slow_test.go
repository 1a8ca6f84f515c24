package compose_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// slowly composes as Meerkat's own code is written: discovery, chain, and for each
// member of the chain a merge of its values, with all defaults filled in, and then
// a pass over the keys that its text has. It serves as the oracle of the composer,
// which works without filling in defaults.
type slowly struct {
	documents map[string]tree.Object // that exist, as their texts say them
	model     interface {
		Fill(tree.Object) tree.Object
	}
}

// compose returns the effective configuration and its chain, or the message of
// Meerkat's error.
func (s slowly) compose(head string) (effective tree.Object, chain []string, refusal string) {
	s.model = meerkat.New()
	known := s.discover(head)
	chain, refusal = slowChain(head, known)
	if refusal != "" {
		return nil, nil, refusal
	}
	effective = treetest.CloneObject(s.model.Fill(nil))
	for _, realm := range slices.Backward(chain) {
		if document, exists := known[realm]; exists {
			s.merge(effective, s.model.Fill(treetest.CloneObject(document)), document)
		}
	}
	return effective, chain, ""
}

// discover follows the parents that documents give their own realms.
func (s slowly) discover(head string) map[string]tree.Object {
	known, visited := map[string]tree.Object{}, []string{}
	fetch := func(realm string) {
		visited = append(visited, realm)
		if document, exists := s.documents[realm]; exists {
			known[realm] = document
		}
	}
	next := head
	for range 20 {
		if slices.Contains(visited, next) {
			break
		}
		fetch(next)
		own := part(known[next], "realm", next)
		parent, has := own["parent"]
		if !has {
			break
		}
		next = parent.(string)
	}
	if !slices.Contains(visited, "global") {
		fetch("global")
	}
	return known
}

// slowChain follows the parents in the union of all sections.
func slowChain(head string, known map[string]tree.Object) ([]string, string) {
	topology := map[string]tree.Object{}
	for _, realm := range slices.Sorted(maps.Keys(known)) {
		for id, section := range part(known[realm], "realm") {
			topology[id] = section.(tree.Object)
		}
	}
	ordered, current := []string{head}, head
	for {
		if len(ordered) > 16 {
			return nil, fmt.Sprintf("realm parent chain from '%s' exceeds max depth 16", head)
		}
		parent, has := topology[current]["parent"].(string)
		if current == "global" && has {
			return nil, "the reserved 'global' realm (via 'global') must not declare a parent"
		}
		if !has {
			if _, exists := topology["global"]; current != "global" && exists && !slices.Contains(ordered, "global") {
				ordered = append(ordered, "global")
			}
			return ordered, ""
		}
		if parent == "env_default" {
			return nil, fmt.Sprintf("realm '%s' names the reserved env_default slug as its parent", current)
		}
		if _, exists := topology[parent]; parent != "global" && !exists {
			return nil, fmt.Sprintf("realm '%s' names parent '%s' which is not configured", current, parent)
		}
		if slices.Contains(ordered, parent) {
			return nil, "realm parent chain has a cycle: " + strings.Join(append(ordered, parent), " -> ")
		}
		ordered = append(ordered, parent)
		current = parent
	}
}

// merge folds a document onto a configuration: value are its values after all
// defaults were filled in, raw is the document as written.
func (s slowly) merge(c, value, raw tree.Object) {
	initial := s.model.Fill(nil)
	s.mergeValues(c, value, raw, initial)
	s.mergePresence(c, value, raw)
}

func (s slowly) mergeValues(c, value, raw, initial tree.Object) {
	ifSet := func(section string, keys ...string) {
		for _, key := range keys {
			if v := part(value, section)[key]; v != nil {
				part(c, section)[key] = v
			}
		}
	}
	ifNotEmpty := func(section string, keys ...string) {
		for _, key := range keys {
			if v := part(value, section)[key]; v != "" {
				part(c, section)[key] = v
			}
		}
	}
	ifNotInitial := func(section string, keys ...string) {
		for _, key := range keys {
			v, has := part(value, section)[key]
			if has && !tree.Equal(v, part(initial, section)[key]) {
				part(c, section)[key] = v
			}
		}
	}
	ifSet("agent", "system_prompt", "tool_instructions", "max_tokens_per_turn", "extraction_prompt")
	ifNotEmpty("agent", "model")
	if v := value["max_tokens"]; v != nil {
		c["max_tokens"] = v
	}
	ifSet("storage", "directory")
	ifSet("budget", "max_tokens", "max_duration", "max_tool_calls")
	ifSet("limits", "budget", "max_sessions", "max_duration", "max_turn_duration")
	ifSet("mob_host", slices.Collect(maps.Keys(part(value, "mob_host")))...)
	ifNotInitial("retry", "max_retries", "initial_delay", "max_delay", "multiplier", "call_timeout", "stream_inactivity_timeout")
	ifNotInitial("tools", "default_timeout", "tool_timeouts", "max_concurrent", "builtins_enabled", "shell_enabled",
		"comms_enabled", "mob_enabled", "schedule_enabled", "workgraph_enabled")
	part(c, "tools")["mcp_servers"] = union(part(c, "tools")["mcp_servers"], part(value, "tools")["mcp_servers"], "name")
	for id, model := range part(value, "models") {
		if id == "anthropic" || id == "openai" || id == "gemini" {
			ifNotEmpty("models", id)
		} else {
			part(c, "models")[id] = model
		}
	}
	for _, section := range []string{"shell", "store", "comms", "rest"} {
		if !tree.Equal(value[section], initial[section]) {
			c[section] = value[section]
		}
	}
	_, thresholdWritten := part(raw, "compaction")["auto_compact_threshold"]
	if thresholdWritten || !tree.Equal(value["compaction"], initial["compaction"]) {
		c["compaction"] = value["compaction"]
	}
	ifNotInitial("hooks", "default_timeout_ms", "payload_max_bytes", "background_max_concurrency")
	part(c, "hooks")["entries"] = concat(part(c, "hooks")["entries"], part(value, "hooks")["entries"])
	switch fallback := part(value, "model_fallback"); {
	case fallback["use_catalog_default_chain"] == true:
		c["model_fallback"] = initial["model_fallback"]
	default:
		fallback = maps.Clone(fallback)
		delete(fallback, "use_catalog_default_chain")
		if list, _ := fallback["chain"].([]any); len(list) == 0 {
			delete(fallback, "chain")
		}
		if !tree.Equal(fallback, initial["model_fallback"]) {
			c["model_fallback"] = fallback
		}
	}
	ifNotInitial("skills", "enabled", "max_injection_bytes", "inventory_threshold", "health_thresholds")
	for _, list := range []string{"lineage", "remaps", "aliases"} {
		part(c, "skills", "identity")[list] = concat(part(c, "skills", "identity")[list], part(value, "skills", "identity")[list])
	}
	part(c, "skills")["repositories"] = union(part(c, "skills")["repositories"], part(value, "skills")["repositories"], "source_uuid")
	for id, section := range part(value, "realm") {
		if c["realm"] == nil {
			c["realm"] = tree.Object{}
		}
		part(c, "realm")[id] = section
	}
}

// mergePresence gives the keys that the text has their values, default or not.
func (s slowly) mergePresence(c, value, raw tree.Object) {
	ifPresent := func(section string, keys ...string) {
		for _, key := range keys {
			if _, written := part(raw, section)[key]; written {
				part(c, section)[key] = part(value, section)[key]
			}
		}
	}
	ifPresent("retry", "max_retries", "initial_delay", "max_delay", "multiplier", "call_timeout", "stream_inactivity_timeout")
	ifPresent("tools", "default_timeout", "tool_timeouts", "max_concurrent", "builtins_enabled", "shell_enabled",
		"comms_enabled", "mob_enabled", "schedule_enabled", "workgraph_enabled")
	ifPresent("skills", "enabled", "max_injection_bytes", "inventory_threshold", "health_thresholds")
	for provider, keys := range part(raw, "provider_tools") {
		for key, v := range keys.(tree.Object) {
			part(c, "provider_tools", provider)[key] = v
		}
	}
	ifPresent("self_hosted", "default_model")
	servers, written := part(raw, "self_hosted")["servers"].(tree.Object)
	if written && len(servers) == 0 {
		part(c, "self_hosted")["servers"], part(c, "self_hosted")["models"] = tree.Object{}, tree.Object{}
	}
	models, written := part(raw, "self_hosted")["models"].(tree.Object)
	if written && len(models) == 0 {
		part(c, "self_hosted")["models"] = tree.Object{}
	}
	for name, entries := range map[string]tree.Object{"servers": servers, "models": models} {
		for id, entry := range entries {
			into := part(c, "self_hosted", name)
			if into[id] == nil {
				into[id] = maps.Clone(part(value, "self_hosted", name, id))
			}
			for key := range entry.(tree.Object) {
				part(into, id)[key] = part(value, "self_hosted", name, id)[key]
			}
		}
	}
}

// part returns the object at a path, nil if there is none.
func part(o tree.Object, path ...string) tree.Object {
	for _, name := range path {
		o, _ = o[name].(tree.Object)
	}
	return o
}

func concat(a, b any) []any {
	x, _ := a.([]any)
	y, _ := b.([]any)
	return append(slices.Clone(x), y...)
}

// union replaces entries of a list by those of another one with the same value of
// a key, and adds the others.
func union(a, b any, key string) []any {
	all := concat(a, nil)
	entries, _ := b.([]any)
	for _, entry := range entries {
		id := cmp.Or(entry.(tree.Object)[key], any(""))
		i := slices.IndexFunc(all, func(e any) bool { return e.(tree.Object)[key] == id })
		if i < 0 {
			all = append(all, entry)
		} else {
			all[i] = entry
		}
	}
	return all
}
