package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"realmconf/runtime/store/memory"
	"realmconf/schema/tree"
	"realmconf/tools/layout"
	"realmconf/tools/policy"
)

// TestUnapproved_Question_screens: a form is used only if the client shows all lines of
// the question but the last one, the reason.
func TestUnapproved_Question_screens(t *testing.T) {
	const claude, other = "Claude Code", "Codex"
	x := func(n int) string { return strings.Repeat("x", n) }
	program := func(value string) string { return `{"shell":{"program":"` + value + `"}}` }
	realms := func(n int) string { // one row each
		members := make([]string, n)
		for i := range members {
			members[i] = fmt.Sprintf(`"r%02d":{"parent":"p"}`, i)
		}
		return `{"shell":{"program":"sh"},"realm":{` + strings.Join(members, ",") + `}}`
	}
	for _, tt := range []struct {
		name, client, patch string
		want                bool
	}{
		{"a common change", claude, program("sh"), true},
		{"by the name of the program", "claude-code", program("sh"), true},
		{"the widest line", claude, program(x(76 - len(`- /shell/program (runs code): "nu" > ""`) - len(` (the default)`))), true},
		{"wider", claude, program(x(77 - len(`- /shell/program (runs code): "nu" > ""`) - len(` (the default)`))), false},
		{"wider, by the name of the program", "claude-code", program(x(50)), false},
		{"wider, of a later edition", "Claude Code SDK", program(x(50)), false},
		{"wide characters", claude, program(strings.Repeat("設", 12)), false},
		{"two changes", claude, `{"shell":{"program":"sh","timeout_secs":7}}`, false},
		{"a harmless change beside it", claude, `{"shell":{"program":"sh"},"agent":{"model":"m"}}`, false},
		{"a wide line", other, program(x(120)), true},
		{"two changes elsewhere", other, `{"shell":{"program":"sh","timeout_secs":7}}`, true},
		{"13 rows", other, realms(10), true},
		{"17 rows", other, realms(14), true},
		{"18 rows", other, realms(15), true},
		{"19 rows", other, realms(16), false},
		{"18 rows, of which one is wrapped", other, strings.Replace(realms(14), `"sh"`, `"`+x(60)+`"`, 1), true},
		{"19 rows, of which one is wrapped", other, strings.Replace(realms(15), `"sh"`, `"`+x(60)+`"`, 1), false},
		{"19 rows, of which one has wide characters", other, strings.Replace(realms(15), `"sh"`, `"`+strings.Repeat("設", 30)+`"`, 1), false},
		{"no name", "", realms(16), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			call := patch(t, tt.patch)
			call.Client = tt.client
			for _, reason := range []string{"", "it starts faster", strings.Repeat("because ", 40)} {
				call.Reason = reason
				q, err := realmIn(t, taggedStore{memory.New()}, "").question(policy.Policy{}, call)
				if err != nil || q.ShowsAll != tt.want {
					t.Errorf("shows all: %t, %v, want %t\n%s", q.ShowsAll, err, tt.want, q.Message)
				}
				rows := 0
				for line := range strings.SplitSeq(q.Message, "\n") {
					rows += (layout.Width(line) + 79) / 80
				}
				if q.ShowsAll && tt.client != claude && rows > 18 {
					t.Errorf("with a reason of %d bytes it takes %d rows\n%s", len(reason), rows, q.Message)
				}
				if rows < 12 && reason != "" && !strings.Contains(q.Message, "the client's reason: \""+reason[:10]) {
					t.Errorf("the reason is missing although there is room for it\n%s", q.Message)
				}
			}
		})
	}
}

// TestUnapproved_Question_longNames: names too wide for the client are never cut.
func TestUnapproved_Question_longNames(t *testing.T) {
	call := policy.Call{Tool: "config_patch", Client: "Claude Code " + strings.Repeat("x", 60), Patch: tree.Object{"shell": tree.Object{"program": "sh"}}}
	if q, err := newRealm(t, "").question(policy.Policy{}, call); err != nil || q.ShowsAll {
		t.Errorf("got %v, shows all: %t, want a question that is shown elsewhere:\n%s", err, q.ShowsAll, q.Message)
	}
}
