package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// TestUnapproved_Question_windows: of a long value, the part that differs is shown, with
// how much is left out. If the value has a class but posture, the message does not show
// all.
func TestUnapproved_Question_windows(t *testing.T) {
	const head, who = "to change: ", "\n• by a program that gives no name, in the realm (generation 1)"
	x := func(n int) string { return strings.Repeat("x", n) }
	prompt := strings.Repeat("You are careful. ", 850) // 14 KB
	for _, tt := range []struct {
		name, before, patch, want string
		showsAll                  bool
	}{
		{"as wide as the limit", "", `{"shell":{"program":"` + x(120) + `"}}`,
			`1 field, it runs code` + who + "\n• " + `/shell/program (runs code): "nu" (the default) → "` + x(120) + `"`, true},
		{"wider", "", `{"shell":{"program":"` + x(121) + `"}}`,
			`1 field, it runs code` + who + "\n• " + `/shell/program (runs code): "nu" (the default) → "` + x(120) + `" + (1 character left out)`, false},
		{"wide characters", "", `{"shell":{"program":"` + strings.Repeat("設", 61) + `"}}`,
			`1 field, it runs code` + who + "\n• " + `/shell/program (runs code): "nu" (the default) → "` + strings.Repeat("設", 60) + `" + (1 character left out)`, false},
		{"escapes count as they are shown", "", `{"shell":{"program":"` + strings.Repeat(`\u202e`, 21) + `"}}`,
			`1 field, it runs code` + who + "\n• " + `/shell/program (runs code): "nu" (the default) → "` + strings.Repeat(`\u202e`, 20) + `" + (1 character left out)`, false},
		{"in the middle", `shell.program = "` + x(500) + "b" + x(500) + `"`, `{"shell":{"program":"` + x(500) + "cc" + x(500) + `"}}`,
			`1 field, it runs code` + who + "\n• " + `/shell/program (runs code): (476 characters left out) + "` + x(24) + "b" + x(95) + `" + (405 characters left out) → (476 characters left out) + "` + x(24) + "cc" + x(94) + `" + (406 characters left out)`, false},
		{"at the end", `shell.program = "` + x(500) + `b"`, `{"shell":{"program":"` + x(500) + `c"}}`,
			`1 field, it runs code` + who + "\n• " + `/shell/program (runs code): (381 characters left out) + "` + x(119) + `b" → (381 characters left out) + "` + x(119) + `c"`, false},
		{"of the old value alone", `shell.program = "` + x(200) + `"`, `{"shell":{"program":"sh"}}`,
			`1 field, it runs code` + who + "\n• " + `/shell/program (runs code): "` + x(120) + `" + (80 characters left out) → "sh"`, false},
		{"a page of a prompt", "[agent]\nsystem_prompt = \"" + prompt + "\"", `{"agent":{"system_prompt":"` + prompt + `Obey."}}`,
			`1 field, it sets what agents may do` + who + "\n• " + `/agent/system_prompt (sets what agents may do): (14330 characters left out) + "` + prompt[14330:] + `" → (14335 characters left out) + "` + prompt[14335:] + `Obey."`, true},
		{"without a class, beside another", "", `{"shell":{"program":"sh"},"agent":{"model":"` + x(200) + `"}}`,
			"2 fields, 1 of them runs code" + who + "\n• /shell/program (runs code): \"nu\" (the default) → \"sh\"\n• /agent/model: \"\" (the default) → \"" + x(120) + `" + (80 characters left out)`, true},
		{"in an entry", "", `{"tools":{"mcp_servers":[{"name":"a","command":"c","args":["` + x(300) + `"]}]}}`,
			"1 field, it runs code" + who + "\n• " + `/tools/mcp_servers[name="a"] (runs code): (absent) → {"args":["` + x(120) + `" + (180 characters left out)],"command":"c","name":"a"}`, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q, err := newRealm(t, tt.before).question(policy.Policy{}, patch(t, tt.patch))
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.TrimPrefix(q.Message, head); got != tt.want || q.ShowsAll != tt.showsAll {
				t.Errorf("shows all: %t, want %t\ngot  %s\nwant %s", q.ShowsAll, tt.showsAll, got, tt.want)
			}
		})
	}
}

// TestUnapproved_Question_manyFields: of 500 changes, a message has as many as fit, the
// held ones first, and the reason; the proposal has all of them.
func TestUnapproved_Question_manyFields(t *testing.T) {
	servers := tree.Object{}
	for i := range 500 {
		servers[fmt.Sprintf("s%03d", i)] = tree.Object{"base_url": fmt.Sprintf("http://host-%d.example", i)}
	}
	call := policy.Call{Tool: "config_patch", Reason: "many", Patch: tree.Object{"self_hosted": tree.Object{"servers": servers}, "agent": tree.Object{"model": "m"}}}
	q, err := newRealm(t, "").question(policy.Policy{}, call)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(q.Message, "\n")
	shown := len(lines) - 4
	if len(q.Message) > 16<<10 || len(q.Message) < 15<<10 || q.ShowsAll || len(q.Proposal.Fields) != 500 || len(q.Proposal.Others) != 1 {
		t.Errorf("got %d bytes, shows all: %t, %d fields and %d others in the proposal", len(q.Message), q.ShowsAll, len(q.Proposal.Fields), len(q.Proposal.Others))
	}
	if !strings.HasSuffix(lines[0], "to change: 501 fields, 500 of them reach the network") || lines[len(lines)-1] != `• the client's reason: "many"` {
		t.Errorf("got first %s, last %s", lines[0], lines[len(lines)-1])
	}
	if want := fmt.Sprintf("• (%d more changes are left out here)", 501-shown); lines[len(lines)-2] != want {
		t.Errorf("got %s, want %s", lines[len(lines)-2], want)
	}
}

// TestUnapproved_Question_tooLong refuses a change that is too long to be shown to a
// person in any way.
func TestUnapproved_Question_tooLong(t *testing.T) {
	long := policy.Call{Tool: "config_patch", Patch: tree.Object{"shell": tree.Object{"program": strings.Repeat("x", 600_000)}}}
	q, err := newRealm(t, "").question(policy.Policy{}, long)
	f := fault.Of(err)
	if f == nil || f.Kind != fault.ApprovalRequired || !strings.Contains(f.Message, "too long to be shown") || f.Data["state"] != "no_person" || q.Message != "" {
		t.Errorf("got %v, question of %d bytes", err, len(q.Message))
	}
	long.Patch = tree.Object{"shell": tree.Object{"program": strings.Repeat("x", 400_000)}}
	if q, err = newRealm(t, "").question(policy.Policy{}, long); err != nil || q.ShowsAll || len(q.Message) > 1000 {
		t.Errorf("got %v, shows all: %t, %d bytes, want a short message that does not show all", err, q.ShowsAll, len(q.Message))
	}
	_, err = newRealm(t, "").judge(policy.Policy{}, long)
	u := wantUnapproved(t, err)
	if _, err := u.Question(); err != nil {
		t.Fatal(err)
	}
	for answer, want := range map[policy.Answer]string{policy.NoPerson: "a form cannot show all of it: ask your user to run `realmconf review`", policy.Declined: "said no"} {
		if f := u.Refusal(answer, policy.OfferReview); !strings.Contains(f.Message, want) {
			t.Errorf("%s: got %s, want %s", answer, f.Message, want)
		}
	}
}

// TestUnapproved_Question_unchangedDefaults leaves out a default that stays in effect,
// unless it is all that the person is asked about.
func TestUnapproved_Question_unchangedDefaults(t *testing.T) {
	const text = "[rest]\nhost = \"127.0.0.1\"\n"
	for patchText, want := range map[string]string{
		`{"rest":{"host":null},"shell":{"program":"sh"}}`:           `1 field, it runs code|/shell/program (runs code): "nu" (the default) → "sh"`,
		`{"shell":{"security_mode":"unrestricted","program":"sh"}}`: `1 field, it runs code|/shell/program (runs code): "nu" (the default) → "sh"`,
		`{"rest":{"host":null}}`:                                    `1 field, it reaches the network|/rest/host (reaches the network): "127.0.0.1" → "127.0.0.1" (the default)`,
		`{"rest":{"host":null},"agent":{"model":"m"}}`:              `2 fields, 1 of them reaches the network|/rest/host (reaches the network): "127.0.0.1" → "127.0.0.1" (the default)|/agent/model: "" (the default) → "m"`,
	} {
		q, err := newRealm(t, text).question(policy.Policy{}, patch(t, patchText))
		if err != nil {
			t.Fatal(err)
		}
		got := strings.TrimPrefix(strings.ReplaceAll(q.Message, "\n• ", "|"), "to change: ")
		got = strings.Replace(got, "by a program that gives no name, in the realm (generation 1)|", "", 1)
		if got != want {
			t.Errorf("%s\ngot  %s\nwant %s", patchText, got, want)
		}
	}
}
