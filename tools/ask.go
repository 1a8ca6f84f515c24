package tools

import (
	"context"
	"math"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/tools/policy"
	"realmconf/tools/review"
)

// ask returns a person's yes to a question. Without one, the error is the refusal of
// the write, or Ask's own. The ways to a person, in this order:
//
//	a yes that realmconf review or the page has given before ───────────────▶ yes
//	a no within the last minute, or longer after several ──────────────────▶ refusal
//	the client's Ask, if the form shows everything ─── yes ────────────────▶ yes
//	   │ not there, or answered by no person     └──── no, closed, late ───▶ refusal
//	   ▼
//	a page of the client that may answer: the question waits ──────────────▶ refusal:
//	   │ not there                                            the page repeats this call
//	   ▼
//	realmconf review: the question waits ──────────────────────────────────▶ refusal:
//	   │ not there                                            run it, then repeat this call
//	   └───────────────────────────────────────────────────────────────────▶ refusal
func ask(ctx context.Context, caller Caller, unapproved *policy.Unapproved, q policy.Question) (review.Consent, error) {
	if given, ok := caller.Questions.Take(q.Subject); ok {
		return given, nil
	}
	if left := caller.Questions.Refused(q.Subject); left > 0 {
		return review.Consent{}, unapproved.Refusal(policy.Declined).With("not_asked_for_seconds", int64(math.Ceil(left.Seconds())))
	}
	var noPerson error = unapproved
	if caller.Ask != nil && q.ShowsAll {
		answer, err := caller.Ask(ctx, q)
		switch {
		case err != nil:
			return review.Consent{}, err
		case answer == policy.Accepted:
			caller.Questions.Withdraw(q.Subject)
			return review.Consent{Way: store.Elicitation, Via: caller.Name}, nil
		case answer == policy.Automatic:
			noPerson = unapproved.Refusal(answer)
		case answer == policy.Declined:
			caller.Questions.Decline(q.Subject)
			return review.Consent{}, unapproved.Refusal(answer)
		default:
			return review.Consent{}, unapproved.Refusal(answer)
		}
	}
	if caller.OnHeld != nil {
		caller.OnHeld(q)
	}
	switch err := caller.Questions.Open(q, caller.HasPage); {
	case err == nil && caller.HasPage:
		return review.Consent{}, unapproved.Refusal(policy.OnPage)
	case err == nil:
		return review.Consent{}, unapproved.Refusal(policy.Waiting)
	case fault.Is(err, fault.TooLarge):
		f := unapproved.Refusal(policy.Waiting)
		f.Message = "a person must allow this, and " + fault.Of(err).Message
		return review.Consent{}, f
	default:
		return review.Consent{}, noPerson
	}
}
