package rpc_test

import (
	"fmt"
	"strings"

	"realmconf/schema/tree"
)

// writes changes every secret in every way, over many generations; other
// connections are notified, conflict, compare and undo.
func (s *session) writes(text string) {
	s.t.Helper()
	first := s.generation()
	for i, p := range places(s.t, text) {
		if (i+i/caseStride())%caseStride() != 0 {
			continue
		}
		generation := s.generation()
		shown, _ := s.plain.call("config/get", fmt.Sprintf(`{"path":%q}`, p))
		value, _ := shown["value"].(string)
		secret := fmt.Sprintf("canary-new-%d", i)
		if p.address {
			secret = "https://" + secret + "@example.org/?" + secret
		}
		replace := func(value string) string {
			return fmt.Sprintf(`{"operations":[{"op":"replace","path":%q,"value":%q}],"expected_generation":%d,"reason":"another one"}`, p, value, generation)
		}
		if _, kind := s.modern.tool("patch", replace(secret)); kind != "approval_required" {
			s.t.Errorf("%s, guarded: got %q", p, kind)
		}
		write := s.plain.call
		if i%2 == 1 {
			write = func(_, params string) (tree.Object, string) { return s.allowed.tool("patch", params) }
		}
		if reply, kind := write("config/patch", replace(secret)); kind != "" || reply["changed"] != true {
			s.t.Errorf("%s: got %v %s, want it done", p, reply, kind)
			continue
		}
		if _, kind := s.callers()[i%3].tool("patch", replace("canary-late")); kind != "generation_conflict" {
			s.t.Errorf("%s, late: got %q, want a conflict", p, kind)
		}
		if i%8 == 0 {
			s.plain.call("config/patch", fmt.Sprintf(`{"patch":{"agent":{"model":"late"}},"expected_generation":%d}`, first))
		}
		s.legacy.tool("diff", fmt.Sprintf(`{"from":%d}`, generation))
		s.modern.tool("rollback", fmt.Sprintf(`{"to":%d,"expected_generation":%d}`, generation, s.generation()))
		if value != "" { // the token before the change
			s.plain.call("config/patch", replace(value))
			s.allowed.tool("patch", strings.Replace(replace(value), fmt.Sprintf(`"expected_generation":%d`, generation), fmt.Sprintf(`"expected_generation":%d`, s.generation()), 1))
		}
	}
	s.allowed.tool("patch", fmt.Sprintf(`{"operations":[{"op":"copy","from":"/realm/team/auth/main/source/secret","path":"/tools/mcp_servers/0/env/COPY"},`+
		`{"op":"move","from":"/hooks/entries/1","path":"/hooks/entries/0"}],"expected_generation":%d}`, s.generation()))
	s.plain.call("config/patch", fmt.Sprintf(`{"realm":{"team":{"backend":{"main":{"options":{"long":%q}}}}}}`, strings.Repeat("canary ", 2000)))
	s.plain.call("config/patch", fmt.Sprintf(`{"agent":{"system_prompt":%q}}`, strings.Repeat("be kind ", 10_000)))
	for _, c := range s.callers() {
		c.tool("get", `{}`)
		c.tool("get", `{"path":"/agent"}`)
		c.tool("diff", fmt.Sprintf(`{"from":%d}`, first))
		c.tool("history", `{"limit":100}`)
		c.tool("patch", fmt.Sprintf(`{"patch":{"agent":{"model":"c"}},"expected_generation":%d}`, s.generation()))
		c.tool("patch", fmt.Sprintf(`{"patch":{"agent":{"model":"d"}},"expected_generation":%d}`, first))
	}
	s.plain.call("config/history", `{"limit":100}`)
	s.plain.call("config/patch", `{"agent":{"system_prompt":null}}`)
	s.keep()
	s.readAll(text)
	if _, kind := s.allowed.tool("rollback", fmt.Sprintf(`{"to":%d,"expected_generation":%d}`, first, s.generation())); kind != "" {
		s.t.Errorf("roll back: got %s", kind)
	}
	s.plain.call("config/rollback", fmt.Sprintf(`{"to":%d}`, first+1))
	s.plain.call("config/rollback", fmt.Sprintf(`{"to":%d,"dry_run":true}`, first))
}

// keep sends back the values that were read, in both views and all ways, which
// changes nothing. Then it edits the file.
func (s *session) keep() {
	s.t.Helper()
	for _, view := range []string{"resolved", "stored"} {
		for i, c := range append(s.callers(), s.plain) {
			reply, kind := s.plain.call("config/get", fmt.Sprintf(`{"view":%q}`, view))
			if kind != "" {
				s.t.Fatalf("get: %s", kind)
			}
			config := reply["config"].(tree.Object)
			set := func() (tree.Object, string) {
				params := string(tree.Append(nil, tree.Object{"config": config, "expected_generation": reply["generation"]}))
				if c == s.plain {
					return c.call("config/set", params)
				}
				return c.tool("set", params)
			}
			if same, kind := set(); kind != "" || same["changed"] != false {
				s.t.Errorf("%s, caller %d: set(get()): got changed %v %s", view, i, same["changed"], kind)
			}
			config["agent"].(tree.Object)["model"] = fmt.Sprintf("kept-%d-%s", i, view)
			if edited, kind := set(); kind != "" || edited["changed"] != true {
				s.t.Errorf("%s, caller %d: edited: got %v %s", view, i, edited, kind)
			}
		}
	}
}

// broken edits the file so that it is not TOML, each time for another reason. No
// error may show the line or those around it.
func (s *session) broken(text string) {
	s.t.Helper()
	for i, line := range []string{
		`key = canary-broken`, `key = "canary-broken`, `key = 'canary-broken`, `key = """canary-broken`, `canary-broken = `, `[canary-broken`, `[[canary.broken]`,
		`canary-broken`, `"canary" = "canary" "canary"`, `key = "\canary"`, `key = "\uD800canary"`, "key = \"\x01canary\"", `key = 2020-13-45canary`, `canary = 471147-13-45`,
		`key = 99999999999999471147471147471147`, `key = 47_1147__`, `key = 0471147`, `key = 1e471147`, `key = [471147, "canary" "canary"`, `key = { canary = "canary", canary = 1 }`,
		"canary = 1\ncanary = 2", "[canary]\n[canary]", "canary.a = 1\ncanary.a.b = 2", "key = \"canary\xff\"", strings.Repeat("[", 10_000) + "canary", `canary = 1979-05-27T07:32:00-99:99`,
	} {
		if i%caseStride() != 0 {
			continue
		}
		good := s.generation()
		s.edit(text + "\n" + line + "\nafter = \"canary-after\"\n")
		_, kind := s.plain.call("config/get", `{}`)
		if kind != "corrupt_config" {
			s.t.Errorf("%.40q: got %q, want corrupt_config", line, kind)
			continue
		}
		bad := s.generation()
		for _, c := range s.callers() {
			c.tool("get", `{}`)
			c.tool("get", `{"path":"/canry"}`)
			c.tool("patch", fmt.Sprintf(`{"patch":{"agent":{"model":"x"}},"expected_generation":%d}`, bad))
			c.tool("diff", fmt.Sprintf(`{"from":%d}`, good))
			c.tool("diff", fmt.Sprintf(`{"from":%d,"to":%d}`, bad, good))
			c.tool("history", `{"limit":3}`)
			c.tool("rollback", fmt.Sprintf(`{"to":%d,"expected_generation":%d,"dry_run":true}`, good, bad))
			c.call("resources/read", `{"uri":"realmconf://config"}`)
			c.call("resources/read", fmt.Sprintf(`{"uri":"realmconf://history/%d"}`, bad))
			c.call("completion/complete", `{"ref":{"type":"ref/resource","uri":"realmconf://config/{+path}"},"argument":{"name":"path","value":""}}`)
		}
		s.plain.call("config/set", `{"config":{"agent":{"model":"x"}}}`)
		s.plain.call("config/set", fmt.Sprintf(`{"config":{"agent":{"modle":"canary-w"}},"expected_generation":%d}`, bad))
		s.plain.call("config/rollback", fmt.Sprintf(`{"to":%d}`, bad))
		if _, kind := s.allowed.tool("rollback", fmt.Sprintf(`{"to":%d,"expected_generation":%d}`, good, bad)); kind != "approval_required" {
			s.t.Errorf("%.40q: roll back by a tool: got %q, want approval_required", line, kind)
		}
		if _, kind := s.plain.call("config/rollback", fmt.Sprintf(`{"to":%d}`, good)); kind != "" {
			s.t.Errorf("%.40q: roll back: got %s", line, kind)
		}
	}
}

// wantMuchDone checks that the session had the intended effects.
func (s *session) wantMuchDone() {
	s.t.Helper()
	for what, most := range map[string]int{
		"config/get": 500, "config/schema": 20, "config/patch": 20, "config/set": 2, "config/history": 2, "config/diff": 3, "config/rollback": 1,
		"config_get": 500, "config_schema": 20, "config_patch": 50, "config_set": 6, "config_history": 10, "config_diff": 50, "config_rollback": 10,
		"resources/read": 100, "resources/list": 3, "completion/complete": 100, "tools/list": 3,
		"config/changed": 50, "notifications/resources/updated": 50,
		"invalid_config": 500, "approval_required": 100, "generation_conflict": 50, "would_drop": 4, "corrupt_config": 100, "not_found": 100, "too_large": 3,
		"invalid_params": 50, "parse_error": 1, "invalid_request": 1,
	} {
		if most = max(1, most/caseStride()); s.done[what] < most {
			s.t.Errorf("%s: %d times, want at least %d", what, s.done[what], most)
		}
	}
	if n := strings.Count(s.output.String(), "realmconf-secret"); n < 10_000/caseStride() {
		s.t.Errorf("only %d tokens were seen", n)
	}
}
