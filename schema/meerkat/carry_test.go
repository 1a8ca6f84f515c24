package meerkat

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema/tree"
)

// old are configurations of version 0.6.27 that later ones do not know, and their
// issues.
var old = []struct {
	name, config string
	paths        []string
}{
	{"a hook's failure policy", `{"hooks":{"entries":[{"id":"h","failure_policy":"fail_open"}]}}`, []string{"/hooks/entries/0/failure_policy"}},
	{"a hook that rewrites", `{"hooks":{"entries":[{"id":"h","capability":"rewrite"}]}}`, []string{"/hooks/entries/0/capability"}},
	{"a hook's own payload", `{"hooks":{"entries":[{"id":"h","runtime":{"type":"in_process","handler":"a","limit":5}}]}}`, []string{"/hooks/entries/0/runtime/limit"}},
	{"a hook's payload under config", `{"hooks":{"entries":[{"id":"h","runtime":{"type":"command","config":{"command":"sh"}}}]}}`,
		[]string{"/hooks/entries/0/runtime/command", "/hooks/entries/0/runtime/config"}},
	{"a server's token", `{"self_hosted":{"servers":{"a":{"bearer_token":"hunter2","bearer_token_env":"E"}}}}`,
		[]string{"/self_hosted/servers/a/bearer_token", "/self_hosted/servers/a/bearer_token_env"}},
	{"a repository's token", `{"skills":{"repositories":[{"name":"n","source_uuid":"` + uuidA + `","type":"git","url":"u","auth_token":"hunter2","ssh_key":"k"}]}}`,
		[]string{"/skills/repositories/0/auth_token", "/skills/repositories/0/ssh_key"}},
	{"a repository's header", `{"skills":{"repositories":[{"name":"n","source_uuid":"` + uuidA + `","type":"http","url":"u","auth_header":"hunter2"}]}}`, []string{"/skills/repositories/0/auth_header"}},
	{"free provider parameters", `{"agent":{"provider_params":{"thinking":{"type":"enabled"},"effort":"high"}}}`, []string{"/agent/provider_params/effort", "/agent/provider_params/thinking"}},
	{"an unknown model", `{"models":{"mistral":"x"}}`, []string{"/models/mistral"}},
	{"an integer above 2^63-1", `{"limits":{"budget":9223372036854775808}}`, []string{"/limits/budget"}},
	{"one in free JSON", `{"realm":{"x":{"backend":{"b":{"provider":"openai","backend_kind":"openai_api","options":{"a":[18446744073709551615]}}}}}}`, []string{"/realm/x/backend/b/options/a/0"}},
}

func TestCheck_oldVersionKeyIsKept(t *testing.T) {
	m := New()
	for _, tt := range old {
		t.Run(tt.name, func(t *testing.T) {
			config := object(t, tt.config)
			issues, _ := findIssues(m, config, nil)
			if diff := cmp.Diff(tt.paths, pathsOf(issues)); diff != "" {
				t.Errorf("newly written: issues (-want +got)\n%s", diff)
			}
			issues, warnings := findIssues(m, with(config, "max_tokens", int64(5)), config)
			if len(issues) > 0 {
				t.Errorf("beside another change: got issues %v", issues)
			}
			if diff := cmp.Diff(tt.paths, pathsOf(warnings)); diff != "" {
				t.Errorf("beside another change: warnings (-want +got)\n%s", diff)
			}
			canonical, _ := m.Canonical(m.Fill(config))
			for name, view := range map[string]tree.Object{"Fill": m.Fill(config), "Canonical of Fill": canonical} {
				for _, path := range tt.paths {
					want, _, stored := pointer(t, path).Get(config)
					got, _, ok := pointer(t, path).Get(view)
					if stored && (!ok || !tree.Equal(got, want)) {
						t.Errorf("%s: %s: got %v, want %v", name, path, got, want)
					}
				}
			}
		})
	}
}

func TestCheck_oldVersionKeyMayBeRemoved(t *testing.T) {
	prev := object(t, `{"self_hosted":{"servers":{"a":{"bearer_token":"one"}}}}`)
	issues, _ := findIssues(New(), object(t, `{"self_hosted":{"servers":{"a":{}}}}`), prev)
	if len(issues) > 0 {
		t.Errorf("removed: got %v", issues)
	}
	issues, _ = findIssues(New(), object(t, `{"self_hosted":{"servers":{"a":{"bearer_token":"two"}}}}`), prev)
	if diff := cmp.Diff([]string{"/self_hosted/servers/a/bearer_token"}, pathsOf(issues)); diff != "" {
		t.Errorf("changed (-want +got)\n%s", diff)
	}
}
