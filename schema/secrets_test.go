package schema_test

import (
	"bytes"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"realmconf/schema"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

// tokenAt is the token function of the tests.
func tokenAt(p tree.Pointer, _ any) string { return schema.Token{schema.Generation, p}.String() }

// secretsOf returns the lookup of a history with one generation.
func secretsOf(m *schema.Model, config tree.Object) func(schema.Token, schema.Part) (any, bool) {
	return func(t schema.Token, part schema.Part) (any, bool) {
		if t.Generation != schema.Generation {
			return nil, false
		}
		return m.Secret(config, t.Path, part)
	}
}

const (
	canary    = "canary-4711"
	addressed = "https://canary-4711:pw@example.org:8443/v1;p=canary-4711?key=canary-4711#canary-4711"
)

// TestMask_everyPlace takes the places from the schema, so it covers new fields,
// too.
func TestMask_everyPlace(t *testing.T) {
	m := meerkat.New()
	secrets, addresses, others := 0, 0, 0
	for _, text := range []string{canary, addressed} {
		for _, s := range m.Spots() {
			config := s.With(text)
			before := string(tree.Append(nil, config))
			masked := m.Mask(config, tokenAt)
			if got := string(tree.Append(nil, config)); got != before {
				t.Fatalf("%s: the configuration was changed to %s", s.Path, got)
			}
			v, _, _ := s.Path.Get(masked)
			token := tokenAt(s.Path, nil)
			var want string
			var part schema.Part
			switch {
			case s.Class.Has(schema.RiskSecret):
				secrets++
				want = token
			case s.Class.Has(schema.RiskNetwork) && text == addressed:
				addresses++
				want, part = "https://"+schema.Encoded(token)+"@example.org:8443/v1;"+schema.Encoded(token)+"?"+schema.Encoded(token)+"#"+schema.Encoded(token), schema.Query
				if s.IsWebhook {
					want = strings.Replace(want, "v1;", "", 1)
				}
			default:
				others++
				want = text
			}
			if v != want {
				t.Errorf("%s: got %v, want %s", s.Path, v, want)
				continue
			}
			if want != text && strings.Contains(string(tree.Append(nil, masked)), canary) {
				t.Errorf("%s: %s shows the secret", s.Path, tree.Append(nil, masked))
			}
			if _, ok := m.Secret(config, s.Path, part); ok != (want != text) {
				t.Errorf("%s: there is a secret: %t, want %t", s.Path, ok, !ok)
			}
			back, issues := m.Reveal(masked, nil, secretsOf(m, config))
			if diff := cmp.Diff(config, back); diff != "" || len(issues) > 0 {
				t.Errorf("%s: got issues %v (-want +got)\n%s", s.Path, issues, diff)
			}
			if want == text {
				wantRefused(t, m, s, token)
			}
		}
	}
	if secrets < 200 || addresses < 20 || others < 300 {
		t.Errorf("saw %d places of secrets, %d of addresses, %d others", secrets, addresses, others)
	}
}

// wantRefused puts a token in a place that cannot hold a secret.
func wantRefused(t *testing.T, m *schema.Model, s schema.Spot, token string) {
	t.Helper()
	anyToken := func(schema.Token, schema.Part) (any, bool) { return canary, true }
	got, issues := m.Reveal(s.With(token), s.With(canary), anyToken)
	if len(issues) != 1 || issues[0].Kind != schema.SecretToken || issues[0].Path != s.Path.String() {
		t.Errorf("%s: got issues %v, want one there", s.Path, issues)
	}
	if text := string(tree.Append(nil, got)); strings.Contains(text, canary) {
		t.Errorf("%s: %s has the secret", s.Path, text)
	}
}

// knownSecrets has an S in the place of each secret.
var knownSecrets = []string{
	`{"realm":{"x":{"auth":{"a":{"provider":"openai","auth_method":"api_key","source":{"kind":"inline_secret","secret":"S"}}}}}}`,
	`{"realm":{"x":{"auth":{"a":{"source":{"kind":"command","program":"p","env":{"A":"S"}}}}}}}`,
	`{"realm":{"x":{"auth":{"a":{"source":{"kind":"vault","secret":"S","token":"S","env":"S"}}}}}}`,
	`{"realm":{"x":{"auth":{"a":{"source":{"kind":"env","env":"NAME","secret":"S"}}}}}}`,
	`{"realm":{"x":{"auth":{"a":{"source":"S"},"b":"S"}}}}`,
	`{"realm":{"x":{"auth":"S"},"y":"S"}}`,
	`{"realm":{"x":{"backend":{"b":{"options":{"api_key":"S","deep":[{"er":["S"]}]}},"c":{"options":"S"},"d":{"options":["S"]}}}}}`,
	`{"realm":{"x":{"backend":{"b":{"base_url":"https://S:S@h/p?S#f"}}}}}`,
	`{"self_hosted":{"servers":{"a":{"bearer_token":"S","base_url":"http://S@h:1"}}}}`,
	`{"tools":{"mcp_servers":[{"name":"a","command":"c","env":{"A":"S"}},{"name":"b","url":"https://h/?S","headers":{"Authorization":"Bearer S"}}]}}`,
	`{"tools":{"mcp_servers":[{"name":"a","command":"c","url":"https://h/S","headers":{"A":"S"}},{"env":{"A":"S"}},"S"]}}`,
	`{"hooks":{"entries":[{"runtime":{"type":"command","command":"c","env":{"A":"S"}}},{"runtime":{"type":"http","url":"//S@h","headers":{"A":"S"}}}]}}`,
	`{"hooks":{"entries":[{"runtime":{"type":"opaque","payload":{"url":"https://h?S","headers":{"A":"S"}}}}]}}`,
	`{"skills":{"repositories":[{"type":"git","url":"https://S@h/r.git","auth":{"scheme":"token","token":"S"}},{"type":"http","url":"u","auth":{"scheme":"header","name":"A","value":"S"}}]}}`,
	`{"skills":{"repositories":[{"type":"http","auth_token":"S","auth_header":"S"},{"type":"stdio","command":"c","env":{"A":"S"}},{"type":"svn","url":"https://S@h?S"}]}}`,
	`{"agent":{"provider_params":{"provider_tag":{"provider":"unknown","bag":{"namespace":"n","key":"k","body":"S"}}}}}`,
	`{"agent":{"provider_params":{"provider_tag":{"provider":"open_ai","bag":{"body":"S"},"api_key":"S"}}}}`,
	`{"comms":{"pairing_password":"S","address":"tcp://S@h:1"},"mob_host":{"live_ws":"wss://h/?S"},"api_key":"S","agnt":{"a":[["S"]]}}`,
	`{"agent":{"output_schema":{"format":"meerkat_v1","schema":{},"key":"S"}},"max_tokens":{"a":"S"},"rest":[{"a":"S"},"S"]}`,
	`{"comms":{"address":" tcp://S@h","event_address":"https:\\\\S:p@h"},"skills":{"repositories":[{"type":"svn","url":"//S@h"},{"url":"S@h:r.git"}]}}`,
	`{"self_hosted":{"servers":{"a":{"base_url":"https://h/v1#S"},"b":{"base_url":"https://h/v1;key=S/x"},"c":{"base_url":"https://hooks.h/services/T/S"},"d":{"base_url":"https://h/api/webhooks/1/S"}}}}`,
	`{"hooks":{"entries":[{"runtime":{"type":"http","url":"https://h/services/S"}},{"runtime":{"type":"http","url":"https://h/a;S/b#S"}}]}}`,
	`{"comms":{"address":"user:S@h:7001","event_address":"S@h"},"rest":{"host":"u:S@0.0.0.0"},"mob_host":{"listen_tcp":"S@h:1"}}`,
	`{"agent":{"provider_params":{"provider_tag":{"provider":"open_ai","web_search":"{\"headers\":{\"A\":\"S\"}}","reasoning":"[{\"api_key\":\"S\"}]","thinking":"{\"url\":\"https://u:S@h\"}","chat_template_kwargs":"{\"a\":\"S\""}}}}`,
	`{"agent":{"provider_params":{"provider_tag":{"provider":"open_ai","web_search":"{\"a\":\"{\\\"token\\\":\\\"S\\\"}\"}"}}}}`,
	`{"agent":{"provider_params":{"provider_tag":{"provider":"anthropic","compaction":{"kind":"custom","edit":"{\"auth\":\"S\"}"}}}}}`,
	`{"comms":"https://S@h","provider_tools":{"openai":{"web_search":"https://h/?S"}}}`,
}

// TestMask_knownSecrets makes sure that the classes of the schema are right.
func TestMask_knownSecrets(t *testing.T) {
	m := meerkat.New()
	for _, config := range knownSecrets {
		config := object(t, strings.ReplaceAll(config, "S", canary))
		for _, view := range []tree.Object{config, m.Fill(config)} {
			masked := m.Mask(view, tokenAt)
			if text := string(tree.Append(nil, masked)); strings.Contains(text, canary) {
				t.Errorf("%s shows a secret", text)
			}
			back, issues := m.Reveal(masked, nil, secretsOf(m, view))
			if diff := cmp.Diff(view, back); diff != "" || len(issues) > 0 {
				t.Errorf("got issues %v (-want +got)\n%s", issues, diff)
			}
		}
	}
}

func TestMask_otherValuesAreShown(t *testing.T) {
	m := meerkat.New()
	text, err := os.ReadFile("meerkat/testdata/default.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, config := range []string{
		string(text),
		`{"realm":{"x":{"auth":{"a":{"source":{"kind":"inline_secret","secret":""}},"b":{"source":{"kind":"env","env":"NAME"}}}}}}`,
		`{"realm":{"x":{"backend":{"b":{"options":{"timeout":5,"on":true,"off":null,"ratio":0.5,"empty":""},"base_url":"https://example.org/v1#"}}}}}`,
		`{"comms":{"address":"127.0.0.1:9","event_address":"a:b?c"},"agnt":{"a":5,"b":null,"c":""}}`,
		`{"agent":{"output_schema":{"type":"object","properties":{"a":{"type":"string"}}},"system_prompt":"see https://a:b@c?d"}}`,
		`{"skills":{"repositories":[{"type":"git","url":"https://example.org/a@b.git"},{"type":"stdio","command":"https://a:b@c","args":["--key=k"]}]}}`,
		`{"realm":{"x":{"auth":{"a":{"source":{"kind":"inline_secret","secret":"${OPENAI_API_KEY}"}}},"backend":{"b":{"options":{"key":"{env:KEY}"},"base_url":"https://${USER}@h"}}}}}`,
		`{"tools":{"mcp_servers":[{"name":"a","command":"c","env":{"A":"$TOKEN","B":"${lower_case}"}},{"name":"b","url":"https://h/api/mcp","headers":{"Authorization":"${AUTH}"}}]}}`,
		`{"agent":{"provider_params":{"provider_tag":{"provider":"open_ai","web_search":"{\"type\":\"web_search\",\"max_tokens\":5,\"user_location\":{\"city\":\"Bern\"}}","thinking":"{\"type\":\"enabled\",\"budget_tokens\":\"many\"}"}}}}`,
		`{"skills":{"repositories":[{"type":"git","url":"https://h/r.git","git_ref":"@scope/a@1.2.3"}]},"self_hosted":{"default_model":"llama@q4"},"realm":{"x":{"backend":{"b":{"provider":"a@b","server":"s@1"}}}}}`,
		`{"comms":{"address":"[::1]:7001"},"mob_host":{"listen_tcp":"0.0.0.0:1"},"skills":{"repositories":[{"type":"git","url":"https://example.org/my-hooks.git","git_ref":"v1"}]}}`,
		`{"self_hosted":{"servers":{"a":{"base_url":5},"b":{"base_url":""},"c":{"base_url":"https://@example.org?"}}}}`,
	} {
		config := object(t, config)
		if diff := cmp.Diff(config, m.Mask(config, tokenAt)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}

func TestMask_numbers(t *testing.T) {
	m := aliased(t)
	config := object(t, `{"runtimes":[{"token":7},{"token":0.5},{"token":true},{"token":null},{"handler":5}],"vault":{"pin":8080,"tan":"t"}}`)
	masked := m.Mask(config, tokenAt)
	const want = `{"runtimes":[{"token":"realmconf-secret:7:/runtimes/0/token"},{"token":"realmconf-secret:7:/runtimes/1/token"},` +
		`{"token":"realmconf-secret:7:/runtimes/2/token"},{"token":null},{"handler":5}],` +
		`"vault":{"pin":"realmconf-secret:7:/vault/pin","tan":"realmconf-secret:7:/vault/tan"}}`
	if got := string(tree.Append(nil, masked)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	back, issues := m.Reveal(masked, nil, secretsOf(m, config))
	if diff := cmp.Diff(config, back); diff != "" || len(issues) > 0 {
		t.Errorf("got issues %v (-want +got)\n%s", issues, diff)
	}
}

func TestMask_tokenArguments(t *testing.T) {
	seen := make(map[string]any)
	config := object(t, `{"realm":{"a/b":{"backend":{"c~":{"base_url":"https://u:p@h?q"}}}},"agent":{"later":"s"}}`)
	meerkat.New().Mask(config, func(p tree.Pointer, secret any) string {
		seen[p.String()+" "+secret.(string)] = nil
		p[0] = "gone" // the callee may change its pointer
		return "t"
	})
	want := []string{"/agent/later s", "/realm/a~1b/backend/c~0/base_url q", "/realm/a~1b/backend/c~0/base_url u:p"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(seen))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestMask_urlWithoutClass(t *testing.T) {
	m := load(t, `{"type":"object","additionalProperties":false,"properties":{"a":{"type":"string","x-format":"url","enum":["//h"]},"b":{"type":"string"}}}`, schema.Rules{})
	config := object(t, `{"a":"//u:p@h","b":"https://u:p@h"}`)
	if issues, _ := findIssues(m, config, nil); len(issues) != 1 || issues[0].Got != nil {
		t.Errorf("got %+v, want one issue that shows nothing", issues)
	}
	want := object(t, `{"a":"//realmconf-secret%3A7%3A%2Fa@h","b":"https://u:p@h"}`)
	if diff := cmp.Diff(want, m.Mask(config, tokenAt)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestMask_sharesParts(t *testing.T) {
	config := object(t, `{"rest":{"port":1},"agent":{"later":"s"}}`)
	masked := meerkat.New().Mask(config, tokenAt)
	within(config, "rest")["port"] = int64(2) // a shared part shows it
	if got := within(masked, "rest")["port"]; got != int64(2) {
		t.Errorf("got %v, want 2", got)
	}
}

// drawSecrets draws a configuration that has text in a few places of any class.
func drawSecrets(t *rapid.T, all []schema.Spot) tree.Object {
	var config any = drawConfig(t)
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom(schema.AddressTexts), rapid.StringMatching(`(https?:)?//([a-z:@/]{0,4}@)?[a-z]{1,3}[/@:?#a-z]{0,6}`))
	for range rapid.IntRange(0, 8).Draw(t, "places") {
		config = tree.Merge(config, rapid.SampledFrom(all).Draw(t, "place").With(text.Draw(t, "text")))
	}
	return config.(tree.Object)
}

func TestReveal_undoesMask(t *testing.T) {
	m := meerkat.New()
	all := m.Spots()
	rapid.Check(t, func(t *rapid.T) {
		stored := drawSecrets(t, all)
		for _, config := range []tree.Object{stored, m.Fill(stored)} {
			masked := m.Mask(config, tokenAt)
			back, issues := m.Reveal(masked, nil, secretsOf(m, config))
			if diff := cmp.Diff(config, back); diff != "" || len(issues) > 0 {
				t.Fatalf("%s: got issues %v (-want +got)\n%s", tree.Append(nil, masked), issues, diff)
			}
			if diff := cmp.Diff(masked, m.Mask(back, tokenAt)); diff != "" {
				t.Fatalf("masked again (-want +got)\n%s", diff)
			}
		}
	})
}

// The "@" that makes a text an address may be in the part that a token replaces.
func TestReveal_atSignBehindAToken(t *testing.T) {
	m := meerkat.New()
	for _, text := range []string{"//a/#@", "//a?@", "h/p?k=a@b"} {
		config := object(t, `{"realm":{"x":{"binding":{"b":{"provider_default":`+strconv.Quote(text)+`}}}}}`)
		masked := m.Mask(config, tokenAt)
		if tree.Equal(masked, config) {
			t.Errorf("%s: nothing is masked", text)
		}
		back, issues := m.Reveal(masked, nil, secretsOf(m, config))
		if diff := cmp.Diff(config, back); diff != "" || len(issues) > 0 {
			t.Errorf("%s: got issues %v (-want +got)\n%s", text, issues, diff)
		}
	}
}

// TestReveal_undoesMaskOfRealConfigurations takes the configurations that were
// recorded with Meerkat.
func TestReveal_undoesMaskOfRealConfigurations(t *testing.T) {
	text, err := os.ReadFile("meerkat/testdata/peer.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	m := meerkat.New()
	masked := 0
	for line := range bytes.Lines(text) {
		stored := object(t, string(line))["stored"].(tree.Object)
		for _, config := range []tree.Object{stored, m.Fill(stored)} {
			shown := m.Mask(config, func(p tree.Pointer, secret any) string {
				masked++
				return tokenAt(p, secret)
			})
			back, issues := m.Reveal(shown, nil, secretsOf(m, config))
			if diff := cmp.Diff(config, back, cmpopts.EquateNaNs()); diff != "" || len(issues) > 0 {
				t.Errorf("%s: got issues %v (-want +got)\n%s", line, issues, diff)
			}
		}
	}
	if masked < 20 {
		t.Errorf("only %d secrets were masked", masked)
	}
}

// TestMask_numbersInMisplacedList has a list of digits in the place of a secret's
// text.
func TestMask_numbersInMisplacedList(t *testing.T) {
	m := meerkat.New()
	config := object(t, `{"tools":{"mcp_servers":[{"name":"a","command":"c","env":{"PIN":[4711,{"x":[0.5,true]}]}}]}}`)
	masked := m.Mask(config, tokenAt)
	const at = "realmconf-secret:7:/tools/mcp_servers/0/env/PIN"
	want := `{"tools":{"mcp_servers":[{"command":"c","env":{"PIN":["` + at + `/0",{"x":["` + at + `/1/x/0","` + at + `/1/x/1"]}]},"name":"a"}]}}`
	if got := string(tree.Append(nil, masked)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	back, issues := m.Reveal(masked, nil, secretsOf(m, config))
	if diff := cmp.Diff(config, back); diff != "" || len(issues) > 0 {
		t.Errorf("got issues %v (-want +got)\n%s", issues, diff)
	}
}

// TestMask_valuesInThePlaceOfAnAddress has a list and an object in the place of an
// address whose entry is of no known type, so that any value is allowed there.
func TestMask_valuesInThePlaceOfAnAddress(t *testing.T) {
	m := meerkat.New()
	for value, want := range map[string]string{
		`["s",{"x":"t"}]`: `["realmconf-secret:7:/skills/repositories/0/url/0",{"x":"realmconf-secret:7:/skills/repositories/0/url/1/x"}]`,
		`{"x":"s"}`:       `{"x":"realmconf-secret:7:/skills/repositories/0/url/x"}`,
	} {
		config := object(t, `{"skills":{"repositories":[{"type":"svn","url":`+value+`}]}}`)
		masked := m.Mask(config, tokenAt)
		if got := string(tree.Append(nil, masked)); got != `{"skills":{"repositories":[{"type":"svn","url":`+want+`}]}}` {
			t.Errorf("%s: got %s, want %s", value, got, want)
		}
		back, issues := m.Reveal(masked, nil, secretsOf(m, config))
		if diff := cmp.Diff(config, back); diff != "" || len(issues) > 0 {
			t.Errorf("%s: got issues %v (-want +got)\n%s", value, issues, diff)
		}
	}
}
