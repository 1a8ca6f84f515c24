package tools

import "crypto/sha256"

// Question is what a person is asked before a held change takes effect.
type Question struct {
	Message string      // what the person reads: all that will change, secrets masked
	Subject Fingerprint // what the answer is good for, and nothing else
}

// Fingerprint stands for a call and what it would do: the generation, the held
// difference, and everything else that the person is shown.
type Fingerprint = [sha256.Size]byte

// Answer is what became of a question.
type Answer string

// The answers. Only Accepted lets the change take effect.
const (
	Accepted  Answer = "accepted"  // the person said yes
	Declined  Answer = "declined"  // the person said no
	Withdrawn Answer = "cancelled" // the question was closed without an answer
	Expired   Answer = "expired"   // the answer came too late, or not at all
)
