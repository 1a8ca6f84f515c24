package meerkat

import (
	"testing"

	"realmconf/schema/tree"
)

// large returns a stored configuration as a big installation has it: a hundred
// hooks, MCP servers and models, and fifty of everything else that is listed.
func large() tree.Object {
	strings := func(n int) []any {
		list := make([]any, n)
		for i := range list {
			list[i] = sprintf("argument %d", i)
		}
		return list
	}
	named := func(n int) tree.Object {
		o := make(tree.Object)
		for i := range n {
			o[sprintf("NAME_%d", i)] = "value"
		}
		return o
	}
	var hooks, servers, repositories []any
	models, hosts, hosted := make(tree.Object), make(tree.Object), make(tree.Object)
	backends, auth, bindings := make(tree.Object), make(tree.Object), make(tree.Object)
	for i := range 100 {
		name := sprintf("n%d", i)
		hooks = append(hooks, tree.Object{"id": name, "runtime": tree.Object{"type": "command", "command": "check", "args": strings(4), "env": named(2)}})
		servers = append(servers, tree.Object{"name": name, "command": "serve", "args": strings(6), "env": named(3)})
		models[name] = tree.Object{"provider": "openai", "display_name": name, "context_window": int64(200_000), "vision": true}
		if i >= 50 {
			continue
		}
		repositories = append(repositories, tree.Object{
			"name": name, "source_uuid": sprintf("00000000-0000-4000-8000-%012d", i), "type": "git", "url": "https://skills.example/" + name,
		})
		hosts[name] = tree.Object{"base_url": "http://" + name}
		hosted["m"+name] = tree.Object{"server": name, "remote_model": name}
		backends[name] = tree.Object{"provider": "openai", "backend_kind": "openai_api"}
		auth[name] = tree.Object{"provider": "openai", "auth_method": "api_key", "source": tree.Object{"kind": "env", "env": name}}
		bindings[name] = tree.Object{"backend_profile": name, "auth_profile": name}
	}
	return tree.Object{
		"hooks":       tree.Object{"entries": hooks},
		"tools":       tree.Object{"mcp_servers": servers, "tool_timeouts": named(100)},
		"models":      models,
		"skills":      tree.Object{"repositories": repositories},
		"self_hosted": tree.Object{"servers": hosts, "models": hosted, "default_model": "mn1"},
		"shell":       tree.Object{"security_patterns": strings(200)},
		"realm":       tree.Object{"team": tree.Object{"backend": backends, "auth": auth, "binding": bindings}},
	}
}

// TestMaxKeys_leavesRoom decodes the resolved view of a large configuration, as
// config/set gets it back, and holds that the limit is far above it.
func TestMaxKeys_leavesRoom(t *testing.T) {
	for name, config := range map[string]tree.Object{"defaults": New().Fill(tree.Object{}), "large": New().Fill(large())} {
		n := valuesIn(config)
		t.Logf("%s: %d values", name, n)
		if 10*n > 7*tree.MaxKeys {
			t.Errorf("the resolved view of %s has %d values, more than seven tenths of the limit", name, n)
		}
		if _, err := tree.DecodeObject(tree.Append(nil, tree.Object{"config": config, "expected_generation": int64(3)})); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// valuesIn returns the number of values inside a value, at every depth.
func valuesIn(v any) int {
	n := 0
	switch v := v.(type) {
	case map[string]any:
		for _, e := range v {
			n += 1 + valuesIn(e)
		}
	case []any:
		for _, e := range v {
			n += 1 + valuesIn(e)
		}
	}
	return n
}
