//go:build linux || darwin

package tools_test

import (
	"context"
	"strings"
	"testing"

	"realmconf/tools/policy"
)

// TestCallTool_page: a client with a page that may answer is told to wait for it, and
// gets the question for it; a client without one is told to run realmconf review. The
// question waits for both.
func TestCallTool_page(t *testing.T) {
	const onPage = "your user is asked for it on a page that this client shows: wait for them, and do not repeat this call"
	for _, tt := range []struct {
		name          string
		hasPage, asks bool // asks: the client answers a form by itself, without a person
		want, not     string
	}{
		{"a page", true, false, onPage, "this client cannot ask for it"},
		{"a page, and a form that no person answers", true, true, onPage, "this client cannot ask for it"},
		{"no page", false, false, toReview, "page"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newReviewed(t, policy.Policy{})
			var held []policy.Question
			r.caller.HasPage, r.caller.OnHeld = tt.hasPage, func(q policy.Question) { held = append(held, q) }
			if tt.asks {
				r.caller.Ask = func(context.Context, policy.Question) (policy.Answer, error) { return policy.NoPerson, nil }
			}
			_, err := r.call("patch", toProgram)
			r.wantRefusal(err, "no_person", tt.want)
			if strings.Contains(err.Error(), tt.not) {
				t.Errorf("got %v, want no word of %q", err, tt.not)
			}
			all := r.pending()
			if len(all) != 1 || len(held) != 1 || held[0].Subject != all[0].Subject {
				t.Fatalf("the page got %v, and %v waits, want one question", held, all)
			}
			r.answer(true)
			if _, err := r.call("patch", toProgram); err != nil {
				t.Fatalf("after the yes: %v", err)
			}
			if len(held) != 1 {
				t.Errorf("the page got %d questions, want 1", len(held))
			}
		})
	}
}
