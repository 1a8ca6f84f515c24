package meerkat

import (
	"slices"
	"strings"
	"testing"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// secretsOnTheirWay has each kind of secret that is sent to an address.
const secretsOnTheirWay = `{
	"tools": {"mcp_servers": [
		{"name": "a", "url": "https://a.example", "headers": {"Authorization": "one"}},
		{"name": "b", "url": "https://b.example"}]},
	"hooks": {"entries": [
		{"id": "a", "runtime": {"type": "http", "url": "https://a.example", "headers": {"X": "${NAME}"}}},
		{"id": "b", "runtime": {"type": "http", "url": "https://b.example", "headers": {}}}]},
	"skills": {"repositories": [
		{"type": "git", "url": "https://a.example", "auth": {"scheme": "token", "token": "t"}},
		{"type": "http", "url": "https://b.example", "auth": {"scheme": "bearer", "token": "t"}},
		{"type": "http", "url": "https://c.example", "auth": {"scheme": "header", "name": "n", "value": "v"}},
		{"type": "git", "url": "https://d.example", "auth": {"scheme": "ssh-key", "path": "/key"}}]},
	"self_hosted": {"servers": {"near": {"base_url": "http://near"}}, "models": {"m": {"server": "near"}}},
	"realm": {"team": {
		"backend": {"bound": {"provider": "self_hosted", "server": "near"}, "free": {"provider": "openai"}},
		"auth": {"bound": {"provider": "openai", "source": {"kind": "env", "env": "KEY"}}, "free": {"provider": "openai"}, "nothing": {"auth_method": "none"}},
		"binding": {
			"main": {"backend_profile": "bound", "auth_profile": "bound"},
			"again": {"backend_profile": "bound", "auth_profile": "bound"},
			"nothing": {"backend_profile": "free", "auth_profile": "nothing"},
			"dangling": {"backend_profile": "free", "auth_profile": "gone"}}}},
	"model_fallback": {"chain": [
		{"model": "m", "auth_binding": {"realm": "team", "binding": "main"}},
		{"model": "m", "provider": "openai"}]}}`

// TestModel_SecretRoutes lists all routes of a configuration.
func TestModel_SecretRoutes(t *testing.T) {
	var got []string
	for _, r := range New().SecretRoutes(object(t, secretsOnTheirWay)) {
		got = append(got, r.At.String()+" "+string(r.Decides)+" "+r.Secret.String())
	}
	slices.Sort(got)
	want := strings.Split(strings.TrimSpace(`
/hooks/entries/0/runtime/url address /hooks/entries/0/runtime/headers
/model_fallback/chain/0/auth_binding/binding secret /realm
/model_fallback/chain/0/auth_binding/origin secret /realm
/model_fallback/chain/0/auth_binding/profile secret /realm
/model_fallback/chain/0/auth_binding/realm secret /realm
/model_fallback/chain/0/provider secret /realm
/realm/team/auth/bound/auth_method address /realm/team/auth/bound
/realm/team/auth/bound/metadata_defaults/provider_metadata/aws_region address /realm/team/auth/bound
/realm/team/auth/bound/metadata_defaults/provider_metadata/foundry_deployment address /realm/team/auth/bound
/realm/team/auth/bound/metadata_defaults/provider_metadata/project_id address /realm/team/auth/bound
/realm/team/auth/bound/metadata_defaults/provider_metadata/region address /realm/team/auth/bound
/realm/team/auth/bound/metadata_defaults/provider_metadata/vertex_project_id address /realm/team/auth/bound
/realm/team/auth/bound/metadata_defaults/provider_metadata/vertex_region address /realm/team/auth/bound
/realm/team/auth/bound/metadata_defaults/route_hints/provider address /realm/team/auth/bound
/realm/team/auth/bound/provider address /realm/team/auth/bound
/realm/team/auth/bound/source/env secret /realm/team/auth/bound
/realm/team/auth/bound/source/fallback secret /realm/team/auth/bound
/realm/team/auth/bound/source/fd secret /realm/team/auth/bound
/realm/team/auth/bound/source/handle secret /realm/team/auth/bound
/realm/team/auth/bound/source/kind secret /realm/team/auth/bound
/realm/team/auth/bound/source/scope_override secret /realm/team/auth/bound
/realm/team/backend/bound/backend_kind address /realm/team/auth/bound
/realm/team/backend/bound/base_url address /realm/team/auth/bound
/realm/team/backend/bound/options address /realm/team/auth/bound
/realm/team/backend/bound/provider address /realm/team/auth/bound
/realm/team/backend/bound/server address /realm/team/auth/bound
/realm/team/binding/again/auth_profile secret /realm/team/auth/bound
/realm/team/binding/again/backend_profile address /realm/team/auth/bound
/realm/team/binding/main/auth_profile secret /realm/team/auth/bound
/realm/team/binding/main/backend_profile address /realm/team/auth/bound
/self_hosted/default_model address /realm/team/auth/bound
/self_hosted/models/m/server address /realm/team/auth/bound
/self_hosted/servers/near/base_url address /realm/team/auth/bound
/skills/repositories/0/url address /skills/repositories/0/auth
/skills/repositories/1/url address /skills/repositories/1/auth
/skills/repositories/2/url address /skills/repositories/2/auth
/tools/mcp_servers/0/url address /tools/mcp_servers/0/headers`), "\n")
	for _, place := range got {
		if !slices.Contains(want, place) {
			t.Errorf("%s is no route", place)
		}
	}
	for _, place := range want {
		if !slices.Contains(got, place) {
			t.Errorf("%s is missing", place)
		}
	}
	old := object(t, `{"self_hosted":{"servers":{"lab":{"base_url":"http://lab","bearer_token":"t"}}}}`)
	if routes := New().SecretRoutes(old); len(routes) != 1 || routes[0].At.String() != "/self_hosted/servers/lab/base_url" {
		t.Errorf("a token of an older Meerkat: got %v", routes)
	}
}

// noRoutes are the keys of the class network that send no secret to another address.
var noRoutes = map[string]string{
	"/agent/provider_params/":             "parameters of a request, whose address others choose",
	"/comms/":                             "the addresses of this program, which sends no secret of the configuration there",
	"/hooks/entries/-/runtime/method":     "the address stays",
	"/hooks/entries/-/runtime/type":       "with another type the url and the headers are other ones, too",
	"/mob_host/":                          "the addresses of this program, which sends no secret of the configuration there",
	"/models/<id>/":                       "the provider gets its own credentials",
	"/provider_tools/":                    "a tool of the provider",
	"/realm/<id>/binding/<id>/provider_":  "chooses among bindings: each has its own secret and its own address",
	"/realm/<id>/default_binding":         "chooses among bindings: each has its own secret and its own address",
	"/rest/":                              "an address of this program",
	"/self_hosted/models/<id>/supports_":  "says what the model can do",
	"/self_hosted/servers/<id>/api_style": "the server stays",
	"/self_hosted/servers/<id>/transport": "the server stays",
	"/skills/repositories/-/git_ref":      "the address stays",
	"/skills/repositories/-/ref_type":     "the address stays",
	"/skills/repositories/-/type":         "with another type the url and the proof are other ones, too",
	"/tools/mcp_servers/-/transport":      "the address stays",
}

// TestModel_SecretRoutes_classes looks at each key with the class network: it is a
// route, or there is a reason why it is none.
func TestModel_SecretRoutes_classes(t *testing.T) {
	routes := map[string]bool{}
	for _, r := range New().SecretRoutes(object(t, secretsOnTheirWay)) {
		routes[generalPlace(r.At)] = true
	}
	for _, l := range classLeaves(t) {
		if !strings.Contains(l.classes, string(schema.RiskNetwork)) {
			continue
		}
		isExcluded := false
		for prefix := range noRoutes {
			isExcluded = isExcluded || strings.HasPrefix(l.path.String(), prefix)
		}
		if isRoute := routes[l.path.String()]; isRoute == isExcluded {
			t.Errorf("%s (%s): a route: %t, with a reason for none: %t", l.place(), l.classes, isRoute, isExcluded)
		}
	}
}

// generalPlace returns a place as classLeaf has it: with "-" and "<id>" for the entries
// of lists and maps.
func generalPlace(p tree.Pointer) string {
	general := slices.Clone(p)
	m := New()
	for i := range p {
		switch {
		case m.IsIndex(p[:i+1]):
			general[i] = "-"
		case !m.Declares(p[:i+1]):
			general[i] = "<id>"
		}
	}
	return general.String()
}
