package schema_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// hidden returns the places whose values Mask replaces, whole or in part.
func hidden(m *schema.Model, config tree.Object) []string {
	var places []string
	m.Mask(config, func(p tree.Pointer, _ any) string {
		places = append(places, p.String())
		return schema.Token{Generation: 1, Path: p}.String()
	})
	slices.Sort(places)
	return places
}

func TestLoad_secrets(t *testing.T) {
	// Cases in which the place is no secret, and its value is one.
	classless := map[string]bool{"queries": true, "texts": true, "another type": true, "a value that the schema lists": true}
	for name, c := range map[string]struct {
		schema, config  string
		secrets, public []string // options
		want            []string
	}{
		"names": {
			schema: `{}`,
			config: `{"a":{"api_key":"x","Client-Secret":"x","github_token":"x","PASSWORD":"x","db.passwd":"x","private_key":["x","y"],"name":"x","key":"x","tokenizer":"x"}}`,
			want:   []string{"/a/Client-Secret", "/a/PASSWORD", "/a/api_key", "/a/db.passwd", "/a/github_token", "/a/private_key/0", "/a/private_key/1"},
		},
		"numbers are none": {
			schema: `{"properties":{"max_tokens":{"type":"integer"},"use_token":{"type":"boolean"},"secret_mode":{"enum":["a","b"]}}}`,
			config: `{"max_tokens":3,"token_limit":4,"use_token":true,"token_refresh":false,"secret_mode":"a"}`,
		},
		"a map of secrets": {
			schema: `{"properties":{"secrets":{"additionalProperties":{"type":"string"}},"token":{"properties":{"url":{"type":"string"},"value":{"x-secret":true}}}}}`,
			config: `{"secrets":{"a":"x","b":"x"},"token":{"url":"u","value":"x"}}`,
			want:   []string{"/secrets/a", "/secrets/b", "/token/url", "/token/value"},
		},
		"a text in the place of a section": {
			schema: `{"properties":{"token":{"type":"object","properties":{"url":{"type":"string"}}}}}`,
			config: `{"token":"x"}`,
			want:   []string{"/token"},
		},
		"by the schema": {
			schema: `{"properties":{"a":{"writeOnly":true},"b":{"format":"password"},"c":{"$ref":"#/$defs/s"},"d":{"anyOf":[{"type":"string","x-secret":true},{"type":"integer"}]},"token":{"x-secret":false}},"$defs":{"s":{"type":"array","items":{"type":"string"},"x-secret":true}}}`,
			config: `{"a":"x","b":"x","c":["x"],"d":"x","token":"x"}`,
			want:   []string{"/a", "/b", "/c/0", "/d"},
		},
		"by the options": {
			schema:  `{}`,
			config:  `{"env":{"A":"x","B":"x"},"servers":[{"auth":"x","token":"x"},{"auth":"x"}],"token":"x"}`,
			secrets: []string{"/env", "/servers/*/auth"}, public: []string{"/env/B", "/servers/0/token", "/token"},
			want: []string{"/env/A", "/servers/0/auth", "/servers/1/auth"},
		},
		"misspelt": {
			schema: `{"additionalProperties":false,"properties":{"bearer_key":{"type":"string","x-secret":true}}}`,
			config: `{"baerer_key":"x","other":"y"}`,
			want:   []string{"/baerer_key"},
		},
		"addresses": {
			schema: `{"properties":{"url":{"type":"string"}}}`,
			config: `{"url":"postgres://u:p@h/db?x=1","a":"https://h/p?q=1#f","b":"ssh://git@h/r","c":["redis://:p@h"]}`,
			want:   []string{"/c/0", "/url"},
		},
		"texts under env, headers and the like": {
			schema: `{}`,
			config: `{"x":{"env":{"A":"x","B":{"C":"y"}},"httpHeaders":{"X":"x"},"auth":{"user":"x","pass":"x"},"keys":{"a":"x"},"set_env":{"D":"x"},"env-vars":{"E":"x","n":5},"bearer":"x","pwd":"x"},"auth":"x","environment":{"F":"${G}"},"venv":{"a":"y"},"keys":["y"],"hotkeys":{"a":"y"}}`,
			want:   []string{"/auth", "/x/auth/pass", "/x/auth/user", "/x/bearer", "/x/env-vars/E", "/x/env/A", "/x/env/B/C", "/x/httpHeaders/X", "/x/keys/a", "/x/pwd", "/x/set_env/D"},
		},
		"sections of a schema under such a name": {
			schema: `{"properties":{"env":{"patternProperties":{"":{"properties":{"description":{"type":"string"},"deps":{"items":{"type":"string"}}}}}},"auth":{"properties":{"mode":{"type":"string"},"password":{"type":"string"}}},"headers":{"additionalProperties":{"type":"string"}},"environment":{"enum":["test","live"]}}}`,
			config: `{"env":{"lint":{"description":"y","deps":["y"]}},"auth":{"mode":"y","password":"x"},"headers":{"a":"x"},"environment":"live"}`,
			want:   []string{"/auth/password", "/headers/a"},
		},
		"queries": {
			schema: `{}`,
			config: `{"a":"http://h/?token=zz","b":"https://h/p?x=1&api_key=k#f","c":"https://h/p?page=1","d":"https://u:p@h/?sig=s","e":"https://h/p?max_tokens="}`,
			want:   []string{"/a", "/b", "/b", "/d", "/d"},
		},
		"another type": {
			schema: `{"properties":{"password":{"enum":["none","x"]},"a":{"properties":{"password":{"const":"none"}}},"b":{"properties":{"password":{"type":"boolean"}}},"c":{"properties":{"password":{"type":"integer"}}},"d":{"properties":{"password":{"type":"number"}}},"e":{"properties":{"password":{"$ref":"#/$defs/e"}}},"f":{"properties":{"password":{"allOf":[{"$ref":"#/$defs/e"}]}}},"g":{"properties":{"token":{"type":"boolean"}}}},"$defs":{"e":{"enum":["none"]}}}`,
			config: `{"password":"hunter2","a":{"password":"hunter2"},"b":{"password":"hunter2"},"c":{"password":"hunter2"},"d":{"password":["hunter2"]},"e":{"password":{"value":"hunter2"}},"f":{"password":"hunter2"},"g":{"token":7318391}}`,
			want:   []string{"/a/password", "/b/password", "/c/password", "/d/password/0", "/e/password/value", "/f/password", "/g/token", "/password"},
		},
		"a value that the schema lists": {
			schema: `{"properties":{"password":{"enum":["none","x"]},"token":{"items":{"enum":["a"]}},"use_token":{"type":"boolean"},"token_limit":{"type":"integer"}}}`,
			config: `{"password":"none","token":["a","b"],"use_token":true,"token_limit":5}`,
			want:   []string{"/token/1"},
		},
		"a section": {
			schema: `{"properties":{"password":{"type":"object","properties":{"value":{"type":"string"},"min_length":{"type":"integer"},"strict":{"type":"boolean"}}},"token_store":{"properties":{"url":{"type":"string"}}}}}`,
			config: `{"password":{"value":"x","min_length":3,"strict":true},"token_store":{"url":"u","token":"x"}}`,
			want:   []string{"/password/value", "/token_store/token"},
		},
		"numbers": {
			schema: `{"properties":{"a":{"properties":{"password":{"type":"integer"}}}}}`,
			config: `{"password":7318391,"a":{"password":7318391},"db":{"pw":1.5,"api_key":[12,34]},"max_tokens":5,"token_limit":5,"key_count":5,"secret_rotation_days":5,"token":true,"otp":{"seed":12,"ttl":5}}`,
			want:   []string{"/a/password", "/db/api_key/0", "/db/api_key/1", "/db/pw", "/otp/seed", "/password"},
		},
		"any value by the options and the schema": {
			schema:  `{"properties":{"m":{"enum":["a","b"]},"i":{"type":"integer","x-secret":true},"any":{"x-secret":true},"token":{"enum":["none"]}}}`,
			config:  `{"n":1,"free":{"a":1,"b":[true,1.5,"x"]},"s":[{"x":1},{"x":false}],"m":"a","i":5,"any":7,"token":"none"}`,
			secrets: []string{"/n", "/free", "/s/*/x", "/m", "/token"},
			want:    []string{"/any", "/free/a", "/free/b/0", "/free/b/1", "/free/b/2", "/i", "/m", "/n", "/s/0/x", "/s/1/x", "/token"},
		},
		"options that overlap": {
			schema:  `{}`,
			config:  `{"a":{"b":"x","c":"y"},"password":{"d":"y","e":"x"},"url":"https://u:p@h/"}`,
			secrets: []string{"/a/b", "/*/e", "/a/*"}, public: []string{"/a/*", "/password", "/password/*", "/a/c", "/url"},
			want: []string{"/a/b", "/password/e"},
		},
		"texts": {
			schema: `{}`,
			config: `{"a":"Bearer abc123","b":["x","jdbc:mysql://h/db?user=a&password=X"],"c":"see https://u:X@h/","d":"-----BEGIN PRIVATE KEY-----\nx","e":"https://TOKEN@github.com/x.git","f":"https://h/#access_token=X","g":"https://h/p?X-Amz-Signature=X&a=1","h":"https://hooks.slack.com/services/T0/B0/X","i":"ssh://git@h/r","j":"postgres://app@h/db","k":"https://git@h/r","l":"https://h/p?key=","m":"https://docs.h/en/webhooks/creating-webhooks","n":"https://discord.com/api/webhooks/1234567890/abcdefgh","o":"https://h/a;token=X/b"}`,
			want:   []string{"/a", "/b/1", "/c", "/d", "/e", "/f", "/g", "/h", "/n", "/o"},
		},
		"tables under env and the like": {
			schema: `{}`,
			config: `{"auth":{"basic":{"p":"x"}},"env":{"nested":{"a":"x","n":1},"list":["x",{"b":"x"}]},"keys":{"normal":{"C-s":"y"}},"env2":{"c":"y"},"headers":{"max":3}}`,
			want:   []string{"/auth/basic/p", "/env/list/0", "/env/list/1/b", "/env/nested/a"},
		},
		"references to variables": {
			schema: `{}`,
			config: `{"api_key":"${KEY}","token":"$TOKEN","password":""}`,
		},
		"recursive": {
			schema: `{"properties":{"child":{"$ref":"#"},"pin":{"x-secret":true}}}`,
			config: `{"child":{"child":{"pin":"x","child":{"password":"x"}}}}`,
			want:   []string{"/child/child/child/password", "/child/child/pin"},
		},
	} {
		options := schema.LoadOptions{}
		for _, s := range c.secrets {
			options.Secrets = append(options.Secrets, pointer(t, s))
		}
		for _, s := range c.public {
			options.NotSecrets = append(options.NotSecrets, pointer(t, s))
		}
		m, err := schema.Load([]byte(c.schema), options)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		config := object(t, c.config)
		got := hidden(m, config)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: hidden (-want +got):\n%s", name, diff)
		}
		masked := m.Mask(config, func(p tree.Pointer, _ any) string { return schema.Token{Generation: 1, Path: p}.String() })
		revealed, issues := m.Reveal(masked, nil, func(token schema.Token, part schema.Part) (any, bool) { return m.Secret(config, token.Path, part) })
		if len(issues) > 0 || !tree.Exactly(revealed, config) {
			t.Errorf("%s: revealed %v, issues %v", name, revealed, issues)
		}
		for _, place := range got {
			if at := pointer(t, place); !strings.HasPrefix(place, "/url") && !strings.HasPrefix(place, "/c/0") && !classless[name] && !m.Risk(at).Has(schema.RiskSecret) {
				t.Errorf("%s: %s has the classes %s", name, place, m.Risk(at))
			}
		}
	}
}

// A token does not get to where the value would be shown, and no problem shows a secret.
func TestLoad_secretsStay(t *testing.T) {
	m := loadModel(t, `{"properties":{"token":{"type":"string","pattern":"^t-","maxLength":9},"pin":{"enum":["a","b"],"x-secret":true},"name":{"type":"string"}}}`)
	prev := object(t, `{"token":"t-hunter2"}`)
	lookup := func(token schema.Token, part schema.Part) (any, bool) { return m.Secret(prev, token.Path, part) }
	_, issues := m.Reveal(object(t, `{"name":"realmconf-secret:1:/token"}`), prev, lookup)
	if len(issues) != 1 || issues[0].Kind != schema.SecretToken || issues[0].Path != "/name" {
		t.Errorf("a token in another place: got %v", issues)
	}
	// A number that is hidden in one place is not shown in another, no key is named by a token,
	// and a token is refused as such in a place for any text.
	open := loadModel(t, `{}`)
	prev = object(t, `{"password":7318391,"env":{"A":"hunter2"},"url":"https://hunter2@h/"}`)
	lookup = func(token schema.Token, part schema.Part) (any, bool) { return open.Secret(prev, token.Path, part) }
	for given, want := range map[string]string{
		`{"pin":{"token":"realmconf-secret:1:/password"}}`:                 "",
		`{"max_tokens":"realmconf-secret:1:/password"}`:                    "/max_tokens: the secret of this token would be shown here",
		`{"note":"realmconf-secret:1:/env/A"}`:                             "/note: a secret's token is in a place that cannot hold a secret",
		`{"note":"realmconf-secret:7:/nothing"}`:                           "/note: no secret is known by this token",
		`{"note":"realmconf-secret:1:/url"}`:                               "/note: a secret's token is in a place that cannot hold a secret",
		`{"note":"see realmconf-secret:1:/env/A there"}`:                   "/note: a secret's token is in a place that cannot hold a secret",
		`{"list":[{"realmconf-secret:1:/password":1}]}`:                    "/list/0/realmconf-secret:1:~1password: a secret's token is in the name of a key",
		`{"realmconf-secret:1:/password":{"a":1}}`:                         "/realmconf-secret:1:~1password: a secret's token is in the name of a key",
		`{"url":"https://realmconf-secret%3A1%3A%2Furl@evil.example/"}`:    "",
		`{"note":"https://h/realmconf-secret%3A1%3A%2Fenv%2FA"}`:           "/note: a token for a secret, in the place of a path",
		`{"note":"about realmconf-secret: tokens","realmconf-secret":"x"}`: "",
	} {
		_, issues := open.Reveal(object(t, given), prev, lookup)
		var got []string
		for _, i := range issues {
			got = append(got, i.Path+": "+i.Message)
		}
		if text := strings.Join(got, "\n"); text != want {
			t.Errorf("%s: got %q, want %q", given, text, want)
		}
	}
	kept := object(t, `{"realmconf-secret:1:/password":1}`)
	if _, issues := open.Reveal(kept, kept, lookup); len(issues) > 0 {
		t.Errorf("a key that the file has: got %v", issues)
	}
	if report := open.Check(object(t, `{"header":"Bearer ***"}`)); report.Issues.Count != 1 || report.Issues.First[0].Kind != schema.SecretToken {
		t.Errorf("a stand-in for the proof in a header: got %v", report)
	}
	report := m.Check(object(t, `{"token":"hunter2hunter2","pin":"hunter2"}`))
	if report.Issues.Count != 2 {
		t.Errorf("got %v, want two issues", report)
	}
	for _, i := range report.Issues.First {
		if text := string(tree.Append(nil, i)); strings.Contains(text, "hunter2") {
			t.Errorf("a problem shows the secret: %s", text)
		}
	}
	report = m.Check(object(t, `{"token":"t-****"}`))
	if report.Issues.Count != 1 || report.Issues.First[0].Kind != schema.SecretToken {
		t.Errorf("a stand-in for a secret: got %v", report)
	}
}

func TestLoad_risks(t *testing.T) {
	m := loadModel(t, `{"x-risk":"posture","properties":{
		"run":{"x-risk":["exec"],"properties":{"args":{"items":{"type":"string"}},"why":{"x-risk":"none"}}},
		"plain":{"type":"string"},
		"either":{"anyOf":[{"type":"string","x-risk":"path"},{"type":"object","properties":{"url":{"x-risk":"network"}}}]},
		"again":{"$ref":"#"}}}`)
	for path, want := range map[string]string{
		"/run/args/0": "exec", "/run/why": "none", "/run": "exec", "/plain": "posture", "/either": "network, path",
		"/either/url": "network", "": "exec, network, path, posture", "/again/again/run/args": "exec",
	} {
		if got := m.Risk(pointer(t, path)).String(); got != want {
			t.Errorf("%q: got %s, want %s", path, got, want)
		}
	}
	open := loadModel(t, `{"properties":{"a":{"x-risk":"exec"}},"additionalProperties":false}`)
	for path, want := range map[string]string{"/a": "exec", "/b": "unclassed", "/b/c/d": "unclassed", "/b/token": "secret, unclassed"} {
		if got := open.Risk(pointer(t, path)).String(); got != want {
			t.Errorf("%q: got %s, want %s", path, got, want)
		}
	}
}

func TestLoad_identity(t *testing.T) {
	m := loadModel(t, `{"properties":{
		"said":{"x-key":"slug","items":{"type":"object","required":["id"]}},
		"id":{"items":{"type":"object","required":["name","id"]}},
		"name":{"items":{"oneOf":[{"type":"object","required":["name"],"properties":{"k":{"const":1}}},{"type":"object","required":["name","x"],"properties":{"k":{"const":2}}}]}},
		"some":{"items":{"oneOf":[{"type":"object","required":["name"],"properties":{"k":{"const":1}}},{"type":"object","properties":{"k":{"const":2}}}]}},
		"texts":{"items":{"type":"string"}},
		"optional":{"items":{"properties":{"id":{"type":"string"}}}},
		"open":{"type":"array"}}}`)
	for path, want := range map[string]string{"/said": "slug", "/id": "id", "/name": "name", "/some": "", "/texts": "", "/optional": "", "/open": "", "/nothing": ""} {
		if got := m.Key(pointer(t, path)); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}
