package review

import (
	"time"

	"realmconf/runtime/fault"
)

// Limits of the time that a person takes to answer, by whichever way. Programs answer at
// once; no person closes a question in a tenth of a second, or reads one and says yes in
// a second and a half. Some hosts take keys for the answer that the person pressed before
// the question was there.
const (
	LeastAnswerTime = 100 * time.Millisecond
	LeastYesTime    = 1500 * time.Millisecond
)

// IsAutomatic reports whether an answer came so soon after its question was first shown
// that no person can have given it.
func IsAutomatic(isYes bool, waited time.Duration) bool {
	return waited < LeastAnswerTime || isYes && waited < LeastYesTime
}

// TooSoon is the error of an answer that is automatic. The question stays open.
func TooSoon() *fault.Fault {
	return fault.New(fault.ApprovalRequired, "an answer in less than %v, or a yes in less than %v, is no person's: it does not count, and the question is still open; read it, then answer again", LeastAnswerTime, LeastYesTime)
}
