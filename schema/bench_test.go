package schema_test

import (
	"fmt"
	"testing"

	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

// large returns a configuration of about this many bytes as JSON: hooks, servers,
// realms and models in equal parts. With wrong each of them has a mistake.
func large(size int, wrong bool) tree.Object {
	config := tree.Object{
		"hooks": tree.Object{"entries": []any{}}, "tools": tree.Object{"mcp_servers": []any{}},
		"realm": tree.Object{}, "self_hosted": tree.Object{"models": tree.Object{}, "servers": tree.Object{"s": tree.Object{}}},
	}
	var hooks, servers []any
	for i := 0; size > 0; i++ {
		name := fmt.Sprintf("name-%d", i)
		hook := tree.Object{"id": name, "runtime": tree.Object{"type": "command", "command": "sh", "args": []any{"-c", "true"}}}
		server := tree.Object{"name": name, "url": "https://example.org/" + name, "headers": tree.Object{"A": "b"}}
		model := tree.Object{"server": "s", "vision": true, "context_window": int64(100000)}
		realm := tree.Object{"auth": tree.Object{"a": tree.Object{
			"provider": "openai", "auth_method": "api_key", "source": tree.Object{"kind": "env", "env": "KEY"},
		}}}
		if wrong {
			hook["timeout"], server["transport"], model["visoin"], realm["parent"] = "5", "ssh", true, "no slug!"
			config[name] = true
		}
		hooks, servers = append(hooks, hook), append(servers, server)
		config["realm"].(tree.Object)[name] = realm
		within(config, "self_hosted", "models")[name] = model
		for _, v := range []tree.Object{hook, server, model, realm} {
			size -= len(tree.Append(nil, v)) + len(name)
		}
	}
	within(config, "hooks")["entries"] = hooks
	within(config, "tools")["mcp_servers"] = servers
	config["self_hosted"].(tree.Object)["default_model"] = "name-0"
	return config
}

// BenchmarkSize shows that the time is linear in the size: compare the 1 MiB rows
// with ten times the 100 KiB rows.
func BenchmarkSize(b *testing.B) {
	m := meerkat.New()
	for _, size := range []int{100 << 10, 1 << 20} {
		for name, wrong := range map[string]bool{"right": false, "wrong": true} {
			config := large(size, wrong)
			run := func(what string, f func()) {
				b.Run(fmt.Sprintf("%s/%s/%dKiB", what, name, size>>10), func(b *testing.B) {
					f()
					b.ReportAllocs()
					b.SetBytes(int64(size))
					for b.Loop() {
						f()
					}
				})
			}
			run("Check", func() { m.Check(config, config) })
			run("Fill", func() { m.Fill(config) })
			run("Mask", func() { m.Mask(config, tokenAt) })
			masked := m.Mask(config, tokenAt)
			run("Reveal", func() { m.Reveal(masked, config, secretsOf(m, config)) })
		}
	}
}

// BenchmarkFirst measures the model's share of the first request.
func BenchmarkFirst(b *testing.B) {
	config := tree.Object{"rest": tree.Object{"port": int64(9)}}
	for b.Loop() {
		m := meerkat.New()
		m.Fill(config)
		m.Check(config, config)
	}
}

func TestCheck_largeConfiguration(t *testing.T) {
	issues, warnings := findIssues(meerkat.New(), large(100<<10, false), nil)
	if len(issues)+len(warnings) > 0 {
		t.Errorf("got %v and %v, want none", issues[:min(3, len(issues))], warnings[:min(3, len(warnings))])
	}
	if found := meerkat.New().Check(large(100<<10, true), nil).Issues; found.Count < 500 {
		t.Errorf("got %d issues, want one for each mistake", found.Count)
	}
}
