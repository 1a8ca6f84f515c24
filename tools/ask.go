package tools

import (
	"context"

	"realmconf/runtime/store"
	"realmconf/tools/policy"
	"realmconf/tools/review"
)

// ask returns a person's yes to a question. Without one, the error is the refusal of
// the write, or Ask's own. The ways to a person, in this order:
//
//	a yes that no write has used ──────────────────────────────────────────▶ yes
//	a no within the last minute, or longer after several ──────────────────▶ refusal
//	the client's Ask, if the form shows everything ─── yes ────────────────▶ yes
//	   │ not there, answered by no person,         └── no ─────────────────▶ refusal
//	   ▼ closed, too late, or asked by another call
//	a page of the client that may answer: the question waits ──────────────▶ refusal:
//	   │ not there                                            the page repeats this call
//	   ▼
//	realmconf review: the question waits ──────────────────────────────────▶ refusal:
//	   │ not there                                            run it, then repeat this call
//	   └───────────────────────────────────────────────────────────────────▶ refusal
//
// A no to other calls for the same held changes counts, also one that comes while the
// form is open. Closing a form does not decline the change: some hosts close each form at
// once, because no person is there or because they cannot show it.
func ask(ctx context.Context, caller Caller, unapproved *policy.UnapprovedError, q policy.Question) (*review.Claim, error) {
	if claim, err := caller.Questions.Claim(q.Subject); claim != nil || err != nil {
		return claim, err
	}
	if left, isListed := caller.Questions.Refused(q.Held); left > 0 {
		return nil, unapproved.RefusalAfterNo(left, isListed)
	}
	answer, err := askByForm(ctx, caller, q)
	if err != nil {
		return nil, err
	}
	if answer == policy.Declined {
		caller.Questions.Decline(q)
	}
	left, isListed := caller.Questions.Refused(q.Held)
	switch {
	case left > 0 || answer == policy.Declined:
		return nil, unapproved.RefusalAfterNo(left, isListed)
	case answer == policy.Accepted:
		return caller.Questions.Approve(q, review.Consent{Way: store.Elicitation, Via: caller.Name}), nil
	}
	return nil, keepOpen(caller, unapproved, q, answer)
}

// askByForm asks a person by a form of the client, if it can show the question, and if no
// other form asks about the same held changes.
func askByForm(ctx context.Context, caller Caller, q policy.Question) (policy.Answer, error) {
	if caller.Ask == nil || !q.ShowsAll {
		return policy.NoPerson, nil
	}
	end, isFirst := caller.Questions.BeginForm(q)
	if !isFirst {
		return policy.BeingAsked, nil
	}
	defer end()
	return caller.Ask(ctx, q)
}

// keepOpen lets a question wait for the ways in which a person can answer it outside of
// the call, and returns the refusal, which names them. The answer says why there is no
// yes yet.
func keepOpen(caller Caller, unapproved *policy.UnapprovedError, q policy.Question, answer policy.Answer) error {
	if caller.OnHeld != nil {
		caller.OnHeld(q)
	}
	offer := caller.Questions.Open(q, caller.HasPage)
	if isApproved, waits := caller.Questions.Similar(q); answer != policy.BeingAsked && (isApproved || waits) {
		return unapproved.RefusalOfOtherWords(answer, offer, isApproved)
	}
	return unapproved.Refusal(answer, offer)
}
