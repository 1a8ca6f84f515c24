package mcp

import (
	"crypto/rand"
	"sync"
	"time"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
	"realmconf/tools/review"
)

// Answers takes what a person decided about a question that a call of this process
// was refused with.
type Answers interface {
	// Answer records the decision. A yes lets the call take effect when it is made
	// again. The error is a fault: the question may not wait any more. It is
	// fault.ApprovalRequired if the decision came too soon after the question was shown
	// to be a person's: then the question still waits.
	Answer(subject policy.Fingerprint, isYes bool, c review.Consent, waited time.Duration) error
}

// appQuestions are the questions of a connection that its pages may answer. A page
// proves by a nonce that the host showed it the result of the refused call: nothing
// else has the nonce, and a model sees no _meta.
//
// Some hosts declare that they show pages, show none, and print _meta to the model. So
// there is a nonce only once the connection has read the page, which a host must do to
// show it. A host that reads the page after its first refused call gets the nonce with
// the repeated call; until then the refusal names realmconf review.
type appQuestions struct {
	mu       sync.Mutex
	open     []appQuestion // the oldest first, at most review.MaxQuestions
	pageRead bool
}

// recordRead records that the connection has read the page.
func (a *appQuestions) recordRead() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.pageRead = true
}

// hasPage reports whether the connection has read the page.
func (a *appQuestions) hasPage() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.pageRead
}

// appQuestion is one question that a page may answer, once.
type appQuestion struct {
	id, nonce string
	subject   policy.Fingerprint
	shown     review.Instant
}

// offer adds a question for a page that may answer, and returns the _meta of the refused
// call: the proposal, and the nonce if the page may answer. The question's id is random,
// because the digest would let a client test guesses of what is masked in the proposal.
func (a *appQuestions) offer(q policy.Question, mayAnswer bool, now review.Instant) tree.Object {
	added := appQuestion{id: rand.Text(), nonce: rand.Text(), subject: q.Subject, shown: now}
	proposal := q.Proposal.Tree()
	proposal["digest"] = added.id
	meta := tree.Object{keyQuestion: proposal}
	if !mayAnswer {
		return meta
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.add(added)
	meta[keyNonce] = added.nonce
	return meta
}

// add adds a question, in the place of the oldest one if there are too many.
func (a *appQuestions) add(q appQuestion) {
	if len(a.open) == review.MaxQuestions {
		a.open = a.open[1:]
	}
	a.open = append(a.open, q)
}

// take returns a question for its nonce, and forgets both.
func (a *appQuestions) take(id, nonce string, now review.Instant) (appQuestion, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, q := range a.open {
		if q.id == id && q.nonce == nonce && !q.shown.HasExpired(now) {
			a.open = append(a.open[:i:i], a.open[i+1:]...)
			return q, nil
		}
	}
	return appQuestion{}, fault.New(fault.NotFound,
		"no such question waits for an answer here: only the page that the host shows for a refused call can answer it, once and within %s", review.LifetimeText)
}

// putBack adds a question again whose answer was no person's.
func (a *appQuestions) putBack(q appQuestion) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.add(q)
}

// answerDescription describes config_answer, for a client that shows pages.
func answerDescription() tree.Object {
	text := tree.Object{"type": "string"}
	const title = "Answer"
	return tree.Object{
		"name":        toolAnswer,
		"title":       title,
		"description": "For the review page alone: a person's answer.",
		"annotations": tree.Object{"title": title, "readOnlyHint": false, "openWorldHint": false},
		"inputSchema": tree.Object{
			"type": "object",
			"properties": tree.Object{
				"question": text, "nonce": text,
				"decision": tree.Object{"type": "string", "enum": []any{"no", "yes"}},
			},
			"required":             []any{"question", "decision", "nonce"},
			"additionalProperties": false,
		},
		"_meta": tree.Object{"ui": tree.Object{"visibility": []any{"app"}}},
	}
}
