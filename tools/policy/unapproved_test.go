package policy_test

import (
	"errors"
	"strings"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

func TestUnapproved_Refusal(t *testing.T) {
	_, err := newRealm(t, "").judge(policy.Policy{}, patch(t, `{"shell":{"program":"sh"}}`))
	u := wantUnapproved(t, err)
	const after = ": tell your user what you want to change and why; they can make the change themselves, with realmconf edit, or start this server with --allow to let you. " +
		"do not look for another way; keys that need no yes can be changed in a call of their own. nothing was written"
	for _, tt := range []struct {
		answer     policy.Answer
		state, why string
	}{
		{policy.Declined, "declined", "and the person who was asked said no"},
		{policy.Cancelled, "cancelled", "and the question was closed without an answer"},
		{policy.Expired, "expired", "and there was no answer in time to exactly this change"},
		{policy.Unclear, "cancelled", "and the client's answer does not say whether the person allows it (the form's decision must be yes, no or later)"},
		{policy.Automatic, "no_person", "and this client answered faster than a person can read the question"},
	} {
		f := u.Refusal(tt.answer, policy.NoOffer)
		next := after
		if tt.answer == policy.Declined {
			next = ": do not ask for it again unless your user tells you to. do not look for another way; keys that need no yes can be changed in a call of their own. nothing was written"
		}
		if want := "/shell/program (runs code) needs a person's yes, " + tt.why + next; f.Kind != fault.ApprovalRequired || f.Message != want {
			t.Errorf("%s: got  %s\nwant %s", tt.answer, f.Message, want)
		}
		if f.Data["state"] != tt.state || f.Data["generation"] != uint64(1) {
			t.Errorf("%s: got state %v, generation %v, want %s, 1", tt.answer, f.Data["state"], f.Data["generation"], tt.state)
		}
	}
	for _, offered := range []struct {
		offer policy.Offer
		next  string
	}{
		{policy.OfferReview, ": ask your user to run `realmconf review` while this session is open, then repeat this call unchanged, reason included."},
		{policy.OfferPage, ": wait for them, and do not repeat this call: after a yes the page makes it. if they see no page, ask your user to run `realmconf review` while this session is open, then repeat this call unchanged, reason included."},
	} {
		for _, answer := range []policy.Answer{policy.NoPerson, policy.Automatic, policy.Cancelled, policy.Expired, policy.Unclear, policy.Declined} {
			f, without := u.Refusal(answer, offered.offer), u.Refusal(answer, policy.NoOffer)
			if f.Data["state"] != without.Data["state"] {
				t.Errorf("%s, %s: state %v, want %v", answer, offered.offer, f.Data["state"], without.Data["state"])
			}
			isOffered := strings.Contains(f.Message, offered.next)
			if isOffered == (answer == policy.Declined) || isOffered == strings.Contains(f.Message, "realmconf edit") && answer != policy.Declined {
				t.Errorf("%s, %s: got %s", answer, offered.offer, f.Message)
			}
		}
	}
	want := "/shell/program (runs code) needs a person's yes, and this client cannot show the question" + after
	f := fault.Of(err)
	if err.Error() != want || f.Message != want || f.Data["state"] != "no_person" {
		t.Errorf("no person to ask: got %v %v\nwant %s", err, f.Data, want)
	}
	if inner := fault.Of(errors.Unwrap(err)); inner == nil || inner.Message != want {
		t.Errorf("unwrapped: got %v\nwant %s", inner, want)
	}
}

// TestUnapproved_Refusal_allow checks that a refusal lists the items of an allowance
// that would cover its fields, and that the places alone, or the classes alone, are
// enough for the write.
func TestUnapproved_Refusal_allow(t *testing.T) {
	for _, tt := range []struct{ name, patch, begins, allow string }{
		{"one field", `{"rest":{"host":"h"}}`, "/rest/host (reaches the network) needs ", `["/rest/host","network"]`},
		{"two fields", `{"rest":{"host":"h"},"shell":{"program":"sh"}}`, "/shell/program (runs code) and 1 other field need ", `["/rest/host","/shell/program","exec","network"]`},
		{"three fields of two classes", `{"rest":{"host":"h"},"comms":{"auth":"ed25519"},"budget":{"max_tokens":1}}`, "/rest/host (reaches the network) and 2 other fields need ", `["/budget/max_tokens","/comms/auth","/rest/host","network","posture"]`},
		{"all classes", `{"shell":{"program":"sh"},"rest":{"host":"h"},"store":{"database_dir":"d"},"comms":{"auth":"ed25519"},"tools":{"mcp_servers":[{"name":"n","command":"c","env":{"K":"v"}}]}}`,
			"/shell/program (runs code) and 4 other fields need ", `["/comms/auth","/rest/host","/shell/program","/store/database_dir","/tools/mcp_servers","exec","secret","network","path","posture"]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			call := patch(t, tt.patch)
			_, err := newRealm(t, "").judge(policy.Policy{}, call)
			f := fault.Of(err)
			if f == nil || !strings.HasPrefix(f.Message, tt.begins) {
				t.Fatalf("got %v, want it to begin with %q", err, tt.begins)
			}
			if got := string(tree.Append(nil, f.Data["allow"])); got != tt.allow {
				t.Errorf("allow: got %s, want %s", got, tt.allow)
			}
			var places, classes []string
			for _, item := range f.Data["allow"].([]any) {
				if s := item.(string); strings.HasPrefix(s, "/") {
					places = append(places, s)
				} else {
					classes = append(classes, s)
				}
			}
			for _, items := range [][]string{places, classes} {
				if _, err := newRealm(t, "").judge(allow(t, strings.Join(items, ",")), call); err != nil {
					t.Errorf("with --allow %v: got %v", items, err)
				}
			}
		})
	}
}

// TestUnapproved_Refusal_count checks that a refusal counts the held changes as the
// question does, whose entries that come, go or are renamed are one change, and that it
// names the first change of the question.
func TestUnapproved_Refusal_count(t *testing.T) {
	const before = "[[hooks.entries]]\nid = 'a'\npoint = 'turn_boundary'\n[hooks.entries.runtime]\ntype = 'command'\ncommand = 'c'\n"
	const runtime = `"point":"turn_boundary","runtime":{"type":"command","command":"c"}`
	for name, tt := range map[string]struct {
		entries, begins, summary string
	}{
		"renamed": {`[{"id":"b",` + runtime + `}]`, "/hooks/entries/0 (runs code, reaches the network, sets what agents may do) needs ", "1 field, it runs code, reaches the network and sets what agents may do"},
		"added":   {`[{"id":"a",` + runtime + `},{"id":"b",` + runtime + `}]`, "/hooks/entries/1 (runs code, reaches the network, sets what agents may do) needs ", "1 field, it runs code, reaches the network and sets what agents may do"},
	} {
		call := patch(t, `{"hooks":{"entries":`+tt.entries+`}}`)
		call.AllowDrop = pointers(t, "/hooks/entries")
		_, err := newRealm(t, before).judge(policy.Policy{}, call)
		u := wantUnapproved(t, err)
		q, err := u.Question()
		if err != nil {
			t.Fatal(err)
		}
		if f := u.Refusal(policy.NoPerson, policy.NoOffer); !strings.HasPrefix(f.Message, tt.begins) || q.Proposal.Summary != tt.summary {
			t.Errorf("%s: got %s\nwant %s, and the question %s, want %s", name, f.Message, tt.begins, q.Proposal.Summary, tt.summary)
		}
	}
}

// TestUnapproved_Refusal_samePlace checks that a place with two fields is named
// once: one entry is removed and another one added there.
func TestUnapproved_Refusal_samePlace(t *testing.T) {
	call := patch(t, `{"hooks":{"entries":[{"id":"b"}]}}`)
	call.AllowDrop = pointers(t, "/hooks/entries")
	_, err := newRealm(t, "[[hooks.entries]]\nid = 'a'").judge(policy.Policy{}, call)
	f := fault.Of(err)
	if got, want := string(tree.Append(nil, f.Data["allow"])), `["/hooks/entries","posture"]`; got != want {
		t.Errorf("allow: got %s, want %s", got, want)
	}
	if got := fields(t, err); len(got) != 2 {
		t.Errorf("fields: got %v, want two", got)
	}
}
