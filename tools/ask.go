package tools

import (
	"context"

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
//	   │ not there, answered by no person,         └── no ─────────────────▶ refusal
//	   ▼ closed, or too late
//	a page of the client that may answer: the question waits ──────────────▶ refusal:
//	   │ not there                                            the page repeats this call
//	   ▼
//	realmconf review: the question waits ──────────────────────────────────▶ refusal:
//	   │ not there                                            run it, then repeat this call
//	   └───────────────────────────────────────────────────────────────────▶ refusal
//
// Closing a form does not decline the change: some hosts close each form at once, because no
// person is there or because they cannot show it.
func ask(ctx context.Context, caller Caller, unapproved *policy.Unapproved, q policy.Question) (review.Consent, error) {
	if given, ok := caller.Questions.Take(q.Subject); ok {
		return given, nil
	}
	if left := caller.Questions.Refused(q.Subject); left > 0 {
		return review.Consent{}, unapproved.RefusalAfterNo(left)
	}
	answer := policy.NoPerson
	if caller.Ask != nil && q.ShowsAll {
		var err error
		if answer, err = caller.Ask(ctx, q); err != nil {
			return review.Consent{}, err
		}
	}
	switch answer {
	case policy.Accepted:
		caller.Questions.Withdraw(q.Subject)
		return review.Consent{Way: store.Elicitation, Via: caller.Name}, nil
	case policy.Declined:
		return review.Consent{}, unapproved.RefusalAfterNo(caller.Questions.Decline(q))
	}
	return review.Consent{}, keepOpen(caller, unapproved, q, answer)
}

// keepOpen lets a question wait for the ways in which a person can answer it outside of
// the call, and returns the refusal, which names them. The answer says why there is no
// yes yet.
func keepOpen(caller Caller, unapproved *policy.Unapproved, q policy.Question, answer policy.Answer) error {
	if caller.OnHeld != nil {
		caller.OnHeld(q)
	}
	offer := policy.OfferReview
	if caller.HasPage {
		offer = policy.OfferPage
	}
	switch err := caller.Questions.Open(q, caller.HasPage); {
	case err == nil:
		if isApproved, waits := caller.Questions.Similar(q); isApproved || waits {
			return unapproved.RefusalOfOtherWords(answer, offer, isApproved)
		}
		return unapproved.Refusal(answer, offer)
	case fault.Is(err, fault.TooLarge):
		f := unapproved.Refusal(answer, policy.NoOffer)
		f.Message = "a person must allow this, and " + fault.Of(err).Message
		return f
	default:
		return unapproved.Refusal(answer, policy.NoOffer)
	}
}
