//go:build linux || darwin

package tools_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools"
	"realmconf/tools/policy"
	"realmconf/tools/review"
)

// reviewed is a client whose questions a person answers by realmconf review.
type reviewed struct {
	*client
	directory string // of the sockets
	caller    tools.Caller
	passed    atomic.Int64 // nanoseconds, by the clock of the questions
}

func newReviewed(t *testing.T, p policy.Policy) *reviewed {
	t.Helper()
	parent := t.TempDir()
	if err := os.Chmod(parent, 0o700); err != nil {
		t.Fatal(err)
	}
	r := &reviewed{client: clientOf(t, p, guarded), directory: filepath.Join(parent, "sockets")}
	start := time.Now()
	questions := review.New(review.Options{
		Directory: r.directory,
		Version: func(ctx context.Context) (store.Version, error) {
			state, err := r.store.Load(ctx)
			return state.Version, err
		},
		Clock: func() review.Instant {
			passed := time.Duration(r.passed.Load())
			return review.Instant{Wall: start.Add(passed), Running: passed}
		},
	})
	t.Cleanup(questions.Close)
	r.caller = tools.Caller{Name: "editor", Surface: store.Tool, Questions: questions}
	return r
}

func (r *reviewed) call(name, args string) (tree.Object, error) {
	r.t.Helper()
	raw, err := r.operations[name].CallTool(r.t.Context(), r.caller, params(r.t, args))
	return r.decoded(raw), err
}

// pending returns the open questions.
func (r *reviewed) pending() []review.Pending {
	r.t.Helper()
	all, problems := review.Client{Directory: r.directory}.List(r.t.Context())
	if len(problems) > 0 {
		r.t.Fatal(problems)
	}
	return all
}

// answer answers the only open question, as a person who reads it first.
func (r *reviewed) answer(isYes bool) {
	r.t.Helper()
	all := r.pending()
	if len(all) != 1 {
		r.t.Fatalf("%d questions are open, want 1", len(all))
	}
	r.passed.Add(int64(review.LeastYesTime))
	if err := (review.Client{}).Answer(r.t.Context(), all[0], isYes, store.ReviewWay); err != nil {
		r.t.Fatal(err)
	}
}

// wantTakenBack checks that realmconf review has the call that was answered with no,
// and that it succeeds after a yes there.
func (r *reviewed) wantTakenBack() {
	r.t.Helper()
	if all := r.pending(); len(all) != 1 || all[0].DeclinedUntil() == "" {
		r.t.Fatalf("got %v, want the call with the no", all)
	}
	r.answer(true)
	if _, err := r.call("patch", toProgram); err != nil {
		r.t.Errorf("after the yes: %v", err)
	}
}

// wantRefusal checks that a call is refused, with a state and a part of the text, and
// that nothing has changed.
func (r *reviewed) wantRefusal(err error, state, text string) {
	r.t.Helper()
	f := fault.Of(err)
	if f == nil || f.Kind != fault.ApprovalRequired || f.Data["state"] != state || !strings.Contains(f.Message, text) {
		r.t.Errorf("got %v, want approval_required, %s, with %q", err, state, text)
	}
	if r.text() != guarded {
		r.t.Error("the configuration has changed")
	}
}

const (
	toProgram = `{"patch":{"shell":{"program":"sh"}},"expected_generation":1,"reason":"faster"}`
	toReview  = "/shell/program (runs code) needs a person's yes, and this client cannot ask for it" + offer
	offer     = ": ask your user to run `realmconf review` while this session is open, then repeat this call unchanged, reason included."
	saidNo    = "the person who was asked said no and is not asked again for 60 s: do not ask for it again unless your user tells you to (a user who changes their mind before can say yes in `realmconf review`)"
)

// TestCallTool_review: without elicitation the refusal names realmconf review; after
// the person's yes the same call succeeds, once, and the history says how.
func TestCallTool_review(t *testing.T) {
	r := newReviewed(t, policy.Policy{})
	for range 2 { // the same call is the same question
		_, err := r.call("patch", toProgram)
		r.wantRefusal(err, "no_person", toReview)
	}
	all := r.pending()
	if len(all) != 1 {
		t.Fatalf("%d questions are open, want 1", len(all))
	}
	p := all[0].Proposal
	if p["client"] != "editor" || p["tool"] != "config_patch" || p["reason"] != "faster" || p["generation"] != int64(1) {
		t.Errorf("got %v", p)
	}
	r.answer(true)
	if reply, err := r.call("patch", toProgram); err != nil || reply["generation"] != int64(2) {
		t.Fatalf("after the yes: got %v, %v", reply, err)
	}
	entry := r.must(r.method("history", `{"limit":1}`))["entries"].([]any)[0].(tree.Object)
	if got, want := string(tree.Append(nil, entry["approved"])), `{"by":"person","fields":["/shell/program"],"via":"realmconf","way":"review"}`; got != want {
		t.Errorf("approved: got %s, want %s", got, want)
	}
	if _, err := r.call("patch", `{"patch":{"shell":{"program":"nu"}},"expected_generation":2}`); !fault.Is(err, fault.ApprovalRequired) {
		t.Errorf("the way back: got %v, want approval_required", err)
	}
}

// A yes is for the call that was shown: another change, another reason, another client,
// another tool and a newer generation ask again.
func TestCallTool_reviewOfAnotherCall(t *testing.T) {
	for name, other := range map[string]func(*reviewed) (tree.Object, error){
		"value": func(r *reviewed) (tree.Object, error) {
			return r.call("patch", strings.Replace(toProgram, `"sh"`, `"bash"`, 1))
		},
		"reason": func(r *reviewed) (tree.Object, error) {
			return r.call("patch", strings.Replace(toProgram, "faster", "slower", 1))
		},
		"more": func(r *reviewed) (tree.Object, error) {
			return r.call("patch", strings.Replace(toProgram, `{"shell"`, `{"rest":{"host":"0.0.0.0"},"shell"`, 1))
		},
		"client": func(r *reviewed) (tree.Object, error) {
			r.caller.Name = "another"
			return r.call("patch", toProgram)
		},
		"operations": func(r *reviewed) (tree.Object, error) {
			return r.call("patch", `{"operations":[{"op":"replace","path":"/shell/program","value":"sh"}],"expected_generation":1,"reason":"faster"}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newReviewed(t, policy.Policy{})
			_, err := r.call("patch", toProgram)
			r.wantRefusal(err, "no_person", toReview)
			r.answer(true)
			_, err = other(r)
			r.wantRefusal(err, "no_person", "ask your user to run `realmconf review`")
		})
	}
	r := newReviewed(t, policy.Policy{})
	_, err := r.call("patch", toProgram)
	r.wantRefusal(err, "no_person", toReview)
	r.answer(true)
	r.appendText(guarded + "# by hand\n")
	if _, err := r.call("patch", strings.Replace(toProgram, `"expected_generation":1`, `"expected_generation":2`, 1)); !fault.Is(err, fault.ApprovalRequired) {
		t.Errorf("a newer generation: got %v, want approval_required", err)
	}
	if got := r.text(); got != guarded+"# by hand\n" {
		t.Errorf("the configuration has changed: %s", got)
	}
}

// A call with the same changes and other words is refused with a hint at the one that
// the person was shown, whether that waits or has a yes. The yes stays for that one.
func TestCallTool_otherWords(t *testing.T) {
	const (
		waits    = "a call with other words (reason, …) for the same changes waits for your user, too: repeat exactly the one that they say yes to. this one: /shell/program (runs code) needs a person's yes"
		approved = "your user said yes to a call with other words (reason, …) for the same changes: repeat exactly that one. this one: /shell/program (runs code) needs a person's yes"
	)
	r := newReviewed(t, policy.Policy{})
	_, err := r.call("patch", toProgram)
	r.wantRefusal(err, "no_person", toReview)
	r.answer(true)
	reworded := strings.Replace(toProgram, "faster", "much faster", 1)
	for _, other := range []string{reworded, strings.Replace(toProgram, `,"reason":"faster"`, "", 1)} {
		_, err = r.call("patch", other)
		r.wantRefusal(err, "no_person", approved)
	}
	_, err = r.call("patch", `{"patch":{"shell":{"program":"bash"}},"expected_generation":1,"reason":"faster"}`)
	r.wantRefusal(err, "no_person", "/shell/program")
	if strings.Contains(err.Error(), "other words") {
		t.Errorf("other changes: got %v", err)
	}
	if reply, err := r.call("patch", toProgram); err != nil || reply["generation"] != int64(2) {
		t.Errorf("the call that was shown: got %v, %v", reply, err)
	}

	r = newReviewed(t, policy.Policy{})
	_, err = r.call("patch", toProgram)
	r.wantRefusal(err, "no_person", toReview)
	for _, call := range []string{reworded, toProgram} {
		_, err = r.call("patch", call)
		r.wantRefusal(err, "no_person", waits)
	}
	if open := len(r.pending()); open != 2 {
		t.Errorf("%d questions wait, want 2", open)
	}
}

// After a no, in either way, the same call is refused without asking.
func TestCallTool_declined(t *testing.T) {
	r := newReviewed(t, policy.Policy{})
	_, err := r.call("patch", toProgram)
	r.wantRefusal(err, "no_person", toReview)
	r.answer(false)
	_, err = r.call("patch", toProgram)
	r.wantRefusal(err, "declined", saidNo)
	if left := fault.Of(err).Data["not_asked_for_seconds"]; left != int64(60) {
		t.Errorf("not asked for %v seconds, want 60", left)
	}
	r.wantTakenBack()

	r = newReviewed(t, policy.Policy{})
	asked := 0
	r.caller.Ask = func(context.Context, policy.Question) (policy.Answer, error) {
		asked++
		return policy.Declined, nil
	}
	for range 2 {
		_, err = r.call("patch", toProgram)
		r.wantRefusal(err, "declined", saidNo)
	}
	if asked != 1 {
		t.Errorf("asked %d times, want once", asked)
	}
	r.wantTakenBack()
}

// Elicitation comes first. An answer that is neither yes nor no, whether a person gave it
// or not, leaves the question open for realmconf review: nothing is refused for a while,
// the same call asks again, and it succeeds after the yes. Only a no is final.
func TestCallTool_order(t *testing.T) {
	for answer, wantState := range map[policy.Answer]string{
		policy.Accepted: "", policy.Automatic: "no_person", policy.Declined: "declined", policy.Cancelled: "cancelled", policy.Expired: "expired", policy.Unclear: "cancelled",
	} {
		r := newReviewed(t, policy.Policy{})
		asked := 0
		r.caller.Ask = func(context.Context, policy.Question) (policy.Answer, error) {
			asked++
			return answer, nil
		}
		_, err := r.call("patch", toProgram)
		if answer == policy.Accepted {
			if err != nil {
				t.Errorf("%s: %v", answer, err)
			}
		} else {
			r.wantRefusal(err, wantState, "/shell/program (runs code) needs a person's yes")
		}
		if answer == policy.Accepted || answer == policy.Declined {
			for _, p := range r.pending() {
				if p.DeclinedUntil() == "" {
					t.Errorf("%s: a question waits for realmconf review", answer)
				}
			}
			continue
		}
		r.wantRefusal(err, wantState, offer)
		if _, _ = r.call("patch", toProgram); asked != 2 {
			t.Errorf("%s: asked %d times by two calls, want 2", answer, asked)
		}
		r.answer(true)
		if _, err := r.call("patch", toProgram); err != nil || asked != 2 {
			t.Errorf("%s: after the yes: asked %d times, %v", answer, asked, err)
		}
	}
	r := newReviewed(t, policy.Policy{})
	_, err := r.call("patch", toProgram)
	r.wantRefusal(err, "no_person", toReview)
	r.answer(true)
	r.caller.Ask = func(context.Context, policy.Question) (policy.Answer, error) {
		t.Error("asked although the person has said yes")
		return policy.Declined, nil
	}
	if _, err := r.call("patch", toProgram); err != nil {
		t.Errorf("got %v", err)
	}
}

// A question that a form cannot show whole is not asked by one.
func TestCallTool_longQuestion(t *testing.T) {
	r := newReviewed(t, policy.Policy{})
	r.caller.Ask = func(context.Context, policy.Question) (policy.Answer, error) {
		t.Error("asked by a form")
		return policy.Accepted, nil
	}
	long := `{"patch":{"shell":{"program":"` + strings.Repeat("sh ", 1000) + `"}},"expected_generation":1}`
	_, err := r.call("patch", long)
	r.wantRefusal(err, "no_person", "/shell/program (runs code) needs a person's yes, and a form cannot show all of it"+offer)
	all := r.pending()
	if len(all) != 1 || !strings.Contains(string(tree.Append(nil, all[0].Proposal)), strings.Repeat("sh ", 1000)) {
		t.Fatalf("got %v, want the whole value", all)
	}
	r.answer(true)
	if _, err := r.call("patch", long); err != nil {
		t.Errorf("after the yes: %v", err)
	}
}

// Nothing is made on disk by calls that ask nothing: reads, dry runs, methods, what
// needs no yes or is allowed, and everything on a read-only server.
func TestCallTool_noQuestion(t *testing.T) {
	for name, call := range map[string]func() *reviewed{
		"dry run": func() *reviewed {
			r := newReviewed(t, policy.Policy{})
			r.must(r.call("patch", strings.Replace(toProgram, "{", `{"dry_run":true,`, 1)))
			return r
		},
		"read": func() *reviewed {
			r := newReviewed(t, policy.Policy{})
			r.must(r.call("get", `{}`))
			return r
		},
		"no class": func() *reviewed {
			r := newReviewed(t, policy.Policy{})
			r.must(r.call("patch", `{"patch":{"agent":{"model":"n"}},"expected_generation":1}`))
			return r
		},
		"allowed": func() *reviewed {
			r := newReviewed(t, allow(t, "exec"))
			r.must(r.call("patch", toProgram))
			return r
		},
		"read-only": func() *reviewed {
			r := newReviewed(t, policy.Policy{ReadOnly: true})
			if _, err := r.call("patch", toProgram); !fault.Is(err, fault.ReadOnly) {
				t.Errorf("got %v, want read_only", err)
			}
			return r
		},
	} {
		if _, err := os.Lstat(call().directory); !os.IsNotExist(err) {
			t.Errorf("%s: a directory was made: %v", name, err)
		}
	}
}

// Where realmconf review cannot be offered, the refusal is the one without it.
func TestCallTool_reviewNotOffered(t *testing.T) {
	r := newReviewed(t, policy.Policy{})
	if err := os.Symlink("/", r.directory); err != nil {
		t.Fatal(err)
	}
	_, err := r.call("patch", toProgram)
	r.wantRefusal(err, "no_person", "and this client cannot show the question: tell your user what you want to change and why")
	if message := fault.Of(err).Message; strings.Contains(message, "realmconf review") || strings.Contains(message, r.directory) {
		t.Errorf("got %s", message)
	}
	r.caller.Ask = func(context.Context, policy.Question) (policy.Answer, error) { return policy.Automatic, nil }
	_, err = r.call("patch", toProgram)
	r.wantRefusal(err, "no_person", "and this client answered faster than a person can read the question")
}
