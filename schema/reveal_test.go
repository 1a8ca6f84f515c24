package schema_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// revealed is the only configuration of a history: it has the secrets of the
// tokens.
const revealed = `{
	"realm":{"x":{
		"auth":{"a":{"source":{"kind":"inline_secret","secret":"sk-1"}},"b":{"source":{"kind":"command","program":"p","env":{"A":"env-1"}}}},
		"backend":{"b":{"base_url":"https://u:p@h/p?q=1","options":{"n":5,"key":"opt-1"}},"c":{"base_url":"https:u2:p2@h2"},"d":{"base_url":"https://h3/?q3"}}
	}},
	"self_hosted":{"servers":{"s":{"base_url":"https://h6/?q6@"},"t":{"base_url":"https://h7/v1;a=1#f1"}}},
	"comms":{"address":"tcp://u4@h4:1?q4"},
	"agent":{"model":"m","system_prompt":"a prompt","provider_params":{"provider_tag":{"provider":"open_ai","web_search":"{\"key\":\"k9\"}"}}}
}`

const (
	secretToken  = "realmconf-secret:7:/realm/x/auth/a/source/secret"
	addressToken = "realmconf-secret:7:/realm/x/backend/c/base_url" // of a whole address
	urlToken     = "realmconf-secret:7:/realm/x/backend/b/base_url" // of a userinfo, or a query
	queryToken   = "realmconf-secret:7:/realm/x/backend/d/base_url" // of a query alone
)

func TestReveal_tokens(t *testing.T) {
	m := meerkat.New()
	const escaped = "realmconf-secret%3A7%3A%2Frealm%2Fx%2Fbackend%2Fb%2Fbase_url"
	for _, tt := range []struct{ path, given, want string }{
		{"/realm/x/auth/a/source/secret", secretToken, "sk-1"},
		{"/realm/x/auth/b/source/env/B", secretToken, "sk-1"}, // another place of a secret
		{"/realm/x/backend/b/options/other", secretToken, "sk-1"},
		{"/agent/no_such_key", secretToken, "sk-1"},
		{"/realm/x/backend/b/base_url", "https://" + escaped + "@h/p?" + escaped, "https://u:p@h/p?q=1"},
		{"/realm/x/backend/b/base_url", "https://" + strings.ToLower(escaped) + "@h/p", "https://u:p@h/p"},
		{"/realm/x/backend/b/base_url", "https://h:80/p?" + urlToken + "#f", "https://h:80/p?q=1#f"},
		{"/realm/x/backend/b/base_url", "https://me@h/p?" + escaped, "https://me@h/p?q=1"},
		{"/self_hosted/servers/s/base_url", "//" + escaped + "@h", "//u:p@h"},
		{"/realm/x/backend/c/base_url", addressToken, "https:u2:p2@h2"},
		{"/rest/host", "//" + escaped + "@h", "//u:p@h"},
		{"/comms/address", addressToken, "https:u2:p2@h2"},
		{"/self_hosted/servers/t/base_url", "https://h/p;realmconf-secret%3A7%3A%2Fself_hosted%2Fservers%2Ft%2Fbase_url?q#realmconf-secret:7:/self_hosted/servers/t/base_url", "https://h/p;a=1?q#f1"},
		{"/comms/address", "tcp://realmconf-secret%3A7%3A%2Fcomms%2Faddress@h5", "tcp://u4@h5"},
	} {
		config := object(t, revealed)
		given := tree.Merge(tree.Object{}, nested(pointer(t, tt.path), tt.given)).(tree.Object)
		got, issues := m.Reveal(given, nil, secretsOf(m, config))
		v, _, _ := pointer(t, tt.path).Get(got)
		if v != tt.want || len(issues) > 0 {
			t.Errorf("%s %s: got %v, %v, want %s", tt.path, tt.given, v, issues, tt.want)
		}
		if v, _, _ := pointer(t, tt.path).Get(given); v != tt.given {
			t.Errorf("%s: what was given is now %v", tt.path, v)
		}
	}
}

// nested returns an object that has a value at p, beside the key that selects the
// branch of a credential source.
func nested(p tree.Pointer, v any) tree.Object {
	for i := len(p) - 1; i >= 0; i-- {
		o := tree.Object{p[i]: v}
		if i > 0 && p[i-1] == "source" {
			o["kind"] = map[string]string{"secret": "inline_secret", "env": "command"}[p[i]]
		}
		v = o
	}
	return v.(tree.Object)
}

func TestReveal_misplacedTokens(t *testing.T) {
	m := meerkat.New()
	const (
		nowhere   = "a secret's token is in a place that cannot hold a secret; secrets cannot be read, copied or moved to here: leave the token where it was"
		unknown   = "no secret is known by this token; read the configuration again and leave its tokens where they are, or write the "
		noToken   = "this contains a secret's token and is not one; give the token alone, as it was read, or write the secret itself"
		elsewhere = "a secret's token is in an address, and is no part of it that is secret; leave the token where it was: before the @, at the end of the path, after the ? or after the #"
	)
	const url, secret = "/realm/x/backend/b/base_url", "/realm/x/auth/a/source/secret"
	for _, tt := range []struct{ path, given, want string }{
		{"/agent/model", secretToken, nowhere},
		{"/agent/system_prompt", "The key is " + secretToken, nowhere},
		{"/agent/system_prompt", "realmconf-secret:", nowhere},
		{"/agent/model", "https://" + schema.Encoded(urlToken) + "@h", nowhere},
		{"/realm/x/auth/b/source/program", secretToken, nowhere},
		{"/agent/output_schema/title", secretToken, nowhere},
		{secret, "Bearer " + secretToken, noToken},
		{secret, " " + secretToken, noToken},
		{secret, secretToken + "\n", unknown + "secret itself"},
		{secret, schema.Encoded(secretToken), noToken},
		{secret, "realmconf-secret:07:/realm/x/auth/a/source/secret", noToken},
		{secret, "realmconf-secret:8:/realm/x/auth/a/source/secret", unknown + "secret itself"},
		{secret, "realmconf-secret:7:/agent/model", unknown + "secret itself"},
		{secret, "realmconf-secret:7:/realm/x/auth/a/source", unknown + "secret itself"},
		{secret, "realmconf-secret:7:/realm/x/backend/b/options/n", unknown + "secret itself"},
		{secret, "realmconf-secret:7:/nothing/here", unknown + "secret itself"},
		{secret, urlToken, "a token for a userinfo, in the place of a secret; leave the token where it was, and write the secret itself"},
		{secret, addressToken, "a token for a whole address, in the place of a secret; leave the token where it was, and write the secret itself"},
		{url, secretToken, "a token for a secret, in the place of a whole address; leave the token where it was, and write the whole address itself"},
		{url, urlToken, "a token for a userinfo, in the place of a whole address; leave the token where it was, and write the whole address itself"},
		{url, "https://" + schema.Encoded(secretToken) + "@h", "a token for a secret, in the place of a userinfo; leave the token where it was, and write the userinfo itself"},
		{url, "https://h?" + schema.Encoded(secretToken), "a token for a secret, in the place of a query; leave the token where it was, and write the query itself"},
		{url, "https://" + schema.Encoded(queryToken) + "@h", "a token for a query, in the place of a userinfo; leave the token where it was, and write the userinfo itself"},
		{url, "https://" + schema.Encoded(addressToken) + "@h", "a token for a whole address, in the place of a userinfo; leave the token where it was, and write the userinfo itself"},
		{url, "https://me:" + schema.Encoded(urlToken) + "@h", "the userinfo contains a secret's token and is not one; give the token alone, as it was read, or write the userinfo itself"},
		{url, "https://h?a=" + schema.Encoded(urlToken), "the query contains a secret's token and is not one; give the token alone, as it was read, or write the query itself"},
		{url, "https://h?" + schema.Encoded(urlToken) + "&b=1", unknown + "query itself"},
		{url, "https://h?realmconf-secret%3A7%3A%zz", "the query contains a secret's token and is not one; give the token alone, as it was read, or write the query itself"},
		{url, "https://h/" + schema.Encoded(urlToken), "a token for a userinfo, in the place of a path; leave the token where it was, and write the path itself"},
		{url, "https://h#" + urlToken, "a token for a userinfo, in the place of a fragment; leave the token where it was, and write the fragment itself"},
		{url, "https://h/" + schema.Encoded(urlToken) + "/b", unknown + "path itself"},
		{url, "https://" + schema.Encoded(urlToken) + "@h/a@b", elsewhere},
		{url, schema.Encoded(urlToken) + "://h", elsewhere},
		{url, "https://" + urlToken + "@h", elsewhere},
		{"/comms/address", queryToken, "a token for a query, in the place of a whole address; leave the token where it was, and write the whole address itself"},
		{url, "realmconf-secret:7:/agent/provider_params/provider_tag/web_search", "the address of this token is not allowed here; write the address itself"}, // it would be shown
		{url, "https://h?realmconf-secret%3A7%3A%2Fself_hosted%2Fservers%2Fs%2Fbase_url", "with its secret the address reads as another one; write the address itself"},
		{"/comms/address", schema.Encoded(urlToken) + "@h", "with its secret the address reads as another one; write the address itself"},
		{"/rest/host", schema.Encoded(urlToken), elsewhere},
	} {
		given := nested(pointer(t, tt.path), tt.given)
		got, issues := m.Reveal(given, object(t, revealed), secretsOf(m, object(t, revealed)))
		if len(issues) != 1 || issues[0].Text() != tt.path+": "+tt.want || issues[0].Kind != schema.SecretToken {
			t.Errorf("%s %s: got %v, want %s", tt.path, tt.given, issues, tt.want)
		}
		if diff := cmp.Diff(given, got); diff != "" {
			t.Errorf("%s %s: something became of it (-want +got)\n%s", tt.path, tt.given, diff)
		}
	}
}

func TestReveal_malformedTokens(t *testing.T) {
	m := meerkat.New()
	anyToken := func(schema.Token, schema.Part) (any, bool) { return "s", true }
	for _, text := range schema.MalformedTokens {
		for _, p := range []string{"/agent/model", "/agent/no_such_key", "/realm/x/auth/b/source/env/A", "/realm/x/backend/b/base_url", "/comms/address"} {
			given := nested(pointer(t, p), text)
			got, issues := m.Reveal(given, nil, anyToken)
			if len(issues) != 1 || issues[0].Path != p || issues[0].Kind != schema.SecretToken {
				t.Errorf("%s %q: got %v, %v, want one issue", p, text, got, issues)
			}
		}
	}
}

func TestReveal_addressNeedsText(t *testing.T) {
	m := meerkat.New()
	number := func(_ schema.Token, part schema.Part) (any, bool) { return int64(5), part != schema.Whole }
	for _, text := range []string{"https://" + schema.Encoded(urlToken) + "@h", "https://h/?" + schema.Encoded(urlToken), addressToken} {
		given := nested(tree.Pointer{"self_hosted", "servers", "s", "base_url"}, text)
		if got, issues := m.Reveal(given, nil, number); len(issues) != 1 || !cmp.Equal(given, got) {
			t.Errorf("%s: got %v, %v, want one issue", text, got, issues)
		}
	}
}

// A file may hold text that looks like a token, written by hand.
func TestReveal_unchangedTextStays(t *testing.T) {
	m := meerkat.New()
	none := func(schema.Token, schema.Part) (any, bool) { return nil, false }
	for _, p := range []string{"/agent/model", "/agent/no_such_key", "/realm/x/auth/b/source/env/A", "/realm/x/backend/b/base_url"} {
		for _, text := range []string{secretToken, "realmconf-secret:", "https://" + schema.Encoded(urlToken) + "@h"} {
			config := nested(pointer(t, p), text)
			got, issues := m.Reveal(config, config, none)
			if diff := cmp.Diff(config, got); diff != "" || len(issues) > 0 {
				t.Errorf("%s: got issues %v (-want +got)\n%s", p, issues, diff)
			}
			// Once masked, it is a secret like any other.
			if back, issues := m.Reveal(m.Mask(config, tokenAt), config, secretsOf(m, config)); !cmp.Equal(config, back) || len(issues) > 0 {
				t.Errorf("%s %s: got %v, %v", p, text, back, issues)
			}
		}
	}
}

func TestReveal_allIssuesInOrder(t *testing.T) {
	given := object(t, `{"tools":{"mcp_servers":[{"name":"realmconf-secret:1:/a","command":"realmconf-secret:1:/a","env":{"A":"realmconf-secret:1:/a"}}]},"agent":{"model":"realmconf-secret:1:/a"}}`)
	_, issues := meerkat.New().Reveal(given, nil, func(schema.Token, schema.Part) (any, bool) { return nil, false })
	want := []string{"/agent/model", "/tools/mcp_servers/0/command", "/tools/mcp_servers/0/env/A", "/tools/mcp_servers/0/name"}
	if diff := cmp.Diff(want, pathsOf(issues)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestReveal_noTokenShowsSecret puts tokens everywhere: the masked result must show
// no part of a secret.
func TestReveal_noTokenShowsSecret(t *testing.T) {
	m := meerkat.New()
	config := object(t, strings.NewReplacer("sk-1", canary, "env-1", canary, "u:p@", canary+":p@", "q=1", "q="+canary, "u2:p2", canary+":p2",
		"q3", canary, "u4", canary, "q4", canary, "q6", canary, "a=1", "a="+canary, "f1", canary, "k9", canary, "opt-1", canary).Replace(revealed))
	tokens := []string{secretToken, addressToken, urlToken, queryToken, "realmconf-secret:7:/comms/address", "realmconf-secret:7:/realm/x/backend/b/options/key"}
	masked := m.Mask(config, tokenAt)
	var some []schema.Spot // all of addresses, and a few of secrets
	for i, s := range m.Spots() {
		if s.Class.Has(schema.RiskNetwork) || s.Class.Has(schema.RiskSecret) && i%16 == 0 {
			some = append(some, s)
		}
	}
	met := make(map[bool]int) // by whether the token was accepted
	each := treetest.Cases(1, 6) * treetest.Stride(3)
	for n, form := range []string{"T", "https://T@h", "https://h/?T", "https://h?T", "//T@h", "T@h", "https://h/T", "x T", "https:T@h", "https://h#T", "?T", "tcp://T@T?T", "https://a@T@h"} {
		if n%each != 0 {
			continue
		}
		for i, token := range append(tokens, tokens...) {
			if i >= len(tokens) {
				token = schema.Encoded(token)
			}
			for _, s := range some {
				given := tree.Merge(masked, s.With(strings.ReplaceAll(form, "T", token))).(tree.Object)
				got, issues := m.Reveal(given, config, secretsOf(m, config))
				met[len(issues) == 0]++
				if text := string(tree.Append(nil, m.Mask(got, tokenAt))); strings.Contains(text, canary) {
					t.Errorf("%s shows a secret", text)
				}
			}
		}
	}
	if met[true] < 100/each || met[false] < 1000/each {
		t.Errorf("%d tokens were accepted, %d refused", met[true], met[false])
	}
}

func TestSecret_onlyAtSecretPlaces(t *testing.T) {
	m := meerkat.New()
	config := object(t, revealed)
	within(config, "realm", "x", "backend")["e"] = "https://u:p@h?q" // a level too high
	within(config, "realm", "x", "backend", "d")["base_url"] = "https://h3?q3"
	within(config, "self_hosted", "servers", "s")["base_url"] = "https://u:p@ss/word@h?q"
	for _, tt := range []struct {
		path  string
		parts []schema.Part
	}{
		{"/realm/x/auth/a/source/secret", []schema.Part{schema.Whole}},
		{"/realm/x/backend/b/base_url", []schema.Part{schema.Userinfo, schema.Query}},
		{"/realm/x/backend/c/base_url", []schema.Part{schema.Address}},
		{"/realm/x/backend/d/base_url", []schema.Part{schema.Query}},
		{"/self_hosted/servers/s/base_url", []schema.Part{schema.Address}},
		{"/realm/x/backend/e", []schema.Part{schema.Whole}},
		{"/realm/x/backend/b/options/n", nil},
		{"/realm/x/backend/b/options", nil},
		{"/realm/x/backend/b/base_url/0", nil},
		{"/agent/model", nil},
		{"/agent/no_such_key", nil},
		{"", nil},
	} {
		var found []schema.Part
		for _, part := range []schema.Part{schema.Whole, schema.Address, schema.Userinfo, schema.Query, schema.Query + 1} {
			if _, ok := m.Secret(config, pointer(t, tt.path), part); ok {
				found = append(found, part)
			}
		}
		if diff := cmp.Diff(tt.parts, found); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.path, diff)
		}
	}
}
