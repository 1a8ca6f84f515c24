package policy

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

// Question is what a person is asked before a held change takes effect.
type Question struct {
	Message string      // the text of a form: all that will change, with secrets masked
	Subject Fingerprint // the change that the answer is for, and no other

	// ShowsAll reports whether Message has all that a person must see to decide. If
	// not, only a program that shows the Proposal may ask.
	ShowsAll bool

	Proposal Proposal // the same change as data
}

// Fingerprint identifies a call and its effect: the realm, the version that the change
// is based on, the call with its arguments, the text that it would make, and
// everything that the person is shown.
type Fingerprint = [sha256.Size]byte

// Answer is the result of a question.
type Answer string

// The answers. Only Accepted lets the change take effect.
const (
	Accepted  Answer = "accepted"  // the person said yes
	Declined  Answer = "declined"  // the person said no
	Cancelled Answer = "cancelled" // the question was closed without an answer
	Expired   Answer = "expired"   // the answer came too late, or not at all
	Unclear   Answer = "unclear"   // the client's response is neither yes nor no
	Automatic Answer = "automatic" // the client's response came so fast that no person can have given it
	Waiting   Answer = "waiting"   // the question waits for realmconf review
	OnPage    Answer = "on_page"   // the question waits on a page that the client shows
)

// noPerson takes the place of an answer when no person can be asked.
const noPerson Answer = "no_person"

// state returns the answer as a refusal's data has it. An unclear answer counts as a
// closed question, and an automatic one as that of a client that cannot ask; while a
// question waits, there was no person either.
func (a Answer) state() string {
	switch a {
	case Unclear:
		return string(Cancelled)
	case Automatic, Waiting, OnPage:
		return string(noPerson)
	}
	return string(a)
}

// maxQuestion is how long a question may be, in bytes. A person would not read
// more, and a change that is not shown in full must not be asked about.
const maxQuestion = 16 << 10

// Question returns the question to a person: in words and as data.
func (u *Unapproved) Question() (Question, error) {
	if u.question != nil {
		return *u.question, nil
	}
	message, err := u.message()
	if err != nil {
		return Question{}, err
	}
	q := Question{Message: message, ShowsAll: true, Proposal: u.proposal()}
	q.Subject = u.subject(q)
	q.Proposal.Digest = q.Subject
	u.question = &q
	return q, nil
}

// subject returns the fingerprint of a question.
func (u *Unapproved) subject(q Question) Fingerprint {
	before := u.comparison.Before.Version
	return sha256.Sum256(tree.Append(nil, tree.Object{
		"arguments":  u.call.Arguments,
		"generation": before.Generation,
		"digest":     before.Digest.String(),
		"text":       store.DigestOf(u.comparison.After.Text()).String(),
		"effects":    u.effects.subject(),
		"message":    q.Message,
		"proposal":   q.Proposal.content(), // with the realm and the tool
	}))
}

// message describes the change to a person: which client wants it in which
// realm, each change with its values, and the reason. An entry that comes, goes or
// is renamed is one change. Text of the client is quoted, or each of its lines has a
// sign before it, so that it cannot look like a line of this text. A question that is
// too long is an error.
func (u *Unapproved) message() (string, error) {
	before := u.comparison.Before
	realm := "the realm"
	if id := before.Metadata.RealmID; id != nil {
		realm = "realm " + *id
	}
	client := "a program that gives no name"
	if u.call.Client != "" {
		client = visibleName(u.call.Client)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s wants to change %s (generation %d):", client, realm, before.Version.Generation)
	w := newWording(u)
	for _, f := range u.held {
		for _, line := range w.heldLines(f) {
			fmt.Fprintf(&b, "\n%s", line)
		}
	}
	for _, line := range u.effects.lines() {
		fmt.Fprintf(&b, "\n%s", line)
	}
	for _, c := range u.comparison.ShownChanges() {
		for _, line := range w.otherChanges(c) {
			fmt.Fprintf(&b, "\n%s", line)
		}
	}
	if u.call.Reason != "" {
		fmt.Fprintf(&b, "\nreason: %s", visible(jsonQuote(u.call.Reason)))
	}
	if b.Len() > maxQuestion {
		f := u.Refusal(noPerson)
		f.Message = fmt.Sprintf("a person must allow this change, and it is too long to be shown to one (%d bytes, and %d is the limit): make it in smaller calls; nothing was written", b.Len(), maxQuestion)
		return "", f
	}
	return b.String(), nil
}
