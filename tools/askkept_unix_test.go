//go:build linux || darwin

package tools_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/tools/policy"
	"realmconf/tools/review"
)

// failingStore is a store whose next commit fails.
type failingStore struct {
	store.Store
	next error
}

func (s *failingStore) CompareAndSwap(ctx context.Context, from store.Version, next []store.Record) error {
	if err := s.next; err != nil {
		s.next = nil
		return err
	}
	return s.Store.CompareAndSwap(ctx, from, next)
}

// newFailing returns a reviewed client, and the store that a test lets fail.
func newFailing(t *testing.T) (*reviewed, *failingStore) {
	t.Helper()
	r := newReviewed(t, policy.Policy{})
	s := &failingStore{Store: r.store}
	r.store = s
	return r, s
}

// A yes, by whichever way, is used by a commit: a call that wrote nothing can be made
// again with it, and one that may have written cannot.
func TestCallTool_yesKept(t *testing.T) {
	for name, tt := range map[string]struct {
		failure *fault.Fault
		isKept  bool
	}{
		"lock":    {fault.New(fault.LockTimeout, "held"), true},
		"disk":    {fault.New(fault.Storage, "full"), true},
		"unknown": {fault.New(fault.OutcomeUnknown, "may be on the disk"), false},
		"mistake": {fault.New(fault.Internal, "a mistake"), false},
	} {
		for _, way := range []string{"review", "form"} {
			r, s := newFailing(t)
			asked := 0
			if way == "form" {
				r.caller.Ask = func(context.Context, policy.Question) (policy.Answer, error) {
					asked++
					return policy.Accepted, nil
				}
			} else {
				_, err := r.call("patch", toProgram)
				r.wantRefusal(err, "no_person", toReview)
				r.answer(true)
			}
			s.next = tt.failure
			if _, err := r.call("patch", toProgram); !fault.Is(err, tt.failure.Kind) {
				t.Errorf("%s, %s: got %v", name, way, err)
			}
			if way == "form" { // a second yes would be one more form
				r.caller.Ask = func(context.Context, policy.Question) (policy.Answer, error) {
					asked++
					return policy.Cancelled, nil
				}
			}
			_, err := r.call("patch", toProgram)
			if (err == nil) != tt.isKept || way == "form" && (asked == 1) != tt.isKept {
				t.Errorf("%s, %s: again: %v, asked %d times", name, way, err, asked)
			}
			if tt.isKept {
				if text := r.text(); text == guarded {
					t.Errorf("%s, %s: nothing was written", name, way)
				}
				if _, err := r.call("patch", toProgram); !fault.Is(err, fault.GenerationConflict) {
					t.Errorf("%s, %s: after the write: %v", name, way, err)
				}
			}
		}
	}
}

// A no counts for the held changes, whatever the words, the tool and the generation of
// the call, and whatever else it changes.
func TestCallTool_declinedOtherWords(t *testing.T) {
	r := newReviewed(t, policy.Policy{})
	asked := 0
	r.caller.Ask = func(context.Context, policy.Question) (policy.Answer, error) {
		asked++
		return policy.Declined, nil
	}
	_, err := r.call("patch", toProgram)
	r.wantRefusal(err, "declined", saidNo)
	for name, args := range map[string]string{
		"reason":         strings.Replace(toProgram, "faster", "much faster", 1),
		"operations":     `{"operations":[{"op":"replace","path":"/shell/program","value":"sh"}],"expected_generation":1}`,
		"another change": strings.Replace(toProgram, `{"shell"`, `{"agent":{"model":"n"},"shell"`, 1),
	} {
		_, err := r.call("patch", args)
		r.wantRefusal(err, "declined", "and is not asked again for")
		if asked != 1 {
			t.Errorf("%s: asked %d times", name, asked)
		}
	}
	r.appendText(guarded + "# by hand\n")
	if _, err := r.call("patch", strings.Replace(toProgram, `"expected_generation":1`, `"expected_generation":2`, 1)); !strings.Contains(err.Error(), "and is not asked again for") || asked != 1 {
		t.Errorf("a newer generation: %v, asked %d times", err, asked)
	}
	if _, err := r.call("patch", `{"patch":{"shell":{"program":"bash"}},"expected_generation":2}`); err == nil || asked != 2 {
		t.Errorf("another change: %v, asked %d times", err, asked)
	}
}

// Two calls for the same changes at once show one form. The no to it counts for both, and
// a no that comes while the form is open counts more than the answer of the form.
func TestCallTool_concurrent(t *testing.T) {
	r := newReviewed(t, policy.Policy{})
	asked := 0
	r.caller.Ask = func(context.Context, policy.Question) (policy.Answer, error) {
		asked++
		for _, args := range []string{toProgram, strings.Replace(toProgram, "faster", "better", 1)} {
			_, err := r.call("patch", args)
			r.wantRefusal(err, "no_person", "and another call is asking your user about the same changes now: wait for its result; if there is none, ask your user to run `realmconf review`")
		}
		return policy.Declined, nil
	}
	_, err := r.call("patch", toProgram)
	r.wantRefusal(err, "declined", saidNo)
	for _, p := range r.pending() {
		if p.DeclinedUntil() == "" {
			t.Errorf("waits after the no: %v", p.Proposal)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	for _, answer := range []policy.Answer{policy.Accepted, policy.Cancelled} {
		r := newReviewed(t, policy.Policy{})
		r.caller.Ask = func(_ context.Context, q policy.Question) (policy.Answer, error) {
			r.caller.Questions.Decline(q)
			return answer, nil
		}
		_, err := r.call("patch", toProgram)
		r.wantRefusal(err, "declined", saidNo)
	}
}

// Once another program has made a generation, the question about the one before is gone
// from realmconf review.
func TestCallTool_outdatedQuestion(t *testing.T) {
	r := newReviewed(t, policy.Policy{})
	_, err := r.call("patch", toProgram)
	r.wantRefusal(err, "no_person", toReview)
	all := r.pending()
	r.appendText(guarded + "# by hand\n")
	r.passed.Add(int64(review.LeastYesTime))
	if err := (review.Client{}).Answer(t.Context(), all[0], true, store.ReviewWay); !fault.Is(err, fault.NotFound) {
		t.Errorf("answered: %v", err)
	}
	if left := r.pending(); len(left) > 0 {
		t.Errorf("got %v", left)
	}
}

// Where only a page of the client can show the question, the refusal names only that.
func TestCallTool_pageAlone(t *testing.T) {
	r := newReviewed(t, policy.Policy{})
	r.caller.HasPage = true
	_, err := r.call("patch", toProgram)
	r.wantRefusal(err, "no_person", "after a yes the page makes it. if they see no page, ask your user to run `realmconf review`")
	r = newReviewed(t, policy.Policy{})
	if err := os.Symlink("/", r.directory); err != nil { // no place for a socket
		t.Fatal(err)
	}
	r.caller.HasPage = true
	_, err = r.call("patch", toProgram)
	r.wantRefusal(err, "no_person", "and your user is asked for it on a page that this client shows: wait for them, and do not repeat this call: after a yes the page makes it. do not look")
}
