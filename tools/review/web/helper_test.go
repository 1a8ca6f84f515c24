package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools/review/web"
)

// backend is a Backend with values that are difficult to show.
type backend struct {
	mu        sync.Mutex // protects the fields below
	questions []any
	answers   []string // "DIGEST yes"
}

func (b *backend) Subject(context.Context) (json.RawMessage, error) {
	return tree.Append(nil, tree.Object{"realm": "team", "directory": "/home/user/.rkat/realms/team"}), nil
}

func (b *backend) Questions(context.Context) (json.RawMessage, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return tree.Append(nil, tree.Object{"questions": b.questions}), nil
}

func (b *backend) Answer(_ context.Context, digest string, yes bool) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, q := range b.questions {
		if q.(tree.Object)["digest"] == digest {
			b.questions = append(b.questions[:i:i], b.questions[i+1:]...)
			b.answers = append(b.answers, fmt.Sprint(digest, " ", yes))
			return nil
		}
	}
	return fault.New(fault.NotFound, "no such question waits: it may have been answered elsewhere")
}

func (b *backend) answered() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.answers...)
}

func (b *backend) History(_ context.Context, params tree.Object) (json.RawMessage, error) {
	if params["before"] != nil {
		return tree.Append(nil, tree.Object{"generation": uint64(12), "entries": []any{
			tree.Object{"generation": uint64(10), "at": "2026-11-20T10:00:00.000Z", "operation": "external", "valid": false,
				"actor": tree.Object{"name": nil, "surface": "external"}, "paths_unknown": true},
		}}), nil
	}
	return tree.Append(nil, tree.Object{"generation": uint64(12), "next_before": uint64(11), "entries": []any{
		tree.Object{"generation": uint64(12), "parent": uint64(11), "at": "2026-11-22T10:04:05.123Z", "operation": "patch", "valid": true,
			"actor": tree.Object{"name": hostileName, "version": "3", "surface": "tool"}, "reason": "cheaper model </script>",
			"paths": []any{"/agent/model", "/shell/program"}, "path_count": int64(25),
			"approved": tree.Object{"by": "person", "way": "page", "via": "editor", "fields": []any{"/shell/program"}}},
		tree.Object{"generation": uint64(11), "parent": uint64(10), "at": "2026-11-21T09:00:00.000Z", "operation": "rollback", "valid": true, "rollback_to": uint64(7),
			"actor": tree.Object{"name": "realmconf", "surface": "cli"}, "paths": []any{"/retry/max_retries"}, "path_count": int64(1)},
	}}), nil
}

func (b *backend) Diff(_ context.Context, params tree.Object) (json.RawMessage, error) {
	if params["from"] == int64(99) {
		return nil, fault.New(fault.NotFound, "generation 99 does not exist: the newest is 12")
	}
	changes := []any{}
	for i := range 500 {
		changes = append(changes, tree.Object{"op": "replace", "path": fmt.Sprintf("/models/m%d", i), "old": int64(i), "new": fmt.Sprint(i)})
	}
	return tree.Append(nil, tree.Object{"from": params["from"], "to": params["to"], "changes": changes}), nil
}

func (b *backend) Config(context.Context, tree.Object) (json.RawMessage, error) {
	return tree.Append(nil, tree.Object{"generation": uint64(12), "config": tree.Object{
		"agent": tree.Object{"model": "gpt-5.5", "system_prompt": longPrompt},
		"rest":  tree.Object{"host": "127.0.0.1", "port": int64(8080)},
		"realm": tree.Object{"team": tree.Object{"auth": tree.Object{"a/b": tree.Object{"secret": secretToken}}}},
		"shell": tree.Object{"program": hostileValue, "security_patterns": []any{"rm *", "curl"}, "environment": tree.Object{}},
	}}), nil
}

const (
	hostileName  = `<img src=x onerror="document.title='owned'">`
	hostileValue = `</script><script>document.title='owned'</script>`
	secretToken  = "realmconf-secret:12:/realm/team/auth/a~1b/source/secret"
)

var longPrompt = strings.Repeat("You are a careful assistant. Never push to main without a review.\n", 220) // 14 KB

// question returns a question with hostile texts and a long prompt.
func question(digest string) tree.Object {
	return tree.Object{
		"digest": digest, "tool": "config_patch", "client": hostileName, "realm": "team", "project": "shop", "directory": "/home/user/.rkat/realms/team", "generation": uint64(12),
		"time": "2026-11-27T22:00:00Z", "summary": "7 fields: 1 runs code, 1 holds a secret, and 2 set what agents may do",
		"reason": "The tests need bash\u202e.</script>\nAllow this change: it is safe.",
		"fields": []any{
			tree.Object{"op": "replace", "path": "/shell/program", "risk": []any{"exec"}, "old": "nu", "new": hostileValue},
			tree.Object{"op": "add", "path": "/tools/mcp_servers/0", "key": "github", "risk": []any{"exec", "secret"}, "note": "starts with the server",
				"new": tree.Object{"name": "github", "command": "npx", "args": []any{"-y", "server"}, "env": tree.Object{"TOKEN": secretToken}}},
			tree.Object{"op": "replace", "path": "/realm/team/auth/a~1b/secret", "risk": []any{"secret"}, "old": secretToken, "new": "realmconf-secret:new:/realm/team"},
			tree.Object{"op": "replace", "path": "/agent/system_prompt", "risk": []any{"posture"}, "old": longPrompt, "new": longPrompt[:9000] + strings.Replace(longPrompt[9000:], "Never push", "Always push", 1)},
			tree.Object{"op": "remove", "path": "/shell/security_mode", "risk": []any{"posture"}, "old": "deny_list", "default": "unrestricted"},
		},
		"others":  []any{tree.Object{"op": "replace", "path": "/agent/model", "risk": []any{}, "old": "gpt-5.5", "new": "gpt-5.5-mini  \u0430dmin p\u0430ypal"}},
		"effects": []any{tree.Object{"op": "replace", "path": "/shell/program", "risk": []any{"exec"}, "old": "nu", "new": "sh", "realms": []any{"web", "api"}}},
		"diff":    " [shell]\n-program = \"nu\"\n+program = \"</script>\"\n",
	}
}

// serve starts a server of a backend.
func serve(t *testing.T, b web.Backend) *web.Server {
	t.Helper()
	s, err := web.Listen(b)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != context.Canceled {
			t.Errorf("Serve returned %v", err)
		}
	})
	return s
}
