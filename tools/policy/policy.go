// Package policy decides which writes may happen.
package policy

import "realmconf/runtime/fault"

// Policy is what the owner of a configuration lets its clients change. The zero
// value lets programs change everything, and models every field that has no
// class of risk.
type Policy struct {
	ReadOnly bool      // refuse the writes of every client
	Allow    Allowance // what a model may change without a person's approval
}

// CheckWritable refuses every write while the configuration is read-only. All
// writes pass it, a person's edit as well.
func (p Policy) CheckWritable() error {
	if !p.ReadOnly {
		return nil
	}
	return fault.New(fault.ReadOnly, "this server was started with --read-only: ask whoever started it to make the change; nothing was written")
}
