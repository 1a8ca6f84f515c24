package policy_test

import (
	"errors"
	"slices"
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

const shellAndHook = `
[shell]
program = "nu"
[[hooks.entries]]
id = "one"
`

// TestReview_order: a call with a drop and a held field is refused for the drop,
// a dry run as well.
func TestReview_order(t *testing.T) {
	for _, dry := range []bool{false, true} {
		call := patch(t, `{"shell":{"program":"sh"},"hooks":{"entries":[]}}`)
		call.DryRun = dry
		r := newRealm(t, shellAndHook)
		if _, err := r.judge(policy.Policy{}, call); !fault.Is(err, fault.WouldDrop) {
			t.Errorf("dry run %t: got %v, want would_drop", dry, err)
		}
		call.AllowDrop = pointers(t, "/hooks/entries")
		_, err := r.judge(policy.Policy{}, call)
		if want := !dry; errors.As(err, new(*policy.UnapprovedError)) != want {
			t.Errorf("dry run %t, the drop allowed: got %v, want a question %t", dry, err, want)
		}
	}
}

func TestReview_dryRun(t *testing.T) {
	for _, tt := range []struct {
		allow string
		want  string
	}{
		{"", `[{"new":"sh","old":"nu","op":"replace","path":"/shell/program","risk":["exec"]},{"default":"unrestricted","new":"deny_list","op":"add","path":"/shell/security_mode","risk":["posture"]}]`},
		{"exec", `[{"default":"unrestricted","new":"deny_list","op":"add","path":"/shell/security_mode","risk":["posture"]}]`},
		{"/shell", `[]`},
	} {
		call := patch(t, `{"agent":{"model":"m"},"shell":{"program":"sh","security_mode":"deny_list"}}`)
		call.DryRun = true
		review := allow(t, tt.allow).NewReview(meerkat.New(), call)
		approval, err := review.Judge(t.Context(), newRealm(t, shellAndHook).draft(call))
		if err != nil || approval != nil {
			t.Errorf("allow %q: got approval %v, %v, want neither", tt.allow, approval, err)
		}
		if got := string(tree.Append(nil, review.NeedsApproval())); got != tt.want {
			t.Errorf("allow %q: needs approval: got %s, want %s", tt.allow, got, tt.want)
		}
	}
}

// TestReview_NeedsApproval_latest: a review that judges again forgets its first
// result.
func TestReview_NeedsApproval_latest(t *testing.T) {
	review := policy.Policy{}.NewReview(meerkat.New(), policy.Call{DryRun: true})
	for _, after := range []string{"shell.program = 'sh'", "agent.model = 'm'"} {
		if _, err := review.Judge(t.Context(), compare(t, "", after)); err != nil {
			t.Fatal(err)
		}
	}
	if got := review.NeedsApproval(); len(got) != 0 {
		t.Errorf("got %v, want no field", got)
	}
}

// TestReview_approval checks which approval the history gets.
func TestReview_approval(t *testing.T) {
	for _, tt := range []struct {
		name, allow, patch string
		want               *store.Approval
	}{
		{"no class", "", `{"agent":{"model":"m"}}`, nil},
		{"no class, and an allowance", "exec", `{"agent":{"model":"m"}}`, nil},
		{"a flag", "exec", `{"shell":{"program":"sh"}}`, &store.Approval{By: "flag", Way: "flag", Fields: []string{"/shell/program"}}},
		{"a person", "", `{"shell":{"program":"sh"}}`, &store.Approval{By: "person", Way: "review", Via: "realmconf", Fields: []string{"/shell/program"}}},
		{"a person and a flag", "posture", `{"shell":{"program":"sh","security_mode":"deny_list"}}`, &store.Approval{By: "person", Way: "review", Via: "realmconf", Fields: []string{"/shell/program"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			call := patch(t, tt.patch)
			call.Client = "editor"
			review := allow(t, tt.allow).NewReview(meerkat.New(), call)
			draft := newRealm(t, shellAndHook).draft(call)
			got, err := review.Judge(t.Context(), draft)
			if u := (*policy.UnapprovedError)(nil); errors.As(err, &u) {
				question, questionErr := u.Question()
				if questionErr != nil {
					t.Fatal(questionErr)
				}
				review.Approve(question.Subject, store.ReviewWay, "realmconf")
				got, err = review.Judge(t.Context(), draft)
			}
			if err != nil {
				t.Fatal(err)
			}
			if (got == nil) != (tt.want == nil) || got != nil && (got.By != tt.want.By || got.Way != tt.want.Way || got.Via != tt.want.Via || !slices.Equal(got.Fields, tt.want.Fields)) {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

// TestReview_Approve: the approval of one change is not the approval of another
// one, however small the difference.
func TestReview_Approve(t *testing.T) {
	const text = `
[shell]
program = "nu"
[realm.r.auth.a]
provider = "openai"
auth_method = "api_key"
source = { kind = "inline_secret", secret = "old" }
`
	secret := func(s string) string {
		return `{"realm":{"r":{"auth":{"a":{"source":{"secret":"` + s + `"}}}}}}`
	}
	draft := func(patchText string, texts ...string) *runtime.Comparison {
		return newRealm(t, texts...).draft(patch(t, patchText))
	}
	for _, tt := range []struct {
		name            string
		approved, other *runtime.Comparison
		tool            string
	}{
		{"another value", draft(`{"shell":{"program":"sh"}}`, text), draft(`{"shell":{"program":"bash"}}`, text), "config_patch"},
		{"another old value", draft(`{"shell":{"program":"sh"}}`, text), draft(`{"shell":{"program":"sh"}}`, "shell.program = 'zsh'"), "config_patch"},
		{"another generation", draft(`{"shell":{"program":"sh"}}`, text), draft(`{"shell":{"program":"sh"}}`, "", text), "config_patch"},
		{"one more field", draft(`{"shell":{"program":"sh"}}`, text), draft(`{"shell":{"program":"sh"},"rest":{"host":"h"}}`, text), "config_patch"},
		{"one more key without a class", draft(`{"shell":{"program":"sh"}}`, text), draft(`{"shell":{"program":"sh"},"rest":{"port":1}}`, text), "config_patch"},
		{"one field less", draft(`{"shell":{"program":"sh"},"rest":{"host":"h"}}`, text), draft(`{"shell":{"program":"sh"}}`, text), "config_patch"},
		{"another secret", draft(secret("a"), text), draft(secret("b"), text), "config_patch"},
		{"another tool", draft(`{"shell":{"program":"sh"}}`, text), draft(`{"shell":{"program":"sh"}}`, text), "config_set"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			review := policy.Policy{}.NewReview(meerkat.New(), policy.Call{Tool: tt.tool})
			subject := func(c *runtime.Comparison, tool string) policy.Fingerprint {
				_, err := policy.Policy{}.NewReview(meerkat.New(), policy.Call{Tool: tool}).Judge(t.Context(), c)
				q, err := wantUnapproved(t, err).Question()
				if err != nil {
					t.Fatal(err)
				}
				return q.Subject
			}
			review.Approve(subject(tt.approved, "config_patch"), store.Elicitation, "")
			if _, err := review.Judge(t.Context(), tt.other); !fault.Is(err, fault.ApprovalRequired) {
				t.Errorf("the other change: got %v, want approval_required", err)
			}
			review.Approve(subject(tt.other, tt.tool), store.Elicitation, "")
			if _, err := review.Judge(t.Context(), tt.other); err != nil {
				t.Errorf("the approved change: got %v", err)
			}
		})
	}
}
