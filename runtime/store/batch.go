package store

import "realmconf/runtime/fault"

// CheckBatch refuses a batch that breaks the contract of [Store].CompareAndSwap:
// one without records, or with a number or a parent that does not follow from
// the record before it, or with the digest of another text. That is a mistake of
// this program, so the fault is internal.
func CheckBatch(from Version, next []Record) error {
	if len(next) == 0 {
		return fault.New(fault.Internal, "a commit without records: this is a mistake in realmconf, please report it")
	}
	parent := from
	for i, r := range next {
		skips := i > 0 && r.Generation != Successor(parent.Generation)
		if skips || r.Generation <= parent.Generation || r.Parent != parent || r.Digest != DigestOf(r.Text) {
			return fault.New(fault.Internal, "record %d of a commit does not follow from the one before it: this is a mistake in realmconf, please report it", i+1)
		}
		parent = r.Version
	}
	return nil
}
