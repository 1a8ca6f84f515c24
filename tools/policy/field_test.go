package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"realmconf/runtime/fault"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// TestReview_heldFields lists the fields of a change in both directions: what
// makes a configuration stricter is held like what makes it looser.
func TestReview_heldFields(t *testing.T) {
	for _, tt := range []struct{ name, a, b, there, back string }{
		{"a field without a class", "agent.model = 'a'", "agent.model = 'b'", "", ""},
		{"a section without a class", "", "compaction.max_summary_tokens = 7", "", ""},
		{"the text only", "# a\nrest.port = 1", "# b\n[rest]\nport = 1", "", ""},
		{"a value", "shell.program = 'a'", "shell.program = 'b'", "replace /shell/program exec", "replace /shell/program exec"},
		{"a value that was not stored", "", "shell.program = 'a'", "add /shell/program exec", "remove /shell/program exec"},
		{"a default that is written down", "", "shell.program = 'nu'", "add /shell/program exec", "remove /shell/program exec"},
		{"on and off", "tools.shell_enabled = true", "tools.shell_enabled = false", "replace /tools/shell_enabled posture", "replace /tools/shell_enabled posture"},
		{"a limit", "budget.max_tokens = 9", "budget.max_tokens = 10", "replace /budget/max_tokens posture", "replace /budget/max_tokens posture"},
		{"a list of scalars", "", "shell.security_patterns = ['a', 'b']", "add /shell/security_patterns posture", "remove /shell/security_patterns posture"},
		{"an entry of a list of scalars", "shell.security_patterns = ['a']", "shell.security_patterns = ['a', 'b']", "add /shell/security_patterns/1 posture", "remove /shell/security_patterns/1 posture"},
		{"an alias, which changes the mode as well", "shell.security_patterns = ['a']", "shell.allowlist = ['b']",
			"add /shell/allowlist posture, replace /shell/security_mode posture, remove /shell/security_patterns posture, replace /shell/security_patterns/0 posture",
			"remove /shell/allowlist posture, replace /shell/security_mode posture, add /shell/security_patterns posture, replace /shell/security_patterns/0 posture"},
		{"a section with several classes", "", "[agent]\nmodel = 'm'\nsystem_prompt = 'p'\nsystem_prompt_file = 'f'",
			"add /agent/system_prompt posture, add /agent/system_prompt_file path+posture",
			"remove /agent/system_prompt posture, remove /agent/system_prompt_file path+posture"},
		{"a server", "", "[[tools.mcp_servers]]\nname = 'n'\ncommand = 'c'\nenv = { K = 'v' }",
			"add /tools/mcp_servers/0/command exec, add /tools/mcp_servers/0/env/K exec+secret, add /tools/mcp_servers/0/name exec",
			"remove /tools/mcp_servers/0/command exec, remove /tools/mcp_servers/0/env/K exec+secret, remove /tools/mcp_servers/0/name exec"},
		{"an entry of a map, without its defaults", "", "[self_hosted.servers.lab]\nbase_url = 'http://lab'",
			"add /self_hosted/servers/lab/base_url network", "remove /self_hosted/servers/lab/base_url network"},
		{"an entry of a map beside others", "[self_hosted.servers.a]\nbase_url = 'http://a'", "[self_hosted.servers.a]\nbase_url = 'http://a'\n[self_hosted.servers.b]\nbase_url = 'http://b'",
			"add /self_hosted/servers/b/base_url network", "remove /self_hosted/servers/b/base_url network"},
		{"a realm", "", "[realm.r.auth.a]\nprovider = 'openai'\nauth_method = 'api_key'\nsource = { kind = 'env', env = 'K' }",
			"add /realm/r/auth/a/auth_method network+posture, add /realm/r/auth/a/provider network+posture, add /realm/r/auth/a/source/env exec+secret+posture, add /realm/r/auth/a/source/kind exec+posture",
			"remove /realm/r/auth/a/auth_method network+posture, remove /realm/r/auth/a/provider network+posture, remove /realm/r/auth/a/source/env exec+secret+posture, remove /realm/r/auth/a/source/kind exec+posture"},
		{"a hook for another", "[[hooks.entries]]\nid = 'a'\npoint = 'run_started'", "[[hooks.entries]]\nid = 'b'\npoint = 'run_started'",
			"remove /hooks/entries/0/id posture, add /hooks/entries/0/id posture, remove /hooks/entries/0/point posture, add /hooks/entries/0/point posture",
			"remove /hooks/entries/0/id posture, add /hooks/entries/0/id posture, remove /hooks/entries/0/point posture, add /hooks/entries/0/point posture"},
		{"the order of servers", "tools.mcp_servers = [{name = 'a', command = 'x'}, {name = 'b', command = 'y'}]", "tools.mcp_servers = [{name = 'b', command = 'y'}, {name = 'a', command = 'x'}]",
			"move /tools/mcp_servers/1 from /tools/mcp_servers/0 exec+secret+network+posture", "move /tools/mcp_servers/1 from /tools/mcp_servers/0 exec+secret+network+posture"},
		{"an address", "rest.host = 'a'", "rest.host = 'b'", "replace /rest/host network", "replace /rest/host network"},
		{"a directory", "store.sessions_path = 'a'", "", "remove /store/sessions_path path", "add /store/sessions_path path"},
		{"an address with a secret", "[realm.r.backend.b]\nprovider = 'openai'\nbackend_kind = 'openai_api'\nbase_url = 'http://a'", "[realm.r.backend.b]\nprovider = 'openai'\nbackend_kind = 'openai_api'\nbase_url = 'http://u:s@a'",
			"replace /realm/r/backend/b/base_url secret+network", "replace /realm/r/backend/b/base_url secret+network"},
		{"a secret", "[realm.r.auth.a]\nprovider = 'openai'\nauth_method = 'api_key'\nsource = { kind = 'inline_secret', secret = 'a' }", "[realm.r.auth.a]\nprovider = 'openai'\nauth_method = 'api_key'\nsource = { kind = 'inline_secret', secret = 'b' }",
			"replace /realm/r/auth/a/source/secret secret", "replace /realm/r/auth/a/source/secret secret"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, d := range []struct{ name, before, after, want string }{{"there", tt.a, tt.b, tt.there}, {"back", tt.b, tt.a, tt.back}} {
				review := policy.Policy{}.NewReview(meerkat.New(), policy.Call{})
				approval, err := review.Judge(t.Context(), compare(t, d.before, d.after))
				if got := strings.Join(fields(t, err), ", "); got != d.want || approval != nil {
					t.Errorf("%s: got %q, approval %v\nwant %q", d.name, got, approval, d.want)
				}
			}
		})
	}
}

// TestReview_baseUnknown holds every change of a text that is not TOML, also one
// that would need no approval otherwise, and whatever is allowed: everything may go
// with it.
func TestReview_baseUnknown(t *testing.T) {
	r := newRealm(t, "shell.program = ")
	call := policy.Call{Tool: "config_set", Patch: object(t, `{"agent":{"model":"m"}}`)}
	var got error
	write := reviewWith(policy.Policy{}, call, &got)
	write.Expected = ptr(uint64(1))
	_, _ = r.rt.Set(t.Context(), call.Patch, write)
	if want := []string{"remove  exec"}; !slices.Equal(fields(t, got), want) {
		t.Errorf("got %v, want %v", fields(t, got), want)
	}
	if f := fault.Of(got); !strings.HasPrefix(f.Message, "config.toml is not TOML, and what is in it cannot be shown: to replace it needs a person's yes") {
		t.Errorf("got %q", f.Message)
	}
	for _, texts := range [][]string{{"shell.program = "}, {"agent.model = 'm'", "shell.program = "}} {
		r := newRealm(t, texts...)
		got = nil
		write := reviewWith(allow(t, everyClass+",/agent,/shell"), call, &got)
		write.Expected = ptr(uint64(len(texts)))
		_, _ = r.rt.Set(t.Context(), call.Patch, write)
		if want := []string{"remove  exec"}; !slices.Equal(fields(t, got), want) {
			t.Errorf("%q, allowed: got %v, want %v", texts, fields(t, got), want)
		}
	}
}

// TestReview_longValues shows a long value of a held field by its size.
func TestReview_longValues(t *testing.T) {
	long := strings.Repeat("x", 5000)
	r := newRealm(t, "agent.system_prompt = 'short'")
	_, err := r.judge(policy.Policy{}, patch(t, `{"agent":{"system_prompt":"`+long+`"}}`))
	got := string(tree.Append(nil, fault.Of(err).Data["fields"]))
	if want := `[{"new_bytes":5002,"old":"short","op":"replace","path":"/agent/system_prompt","risk":["posture"]}]`; got != want {
		t.Errorf("got %.300s\nwant %s", got, want)
	}
}

// settings are keys with a risk class, each with two values. Both differ from
// the default.
var settings = []struct{ path, a, b string }{
	{"/agent/system_prompt", `"a"`, `"b"`},
	{"/agent/system_prompt_file", `"a"`, `"b"`},
	{"/budget/max_tokens", "7", "8"},
	{"/comms/auth", `"ed25519"`, `"ed25519"`},
	{"/comms/require_peer_auth", "false", "false"},
	{"/rest/host", `"a"`, `"b"`},
	{"/shell/program", `"a"`, `"b"`},
	{"/shell/security_mode", `"deny_list"`, `"allow_list"`},
	{"/store/database_dir", `"a"`, `"b"`},
	{"/tools/mob_enabled", "true", "true"},
	{"/tools/schedule_enabled", "false", "false"},
}

// TestReview_everyChangeIsHeld changes settings at random. The held fields are
// exactly the settings with another value, and the same in both directions.
func TestReview_everyChangeIsHeld(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var texts [2]strings.Builder
		var want []string
		for _, s := range settings {
			values := []string{"", s.a, s.b}
			before := values[rapid.IntRange(0, 2).Draw(rt, "before"+s.path)]
			after := values[rapid.IntRange(0, 2).Draw(rt, "after"+s.path)]
			for i, v := range []string{before, after} {
				if v != "" {
					fmt.Fprintf(&texts[i], "%s = %s\n", strings.ReplaceAll(s.path[1:], "/", "."), v)
				}
			}
			if before != after {
				want = append(want, s.path)
			}
		}
		r := newRealm(t, texts[0].String(), texts[1].String())
		for _, d := range [][2]uint64{{1, 2}, {2, 1}} {
			c, err := r.rt.Compare(t.Context(), d[0], &d[1])
			if err != nil {
				rt.Fatal(err)
			}
			_, err = policy.Policy{}.NewReview(meerkat.New(), policy.Call{}).Judge(t.Context(), c)
			var got []string
			for _, line := range fields(t, err) {
				got = append(got, strings.Fields(line)[1])
			}
			if !slices.Equal(got, want) {
				rt.Errorf("from %d to %d\n%s---\n%sgot %v, want %v", d[0], d[1], &texts[0], &texts[1], got, want)
			}
		}
	})
}
