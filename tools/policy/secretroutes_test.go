package policy_test

import (
	"slices"
	"strings"
	"testing"

	"realmconf/runtime/store/memory"
	"realmconf/schema"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// routed has secrets that are sent to addresses, and addresses without a secret.
const routed = `[[tools.mcp_servers]]
name = "with"
url = "https://with.example"
headers = { Authorization = "stored" }
[[tools.mcp_servers]]
name = "without"
url = "https://without.example"
[[hooks.entries]]
id = "call"
runtime = { type = "http", url = "https://hook.example/x", headers = { X = "${NAME}" } }
[[skills.repositories]]
name = "house"
source_uuid = "6a0f1c5e-0000-4000-8000-000000000001"
type = "git"
url = "https://git.example/skills.git"
auth = { scheme = "token", token = "stored" }
[self_hosted.servers.near]
base_url = "http://near.example"
[self_hosted.servers.far]
base_url = "http://far.example"
[self_hosted.models.small]
server = "near"
[realm.r.backend.main]
provider = "openai"
backend_kind = "openai_api"
base_url = "https://api.example"
[realm.r.backend.own]
provider = "self_hosted"
backend_kind = "self_hosted"
server = "near"
[realm.r.backend.evil]
provider = "openai"
backend_kind = "openai_api"
base_url = "https://evil.example"
[realm.r.auth.inline]
provider = "openai"
auth_method = "api_key"
source = { kind = "inline_secret", secret = "stored" }
[realm.r.auth.named]
provider = "self_hosted"
auth_method = "api_key"
source = { kind = "env", env = "KEY" }
[realm.r.binding.main]
backend_profile = "main"
auth_profile = "inline"
[realm.r.binding.own]
backend_profile = "own"
auth_profile = "named"
`

const (
	goesAlong = "a stored secret goes along to the new address"
	another   = "another secret goes to the same address"
)

// TestReview_secretRoutes changes an address to which a stored secret goes, or the secret
// that goes to an address, with an allowance of all other classes: a person is asked,
// and told so. Without a secret the allowance is enough.
func TestReview_secretRoutes(t *testing.T) {
	for _, tt := range []struct{ name, operations, field, note string }{
		{"a server with headers", `[{"op":"replace","path":"/tools/mcp_servers/0/url","value":"https://evil.example"}]`,
			"replace /tools/mcp_servers/0/url secret+network+posture", goesAlong},
		{"after another server went", `[{"op":"move","from":"/tools/mcp_servers/0","path":"/tools/mcp_servers/1"},{"op":"replace","path":"/tools/mcp_servers/1/url","value":"https://evil.example"}]`,
			"replace /tools/mcp_servers/1/url secret+network+posture", goesAlong},
		{"a hook with a header that names a variable", `[{"op":"replace","path":"/hooks/entries/0/runtime/url","value":"https://evil.example"}]`,
			"replace /hooks/entries/0/runtime/url exec+secret+network+posture", goesAlong},
		{"a repository with a token", `[{"op":"replace","path":"/skills/repositories/0/url","value":"https://evil.example"}]`,
			"replace /skills/repositories/0/url exec+secret+network", goesAlong},
		{"a backend with a bound secret", `[{"op":"replace","path":"/realm/r/backend/main/base_url","value":"https://evil.example"}]`,
			"replace /realm/r/backend/main/base_url secret+network", goesAlong},
		{"back to the provider's own address", `[{"op":"remove","path":"/realm/r/backend/main/base_url"}]`,
			"remove /realm/r/backend/main/base_url secret+network", goesAlong},
		{"another kind of backend", `[{"op":"replace","path":"/realm/r/backend/main/backend_kind","value":"azure_openai"}]`,
			"replace /realm/r/backend/main/backend_kind secret+network", goesAlong},
		{"a server for a backend", `[{"op":"replace","path":"/realm/r/backend/own/server","value":"far"}]`,
			"replace /realm/r/backend/own/server secret+network", goesAlong},
		{"the address of that server", `[{"op":"replace","path":"/self_hosted/servers/near/base_url","value":"http://evil.example"}]`,
			"replace /self_hosted/servers/near/base_url secret+network", goesAlong},
		{"another server for a model", `[{"op":"replace","path":"/self_hosted/models/small/server","value":"far"}]`,
			"replace /self_hosted/models/small/server secret+network", goesAlong},
		{"the provider of credentials", `[{"op":"replace","path":"/realm/r/auth/inline/provider","value":"anthropic"}]`,
			"replace /realm/r/auth/inline/provider secret+network+posture", goesAlong},
		{"a region", `[{"op":"add","path":"/realm/r/auth/inline/metadata_defaults","value":{"provider_metadata":{"provider":"anthropic","aws_region":"evil"}}}]`,
			"add /realm/r/auth/inline/metadata_defaults/provider_metadata/aws_region secret+network+posture", goesAlong},
		{"a binding to an address that was there before", `[{"op":"replace","path":"/realm/r/binding/main/backend_profile","value":"evil"}]`,
			"replace /realm/r/binding/main/backend_profile secret+network+posture", goesAlong},
		{"a new binding", `[{"op":"add","path":"/realm/r/binding/new","value":{"backend_profile":"evil","auth_profile":"named"}}]`,
			"add /realm/r/binding/new/backend_profile secret+network+posture", goesAlong},
		{"other credentials for a binding", `[{"op":"replace","path":"/realm/r/binding/main/auth_profile","value":"named"}]`,
			"replace /realm/r/binding/main/auth_profile secret+network+posture", another},
		{"another variable", `[{"op":"replace","path":"/realm/r/auth/named/source/env","value":"OTHER"}]`,
			"replace /realm/r/auth/named/source/env exec+secret+posture", another},
		{"a fallback with other credentials", `[{"op":"add","path":"/model_fallback/chain","value":[{"model":"m","auth_binding":{"realm":"r","binding":"main","profile":"named"}}]}]`,
			"add /model_fallback/chain/0/auth_binding/profile secret+network+posture", another},
		{"headers for an address that was there before", `[{"op":"add","path":"/tools/mcp_servers/1/headers","value":{"A":"new"}}]`,
			"add /tools/mcp_servers/1/headers/A secret", ""},

		{"a server without headers", `[{"op":"replace","path":"/tools/mcp_servers/1/url","value":"https://other.example"}]`, "", ""},
		{"a backend without a binding", `[{"op":"replace","path":"/realm/r/backend/evil/base_url","value":"https://other.example"}]`, "", ""},
		{"what is not sent", `[{"op":"replace","path":"/realm/r/auth/inline/metadata_defaults","value":{"organization_id":"o"}}]`, "", ""},
		{"an address that goes with its secret", `[{"op":"remove","path":"/tools/mcp_servers/0"}]`,
			"remove /tools/mcp_servers/0/headers/Authorization secret", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRealm(t, routed)
			_, err := r.judge(allow(t, "exec,network,path,posture"), operations(t, tt.operations))
			if got := fields(t, err); tt.field == "" && len(got) > 0 || tt.field != "" && !slices.Contains(got, tt.field) {
				t.Fatalf("got %q, want %q", got, tt.field)
			}
			if err == nil {
				return
			}
			q, err := wantUnapproved(t, err).Question()
			if err != nil {
				t.Fatal(err)
			}
			note := ""
			for _, f := range q.Proposal.Fields {
				note += f.Note
			}
			if note != tt.note || tt.note != "" && !strings.Contains(q.Message, tt.note) {
				t.Errorf("got the note %q, want %q\n%s", note, tt.note, q.Message)
			}
			if _, err := r.judge(allow(t, "secret,exec,network,path,posture"), operations(t, tt.operations)); err != nil {
				t.Errorf("with all classes: got %v", err)
			}
		})
	}
}

// TestReview_secretRoutes_effects: the secret is in another realm's configuration, and
// goes to the address that the write gives.
func TestReview_secretRoutes_effects(t *testing.T) {
	place := pointers(t, "/self_hosted/servers/near/base_url")[0]
	routes := []schema.SecretRoute{{At: place, Secret: tree.Pointer{"realm"}, Decides: schema.DecidesAddress}}
	call := patch(t, `{"self_hosted":{"servers":{"near":{"base_url":"http://evil.example"}}}}`)
	for _, name := range []string{"team", "app"} {
		e := from(t, effectOf(t, name, `add /self_hosted/servers/near/base_url - "http://evil.example"`), place.String())
		for _, tt := range []struct {
			routes []schema.SecretRoute
			allow  string
			want   []string
		}{
			{routes, "network", []string{"add /self_hosted/servers/near/base_url secret+network"}},
			{routes, "network,secret", nil},
			{nil, "network", nil},
		} {
			e.RoutesAfter = tt.routes
			_, err := realmIn(t, named{memory.New()}).judge(allow(t, tt.allow), withEffects(call, e))
			if got := fields(t, err); !slices.Equal(got, tt.want) {
				t.Fatalf("%s, %s: got %q, want %q", name, tt.allow, got, tt.want)
			}
			if err == nil {
				continue
			}
			u := wantUnapproved(t, err)
			if items := u.Refusal(policy.NoPerson, policy.NoOffer).Data["allow"].([]any); !slices.Contains(items, any("secret")) {
				t.Errorf("the refusal offers %v, which is not enough", items)
			}
			q, err := u.Question()
			if err != nil || !strings.Contains(q.Message, goesAlong) || len(q.Proposal.Effects) != 1 || q.Proposal.Effects[0].Note != goesAlong {
				t.Errorf("%s: got %v, %+v\n%s", name, err, q.Proposal.Effects, q.Message)
			}
		}
	}
}
