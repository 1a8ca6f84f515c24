package review

import (
	"fmt"
	"os"
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
	o := question{Question: asked, since: now}
	o.text = tree.Append(nil, o.proposal())
	return o
}

// proposal returns the proposal for the person, with the server: several may ask the same.
func (o *question) proposal() tree.Object {
	proposal := o.Proposal.PersonTree()
	proposal["server"] = fmt.Sprintf("process %d", os.Getpid())
	return proposal
}

// decline turns a question into one with a no, until the end of the back-off.
func (o *question) decline(until time.Time) {
	proposal := o.proposal()
	proposal[keyDeclinedUntil] = until.UTC().Format(time.RFC3339)
	o.text, o.isDeclined = tree.Append(nil, proposal), true
}
