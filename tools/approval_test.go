package tools_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools"
	"realmconf/tools/policy"
)

func accept(policy.Question) (policy.Answer, error) { return policy.Accepted, nil }

// TestCallTool_question checks the text that a person is shown: all that will
// change, with the client's words in quotes and secrets masked.
func TestCallTool_question(t *testing.T) {
	for name, test := range map[string]struct{ tool, args, want string }{
		"a value": {"patch", `{"patch":{"shell":{"program":"sh"}},"reason":"faster"}`,
			"to change: 1 field, it runs code\n• by editor, in the realm (generation 1)\n• /shell/program (runs code): \"nu\" → \"sh\"\n• the client's reason: \"faster\""},
		"values of several classes, and harmless ones": {"patch", `{"patch":{"agent":{"model":"n"},"comms":{"auth":"none"},"rest":{"host":null}}}`,
			"to change: 2 fields, 1 of them sets what agents may do\n• by editor, in the realm (generation 1)\n• /comms/auth (sets what agents may do): \"ed25519\" → \"none\"\n• /agent/model: \"m\" → \"n\""},
		"text like a line of the question": {"patch", `{"patch":{"shell":{"program":"sh\u202e\n/rest/port: 1"}},"reason":"x\nreason: y\u200b"}`,
			"to change: 1 field, it runs code\n• by editor, in the realm (generation 1)\n• " + `/shell/program (runs code): "nu" → "sh\u202e\n/rest/port: 1"` + "\n• " + `the client's reason: "x\nreason: y\u200b"`},
		"a secret": {"patch", `{"patch":{"realm":{"team":{"auth":{"main":{"source":{"secret":"canary-new"}}}}}}}`,
			"to change: 1 field, it holds a secret\n• by editor, in the realm (generation 1)\n• /realm/team/auth/main/source/secret (holds a secret): (a secret, not shown) → \"canary-new\""},
		"a secret of another place": {"patch", `{"operations":[{"op":"copy","from":"/realm/team/auth/main/source/secret","path":"/tools/mcp_servers/0/env/TOKEN"}]}`,
			"to change: 1 field, it runs code and holds a secret\n• by editor, in the realm (generation 1)\n• /tools/mcp_servers[name=\"git\"]/env/TOKEN (runs code, holds a secret): (a secret, not shown) → (the secret from /realm/team/auth/main/source/secret)"},
		"an address": {"patch", `{"patch":{"realm":{"team":{"backend":{"main":{"base_url":"https://evil.example"}}}}}}`,
			"to change: 1 field, it holds a secret and reaches the network\n• by editor, in the realm (generation 1)\n• /realm/team/backend/main/base_url (holds a secret, reaches the network; a stored secret goes along to the new address): \"https://\" + (a secret, not shown) + \"@api.example/v1?\" + (a secret, not shown) → \"https://evil.example\""},
		"an entry": {"patch", `{"operations":[{"op":"add","path":"/hooks/entries/-","value":{"id":"new","priority":5}}]}`,
			"to change: 1 field, it sets what agents may do\n• by editor, in the realm (generation 1)\n• /hooks/entries[id=\"new\"] (sets what agents may do): (absent) → {\"id\":\"new\",\"priority\":5}"},
		"a section": {"patch", `{"patch":{"store":{"database_dir":"/tmp"},"compaction":{"max_summary_tokens":7}}}`,
			"to change: 2 fields, 1 of them reads or writes files\n• by editor, in the realm (generation 1)\n• /store/database_dir (reads or writes files): (absent) → \"/tmp\"\n• /compaction/max_summary_tokens: 4096 (the default) → 7"},
		"an entry for another": {"patch", `{"operations":[{"op":"replace","path":"/hooks/entries/1","value":{"id":"x","runtime":{"type":"command","command":"sh"}}}],"allow_drop":["/hooks/entries"]}`,
			"to change: 2 fields, 2 of them run code, 1 holds a secret, 2 reach the network and 2 set what agents may do\n• by editor, in the realm (generation 1)\n" +
				"• /hooks/entries[id=\"lint\"] (runs code, holds a secret, reaches the network, sets what agents may do): {\"id\":\"lint\",\"runtime\":{\"type\":\"http\",\"url\":\"https://lint.example/\" + (a secret, not shown)}} → (absent)\n" +
				"• /hooks/entries[id=\"x\"] (runs code, reaches the network, sets what agents may do): (absent) → {\"id\":\"x\",\"runtime\":{\"command\":\"sh\",\"type\":\"command\"}}"},
		"invisible signs": {"patch", `{"patch":{"agent":{"system_prompt":"a\u3164\u2003\ufe0f\u2800"},"realm":{"x y":{"parent":"p"}}}}`,
			"to change: 2 fields, 2 of them set what agents may do\n• by editor, in the realm (generation 1)\n• /agent/system_prompt (sets what agents may do): \"be careful\" → \"a\\u3164\\u2003\\ufe0f\\u2800\"\n• \"/realm/x y\" (sets what agents may do): (absent) → {\"parent\":\"p\"}"},
		"right-to-left text": {"patch", `{"patch":{"agent":{"system_prompt":"אב"}}}`,
			"to change: 1 field, it sets what agents may do\n• by editor, in the realm (generation 1)\n• /agent/system_prompt (sets what agents may do): \"be careful\" → \"\u2068אב\u2069\""},
		"an address with the secret of another": {"patch", `{"patch":{"realm":{"team":{"backend":{"lab":{"base_url":"https://realmconf-secret%3A1%3A%2Frealm%2Fteam%2Fbackend%2Fmain%2Fbase_url@evil.example"}}}}}}`,
			"to change: 1 field, it holds a secret and reaches the network\n• by editor, in the realm (generation 1)\n• /realm/team/backend/lab/base_url (holds a secret, reaches the network): \"http://lab.example\" → \"https://\" + (the secret from /realm/team/backend/main/base_url) + \"@evil.example\""},
		"an order": {"patch", `{"operations":[{"op":"move","from":"/hooks/entries/1","path":"/hooks/entries/0"}]}`,
			"to change: 1 field, it runs code, holds a secret, reaches the network and sets what agents may do\n• by editor, in the realm (generation 1)\n• /hooks/entries[id=\"audit\"] (runs code, holds a secret, reaches the network, sets what agents may do): moved from index 0 to index 1"},
	} {
		t.Run(name, func(t *testing.T) {
			c := clientOf(t, policy.Policy{}, guarded)
			var got string
			_, err := c.toolAsking(test.tool, strings.Replace(test.args, "{", `{"expected_generation":1,`, 1), func(q policy.Question) (policy.Answer, error) {
				got = q.Message
				return policy.Accepted, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("question (-want +got):\n%s", diff)
			}
			if c.text() == guarded {
				t.Error("it was accept, and the text is the same")
			}
		})
	}
}

// TestCallTool_questionWithAllowance: the question shows the changes that need
// no approval, too.
func TestCallTool_questionWithAllowance(t *testing.T) {
	c := clientOf(t, allow(t, "exec"), guarded)
	var got string
	_, err := c.toolAsking("patch", `{"patch":{"shell":{"program":"sh","security_mode":null}},"expected_generation":1}`, func(q policy.Question) (policy.Answer, error) {
		got = q.Message
		return policy.Declined, nil
	})
	want := "to change: 2 fields, 1 of them runs code and 1 sets what agents may do\n• by editor, in the realm (generation 1)\n• /shell/security_mode (sets what agents may do): \"deny_list\" → \"unrestricted\" (the default)\n" +
		"• /shell/program (runs code, and is allowed): \"nu\" → \"sh\""
	if diff := cmp.Diff(want, got); !fault.Is(err, fault.ApprovalRequired) || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// TestReadme_question compares the README's example with a real question.
func TestReadme_question(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	c := clientOf(t, policy.Policy{}, "# empty\n")
	caller := tools.Caller{Name: "assistant", Surface: store.Tool}
	var got string
	caller.Ask = func(_ context.Context, q policy.Question) (policy.Answer, error) {
		got = q.Message
		return policy.Declined, nil
	}
	args := params(t, `{"patch":{"shell":{"program":"sh"}},"expected_generation":1,"reason":"it starts faster"}`)
	if _, err := c.operations["patch"].CallTool(t.Context(), caller, args); !fault.Is(err, fault.ApprovalRequired) {
		t.Fatal(err)
	}
	got = strings.Replace(got, "the realm", "realm demo", 1)
	if !strings.Contains(string(readme), "```text\n"+got+"\n```") {
		t.Errorf("the README does not show this question:\n%s", got)
	}
}

// TestReadme_approvalStates: the README of rpc explains each state of a refusal.
func TestReadme_approvalStates(t *testing.T) {
	readme, err := os.ReadFile("../rpc/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, state := range []string{"no_person", string(policy.Declined), string(policy.Cancelled), string(policy.Expired)} {
		if !strings.Contains(string(readme), "\n| `"+state+"` | ") {
			t.Errorf("rpc/README.md does not explain the state %s", state)
		}
	}
}

// TestCallTool_answers: only Accepted lets a change pass, and the history keeps
// who gave it.
func TestCallTool_answers(t *testing.T) {
	const args = `{"patch":{"shell":{"program":"sh"}},"expected_generation":1}`
	for _, answer := range []policy.Answer{policy.Declined, policy.Cancelled, policy.Expired, "", "yes"} {
		c := clientOf(t, policy.Policy{}, guarded)
		_, err := c.toolAsking("patch", args, func(policy.Question) (policy.Answer, error) { return answer, nil })
		f := fault.Of(err)
		if f == nil || f.Kind != fault.ApprovalRequired || f.Data["state"] != string(answer) || c.text() != guarded {
			t.Errorf("%q: got %v, want approval_required and no change", answer, err)
		}
	}
	c := clientOf(t, policy.Policy{}, guarded)
	_, err := c.toolAsking("patch", args, func(policy.Question) (policy.Answer, error) { return policy.Unclear, nil })
	f := fault.Of(err)
	if f == nil || f.Data["state"] != "cancelled" || !strings.Contains(f.Message, "does not say whether the person allows it") || c.text() != guarded {
		t.Errorf("neither yes nor no: got %v, want an error that says so, and no change", err)
	}
	travels := errors.New("the question travels by this error")
	if _, err := c.toolAsking("patch", args, func(policy.Question) (policy.Answer, error) { return "", travels }); err != travels || c.text() != guarded {
		t.Errorf("got %v, want the error of Ask itself and no change", err)
	}
	reply, err := c.toolAsking("patch", args, accept)
	if err != nil || reply["generation"] != int64(2) {
		t.Fatalf("accept: got %v, %v", reply, err)
	}
	history, err := c.method("history", `{"limit":1}`)
	if err != nil {
		t.Fatal(err)
	}
	entry := history["entries"].([]any)[0].(tree.Object)
	want := `{"by":"person","fields":["/shell/program"],"via":"editor","way":"elicitation"}`
	if got := string(tree.Append(nil, entry["approved"])); got != want {
		t.Errorf("approved: got %s, want %s", got, want)
	}
	want = `{"era":"2026-07-28","name":"editor","surface":"tool","version":"3"}`
	actor := entry["actor"].(tree.Object)
	delete(actor, "pid")
	if got := string(tree.Append(nil, actor)); got != want {
		t.Errorf("actor: got %s, want %s", got, want)
	}
	if _, err := c.toolAsking("patch", args, accept); !fault.Is(err, fault.GenerationConflict) {
		t.Errorf("the same call again: got %v, want a conflict", err)
	}
}

// TestCallTool_changedWhileAsking: a yes is worthless if the configuration has
// changed since the question.
func TestCallTool_changedWhileAsking(t *testing.T) {
	c := clientOf(t, policy.Policy{}, guarded)
	_, err := c.toolAsking("patch", `{"patch":{"shell":{"program":"sh"}},"expected_generation":1}`, func(policy.Question) (policy.Answer, error) {
		if _, err := c.method("patch", `{"shell":{"program":"bash"}}`); err != nil {
			t.Fatal(err)
		}
		return policy.Accepted, nil
	})
	if !fault.Is(err, fault.GenerationConflict) || !strings.Contains(c.text(), `program = "bash"`) {
		t.Errorf("got %v, want a conflict", err)
	}
}

// TestCallTool_questionSubjects: each question has a subject of its own, so that
// an answer to one cannot be used for another.
func TestCallTool_questionSubjects(t *testing.T) {
	seen := map[policy.Fingerprint]string{}
	for _, call := range [][2]string{
		{"patch", `{"patch":{"shell":{"program":"sh"}}}`},
		{"patch", `{"patch":{"shell":{"program":"bash"}}}`},
		{"patch", `{"patch":{"shell":{"program":"sh"},"agent":{"model":"n"}}}`},
		{"patch", `{"patch":{"realm":{"team":{"auth":{"main":{"source":{"secret":"a"}}}}}}}`},
		{"patch", `{"patch":{"realm":{"team":{"auth":{"main":{"source":{"secret":"b"}}}}}}}`},
		{"patch", `{"operations":[{"op":"replace","path":"/shell/program","value":"sh"}]}`},
	} {
		c := clientOf(t, policy.Policy{}, guarded)
		_, _ = c.toolAsking(call[0], strings.Replace(call[1], "{", `{"expected_generation":1,`, 1), func(q policy.Question) (policy.Answer, error) {
			if other, twice := seen[q.Subject]; twice {
				t.Errorf("%s and %s have one subject", call[1], other)
			}
			seen[q.Subject] = call[1]
			return policy.Declined, nil
		})
	}
	if len(seen) != 6 {
		t.Errorf("got %d questions, want 6", len(seen))
	}
}

// TestCallTool_questionNotInForm: a person is not asked by a form about a change that it
// cannot show in full.
func TestCallTool_questionNotInForm(t *testing.T) {
	for name, args := range map[string]string{
		"a long command":  `{"patch":{"shell":{"program":"` + strings.Repeat("x", 200) + `"}},"expected_generation":1}`,
		"a very long one": `{"patch":{"shell":{"program":"` + strings.Repeat("x", 600_000) + `"}},"expected_generation":1}`,
	} {
		c := clientOf(t, policy.Policy{}, guarded)
		_, err := c.toolAsking("patch", args, func(policy.Question) (policy.Answer, error) {
			t.Errorf("%s: a question was asked", name)
			return policy.Accepted, nil
		})
		if f := fault.Of(err); f == nil || f.Kind != fault.ApprovalRequired || f.Data["state"] != "no_person" || c.text() != guarded {
			t.Errorf("%s: got %v, want approval_required", name, err)
		}
	}
}

// TestCallTool_dryRunNeedsApproval: a dry run lists the held fields, and asks
// no person.
func TestCallTool_dryRunNeedsApproval(t *testing.T) {
	c := clientOf(t, policy.Policy{}, guarded)
	reply, err := c.toolAsking("patch", `{"patch":{"shell":{"program":"sh"},"agent":{"model":"n"}},"expected_generation":1,"dry_run":true,"return":"changes"}`,
		func(policy.Question) (policy.Answer, error) {
			t.Error("a question was asked")
			return policy.Accepted, nil
		})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"backend":null,"changed":true,"changes":[{"new":"n","old":"m","op":"replace","path":"/agent/model"},{"new":"sh","old":"nu","op":"replace","path":"/shell/program"}],` +
		`"dry_run":true,"generation":1,"instance_id":null,"needs_approval":[{"new":"sh","old":"nu","op":"replace","path":"/shell/program","risk":["exec"]}],"previous_generation":1,"realm_id":null}`
	if got := string(tree.Append(nil, reply)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if c.text() != guarded {
		t.Error("a dry run has written")
	}
}
