package store

import (
	"slices"

	"realmconf/runtime/fault"
)

// CheckBatch refuses, as a mistake of this program, a batch that breaks the
// contract of [Store].CompareAndSwap: no records, a number or a parent that
// does not follow from the record before it, a digest that is not the text's.
func CheckBatch(from Version, next []Record) error {
	if len(next) == 0 {
		return fault.New(fault.Internal, "a commit of no records: this is a mistake in realmconf, please report it")
	}
	parent := from
	for i, r := range next {
		if i > 0 && r.Generation != Successor(parent.Generation) ||
			r.Parent != parent || r.Generation <= parent.Generation || r.Digest != DigestOf(r.Text) {
			return fault.New(fault.Internal, "record %d of a commit does not follow from the one before it: this is a mistake in realmconf, please report it", i+1)
		}
		parent = r.Version
	}
	return nil
}

// Clone is a record that shares no memory with r, for a store that must not
// keep what its caller may change, nor the other way round.
func (r Record) Clone() Record {
	r.Text = slices.Clone(r.Text)
	if r.RollbackTo != nil {
		to := *r.RollbackTo
		r.RollbackTo = &to
	}
	if r.Approval != nil {
		a := *r.Approval
		a.Fields = slices.Clone(a.Fields)
		r.Approval = &a
	}
	return r
}
