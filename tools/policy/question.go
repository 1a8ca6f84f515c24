package policy

import "crypto/sha256"

// Question is what a person is asked before a held change takes effect.
type Question struct {
	Message string      // the text: all that will change, with secrets masked
	Subject Fingerprint // the change that the answer is for, and no other
}

// Fingerprint identifies a call and its effect: the generation, the held
// fields, and everything else that the person is shown.
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
)
