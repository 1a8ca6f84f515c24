package review

import (
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// Pending is an open question of a server.
type Pending struct {
	Subject  policy.Fingerprint
	Proposal tree.Object // policy.Proposal.PersonTree, as the server sent it

	socket string
}

// time returns when the question was asked, in a form that can be compared.
func (p Pending) time() string {
	at, _ := p.Proposal["time"].(string)
	return at
}

// DeclinedUntil returns, of a question with a no, the time until which the same call is
// refused without a question; "" of an open question.
func (p Pending) DeclinedUntil() string {
	until, _ := p.Proposal[keyDeclinedUntil].(string)
	return until
}
