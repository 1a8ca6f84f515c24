package review

import (
	"context"
	"slices"
	"time"

	"realmconf/runtime/fault"
	"realmconf/tools/policy"
)

// versionTime is how long a list or an answer waits for the current version of the realm.
const versionTime = time.Second

// list returns the open questions as JSON objects, and then those with a no, the oldest
// first.
func (q *Questions) list() [][]byte {
	q.dropOutdated()
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.expire()
	var waiting, declined [][]byte
	for i := range q.open {
		o := &q.open[i]
		if o.listed == nil {
			o.listed = &now
		}
		if o.isDeclined {
			declined = append(declined, o.text)
		} else {
			waiting = append(waiting, o.text)
		}
	}
	return append(waiting, declined...)
}

// dropOutdated drops what is about another generation than the current one, which any
// program may have made meanwhile: a lower one, or one of which the question or the yes
// was there before the current one was read.
func (q *Questions) dropOutdated() {
	if q.options.Version == nil {
		return
	}
	start := q.options.Clock()
	ctx, cancel := context.WithTimeout(context.Background(), versionTime)
	defer cancel()
	version, err := q.options.Version(ctx)
	if err != nil {
		return // the write finds it out
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	isOutdated := func(generation uint64, since Instant) bool {
		return generation != version.Generation && start.Sub(since) > 0
	}
	q.open = slices.DeleteFunc(q.open, func(o question) bool { return isOutdated(o.Proposal.Generation, o.since) })
	q.unused = slices.DeleteFunc(q.unused, func(u unusedConsent) bool { return isOutdated(u.generation, u.since) })
	q.dropOlder(version.Generation)
	q.update(q.expire())
}

// answerListed takes the answer of a program that was sent the list of the questions.
func (q *Questions) answerListed(subject policy.Fingerprint, isYes bool, c Consent) error {
	q.mu.Lock()
	waited := time.Duration(0) // if the question was never listed
	if i := q.index(subject); i >= 0 && q.open[i].listed != nil {
		waited = q.options.Clock().Sub(*q.open[i].listed)
	}
	q.mu.Unlock()
	return q.Answer(subject, isYes, c, waited)
}

// Answer takes a person's answer to an open question, which came a time after the
// question was first shown. A yes closes it. A no is one to all questions about the same held changes. It
// keeps them known to realmconf review alone, until the end of the back-off, so that the
// person can still say yes. An answer to any other question is refused: whether it was
// answered with yes, is too old, or never was. So is an answer that no person can have
// given: then the question stays open.
func (q *Questions) Answer(subject policy.Fingerprint, isYes bool, c Consent, waited time.Duration) error {
	if q == nil {
		return notOpen()
	}
	q.dropOutdated()
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.expire()
	i := q.index(subject)
	if i < 0 {
		return notOpen()
	}
	if IsAutomatic(isYes, waited) {
		return TooSoon()
	}
	if isYes {
		q.approve(q.open[i].Question, c, now)
	} else {
		q.decline(q.open[i].Held, now)
	}
	q.update(now)
	return nil
}

// approve keeps a person's yes, and forgets a no to the same held changes.
func (q *Questions) approve(answered policy.Question, c Consent, now Instant) *unusedConsent {
	q.open = slices.DeleteFunc(q.open, func(o question) bool {
		return o.Subject == answered.Subject || o.isDeclined && o.Held == answered.Held
	})
	q.unused = slices.DeleteFunc(q.unused, func(u unusedConsent) bool { return u.subject == answered.Subject })
	q.refusals.remove(answered.Held)
	if len(q.unused) == MaxQuestions {
		q.unused = slices.Delete(q.unused, 0, 1)
	}
	q.unused = append(q.unused, unusedConsent{Consent: c, subject: answered.Subject, changes: answered.Changes, generation: answered.Proposal.Generation, since: now})
	return &q.unused[len(q.unused)-1]
}

// decline records a no to held changes.
func (q *Questions) decline(held policy.Fingerprint, now Instant) {
	q.refusals.add(held, now)
	until := now.Wall.Add(q.refusals.left(held, now))
	for i := range q.open {
		if q.open[i].Held == held {
			q.open[i].decline(until)
		}
	}
}

// Claim returns the person's yes to a question, nil if there is none. The error says that
// another call makes its write with it.
func (q *Questions) Claim(subject policy.Fingerprint) (*Claim, error) {
	if q == nil {
		return nil, nil
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.expire()
	i := slices.IndexFunc(q.unused, func(u unusedConsent) bool { return u.subject == subject })
	if i < 0 {
		return nil, nil
	}
	y := &q.unused[i]
	if y.isClaimed {
		return nil, fault.New(fault.Busy, "the same call is being made with the yes that your user gave, which counts once: wait for its result")
	}
	y.isClaimed = true
	return &Claim{y.Consent, q, subject}, nil
}

// endClaim ends the claim of a call.
func (q *Questions) endClaim(subject policy.Fingerprint, isUsed bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.unused = slices.DeleteFunc(q.unused, func(u unusedConsent) bool { return u.subject == subject && isUsed })
	for i := range q.unused {
		if q.unused[i].subject == subject {
			q.unused[i].isClaimed = false
		}
	}
}

// Approve records a person's yes that came by a form, and returns it for the call that
// asked.
func (q *Questions) Approve(asked policy.Question, c Consent) *Claim {
	if q == nil {
		return &Claim{Consent: c}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.expire()
	q.approve(asked, c, now).isClaimed = true
	q.update(now)
	return &Claim{c, q, asked.Subject}
}

// Decline records a person's no that came by a form. Until the end of the back-off
// realmconf review has the question, if it can be offered.
func (q *Questions) Decline(asked policy.Question) {
	if q == nil {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.expire()
	if q.index(asked.Subject) < 0 && !q.isClosed && q.openEndpoint() {
		q.add(newQuestion(asked, now))
	}
	q.decline(asked.Held, now)
	q.update(now)
}

// Refused returns how long held changes are still refused without asking, because a
// person said no to them, and whether realmconf review has the question meanwhile. It is
// 0 if they may be asked about.
func (q *Questions) Refused(held policy.Fingerprint) (left time.Duration, isListed bool) {
	if q == nil {
		return 0, false
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.expire()
	isListed = q.endpoint != nil && slices.ContainsFunc(q.open, func(o question) bool { return o.Held == held })
	return q.refusals.left(held, now), isListed
}

// notOpen is the error of an answer to a question that is not open.
func notOpen() *fault.Fault {
	return fault.New(fault.NotFound, "the question is not open any more: it was answered or withdrawn, is older than %s, or the configuration has changed since; nothing was changed, and the agent may ask again", LifetimeText)
}
