package cli

import (
	"testing"

	"realmconf/runtime/fault"
	"realmconf/tools/policy"
)

func TestCheckAllowance(t *testing.T) {
	sh := newShell(t, Terminal{})
	for text, want := range map[string]string{
		"exec":                                      "",
		"exec,/shell/program":                       "",
		"/self_hosted/servers/mine/base_url":        "",
		"/hooks/entries":                            "",
		`/hooks/entries[id="audit"]`:                "",
		`/tools/mcp_servers[name="a, b"]/args,exec`: "",
		"/hooks/entries/-":                          `--allow /hooks/entries/-: an index is another entry as soon as one before it comes or goes: name the entry, /hooks/entries[id="…"]`,
		"/tools/mcp_servers/0/args":                 `--allow /tools/mcp_servers/0/args: an index is another entry as soon as one before it comes or goes: name the entry, /tools/mcp_servers[name="…"]/args`,
		"/shell/security_patterns/0":                "--allow /shell/security_patterns/0: an index is another entry as soon as one before it comes or goes: name the list, /shell/security_patterns",
		`/tools/mcp_servers[name="x"]/args/0`:       `--allow /tools/mcp_servers[name="x"]/args/0: an index is another entry as soon as one before it comes or goes: name the list, /tools/mcp_servers[name="x"]/args`,
		`/tools/mcp_servers[id="x"]/args`:           `--allow /tools/mcp_servers[id="x"]/args: the entries of /tools/mcp_servers are named by name: write /tools/mcp_servers[name="…"]/args`,
		`/tools/mcp_servers[name="x"]/name`:         `--allow /tools/mcp_servers[name="x"]/name: with another name it is another entry: name the list, /tools/mcp_servers`,
		`/shell/security_patterns[a="x"]`:           `--allow /shell/security_patterns[a="x"]: the entries of /shell/security_patterns have no identity: name the list`,
		`/tools/mcp_servers[name="x"]/agrs`:         "--allow /tools/mcp_servers/-/agrs: no such key; did you mean /tools/mcp_servers/-/args?",
		"/tools/mcp_servers[github]/args":           "--allow /tools/mcp_servers[github]/args: no such key; an entry of a list is named by its identity in double quotes, as in '/tools/mcp_servers[name=\"github\"]/args'",
		"/realm/x/backend/b/options/list/0":         "--allow /realm/x/backend/b/options/list/0: an index is another entry as soon as one before it comes or goes: name the list, /realm/x/backend/b/options/list",
		"secret,/shell/progam":                      "--allow /shell/progam: no such key; did you mean /shell/program?",
		"/shell/program,/nope":                      "--allow /nope: no such key",
	} {
		var allow policy.Allowance
		if err := allow.UnmarshalText([]byte(text)); err != nil {
			t.Fatal(err)
		}
		err := CheckAllowance(t.Context(), allow, sh.session.Model, sh.session.Operations)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if len(got) < len(want) || got[:len(want)] != want || (want == "") != (got == "") || err != nil && !fault.Is(err, fault.InvalidParams) {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
	if err := CheckAllowance(t.Context(), policy.Allowance{}, sh.session.Model, nil); err != nil { // it needs no operation without a place
		t.Errorf("no allowance: got %v", err)
	}
}
