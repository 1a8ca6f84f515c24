package policy_test

import (
	"flag"
	"io"
	"slices"
	"strings"
	"testing"

	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

func TestAllowance_UnmarshalText(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"exec", "exec"},
		{"/shell/program", "/shell/program"},
		{" posture ,\t/rest ", "posture,/rest"},
		{"/rest,exec,/shell,path", "exec,path,/rest,/shell"}, // classes first, the strongest of them
		{"/self_hosted/servers/a~1b~0c", "/self_hosted/servers/a~1b~0c"},
		{"path,exec,exec", "exec,path"},
		{"/", "/"}, // the key with the empty name
		{`/hooks/entries[id="audit"]`, `/hooks/entries[id="audit"]`},
		{`/tools/mcp_servers[name="git,\u0020hub/\"x\"]"]/args , exec`, `exec,/tools/mcp_servers[name="git, hub/\"x\"]"]/args`},
		{`/hooks/entries[id="a"],/hooks/entries[id="b"]/enabled`, `/hooks/entries[id="a"],/hooks/entries[id="b"]/enabled`},
		{"/models/a[b]", "/models/a[b]"}, // a name with brackets
		{`/models/a[b="c]`, `/models/a[b="c]`},
	} {
		var a policy.Allowance
		if err := a.UnmarshalText([]byte(tt.text)); err != nil {
			t.Errorf("%q: %v", tt.text, err)
			continue
		}
		got, err := a.MarshalText()
		if err != nil || string(got) != tt.want {
			t.Errorf("%q: got %q, %v, want %q", tt.text, got, err, tt.want)
		}
		var again policy.Allowance
		if err := again.UnmarshalText(got); err != nil {
			t.Errorf("%q: the marshalled text: %v", tt.text, err)
		}
	}
}

func TestAllowance_UnmarshalText_refused(t *testing.T) {
	for text, want := range map[string]string{
		"":                              `"" is neither a class`,
		"exec,":                         `"" is neither a class`,
		"Exec":                          `"Exec" is neither a class`,
		"none":                          `"none" is neither a class`,
		"all":                           `"all" is neither a class`,
		"shell/program":                 `"shell/program" is neither a class`,
		"exec;/shell":                   `"exec;/shell" is neither a class`,
		"/shell/~2":                     "/shell/~2",
		"exec posture":                  `"exec posture" is neither a class`,
		"posture,/a/~":                  "/a/~",
		"*":                             `"*" is neither a class`,
		"/shell,unknown":                `"unknown" is neither a class`,
		`/hooks/entries[id=""]/enabled`: "an entry without a name",
		`/a[id="b"]/c[id="d"]`:          "names an entry inside of an entry",
		`/hooks/entries[id="a,b`:        `"b" is neither a class`,
		`/hooks/entries[id="a"],exce`:   `"exce" is neither a class`,
	} {
		var a policy.Allowance
		if err := a.UnmarshalText([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want an error with %q", text, err, want)
		}
	}
}

// TestAllowance_flag gives the flag twice: the lists add up.
func TestAllowance_flag(t *testing.T) {
	var p policy.Policy
	f := flag.NewFlagSet("x", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.TextVar(&p.Allow, "allow", policy.Allowance{}, "")
	if err := f.Parse([]string{"--allow", "exec,/rest", "--allow", "/shell"}); err != nil {
		t.Fatal(err)
	}
	want := []tree.Pointer{{"rest"}, {"shell"}}
	if got := p.Allow.Pointers(); !slices.EqualFunc(got, want, slices.Equal[tree.Pointer]) {
		t.Errorf("pointers: got %v, want %v", got, want)
	}
	if err := f.Parse([]string{"--allow", "code"}); err == nil {
		t.Error("an unknown class: got no error")
	}
}

// TestAllowance_covers judges one change under many allowances: held is what
// remains for a person.
func TestAllowance_covers(t *testing.T) {
	const before = `
[shell]
program = "nu"
security_mode = "deny_list"
[[hooks.entries]]
id = "a"
[[hooks.entries]]
id = "b"
[rest]
host = "127.0.0.1"
[realm.team.backend.main]
provider = "openai"
backend_kind = "openai_api"
base_url = "https://user:secret@api.example"
`
	program := strings.Replace(before, `"nu"`, `"sh"`, 1)
	both := strings.Replace(program, `"deny_list"`, `"unrestricted"`, 1)
	swapped := strings.NewReplacer(`id = "a"`, `id = "b"`, `id = "b"`, `id = "a"`).Replace(before)
	address := strings.Replace(before, "secret@api", "secret@evil", 1)
	for _, tt := range []struct{ name, after, allow, held string }{
		{"nothing", program, "", "replace /shell/program exec"},
		{"its class", program, "exec", ""},
		{"another class", program, "posture,network,path,secret", "replace /shell/program exec"},
		{"its pointer", program, "/shell/program", ""},
		{"its section", program, "/shell", ""},
		{"a pointer below it", program, "/shell/program/x", "replace /shell/program exec"},
		{"a part of its name", program, "/shell/prog", "replace /shell/program exec"},
		{"its neighbour", program, "/shell/security_mode", "replace /shell/program exec"},
		{"one of two", both, "exec", "replace /shell/security_mode posture"},
		{"the other of two", both, "/shell/security_mode", "replace /shell/program exec"},
		{"a class and a pointer", both, "exec,/shell/security_mode", ""},
		{"the section of two", both, "/shell", ""},
		{"the list of a move", swapped, "/hooks/entries", ""},
		{"the entry that moves", swapped, `/hooks/entries[id="a"]`, "move /hooks/entries/1 from /hooks/entries/0 exec+secret+network+posture"},
		{"the other entry of a move", swapped, `/hooks/entries[id="b"]`, "move /hooks/entries/1 from /hooks/entries/0 exec+secret+network+posture"},
		{"network, and the address has a secret", address, "network", "replace /realm/team/backend/main/base_url secret+network"},
		{"secret, and the address has a secret", address, "secret", "replace /realm/team/backend/main/base_url secret+network"},
		{"both, and the address has a secret", address, "secret,network", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			review := allow(t, tt.allow).NewReview(meerkat.New(), policy.Call{})
			approval, err := review.Judge(t.Context(), compare(t, before, tt.after))
			if got := strings.Join(fields(t, err), ", "); got != tt.held {
				t.Errorf("held: got %q, want %q", got, tt.held)
			}
			if err == nil && (approval == nil || approval.By != "flag" || approval.Via != "") {
				t.Errorf("approval: got %+v, want the flag's", approval)
			}
		})
	}
}
