package review

import (
	"time"

	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// question is an open question, or one with a no that a person may still take back.
type question struct {
	policy.Question
	text       []byte // the proposal as JSON
	isDeclined bool
	since      Instant
	listed     *Instant // when it was first sent to realmconf review; nil before
}

// newQuestion returns an open question.
func newQuestion(asked policy.Question, now Instant) question {
	return question{Question: asked, text: tree.Append(nil, asked.Proposal.PersonTree()), since: now}
}

// decline turns a question into one with a no, until the end of the back-off.
func (o *question) decline(until time.Time) {
	proposal := o.Proposal.PersonTree()
	proposal[keyDeclinedUntil] = until.UTC().Format(time.RFC3339)
	o.text, o.isDeclined = tree.Append(nil, proposal), true
}
