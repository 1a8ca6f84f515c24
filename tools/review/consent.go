package review

import (
	"realmconf/runtime/store"
	"realmconf/tools/policy"
)

// Consent is a person's yes: the way in which it came, and the client that it came
// through.
type Consent struct {
	Way store.Way
	Via string
}

// unusedConsent is a consent that no write has used.
type unusedConsent struct {
	Consent
	subject    policy.Fingerprint
	changes    policy.Fingerprint
	generation uint64
	since      Instant
	isClaimed  bool // a call makes its write
}

// Claim is a person's yes in the hands of one call. Until the call has ended its claim,
// no other call gets the yes.
type Claim struct {
	Consent
	questions *Questions // nil if the yes is not kept
	subject   policy.Fingerprint
}

// End ends the claim. isUsed says that the call's write has taken effect, or may have:
// then the yes is gone. Otherwise the same call can be made again with it.
func (c *Claim) End(isUsed bool) {
	if c.questions != nil {
		c.questions.endClaim(c.subject, isUsed)
	}
}
