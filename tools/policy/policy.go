// Package policy decides which writes may happen. Every write passes
// Policy.CheckWritable. The write of a model passes a Review as well, which
// judges its effect, a runtime.Comparison: what it drops without naming it, and
// what a person must allow, in the configuration and in what the agents of this
// realm, and of those that inherit from it, run with (runtime.Effect).
package policy

import (
	"realmconf/runtime/fault"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// Policy is what the owner of a configuration lets its clients change. The zero
// value lets programs change everything, and models every field that has no
// risk class.
type Policy struct {
	ReadOnly bool      // refuse the writes of every client
	Allow    Allowance // what a model may change without a person's approval
}

// CheckWritable refuses every write while the configuration is read-only.
func (p Policy) CheckWritable() error {
	if !p.ReadOnly {
		return nil
	}
	return fault.New(fault.ReadOnly, "this server was started with --read-only: ask the person who started it to make the change; nothing was written")
}

// Model is the part of a configuration's schema that a review needs.
// *schema.Model implements it.
type Model interface {
	// Risk is the classes of a change at p, whatever the value; of a section, list
	// or map, all classes inside it.
	Risk(p tree.Pointer) schema.RiskSet
	// Key is the member that identifies the entries of the list at p, or "".
	Key(p tree.Pointer) string
	// IsIndex reports whether the last token of p may be the index of a list's entry.
	IsIndex(p tree.Pointer) bool
	// PathIn is the pointer by which a configuration has the place at p, where keys
	// may have other names.
	PathIn(p tree.Pointer, config tree.Object) tree.Pointer
	// NamesAsStored is a merge patch with the names that a stored configuration has
	// for its keys.
	NamesAsStored(patch, stored tree.Object) tree.Object
	// Default is the value that a missing key has.
	Default(p tree.Pointer) (any, bool)
	// DefaultWithout is Default of p in a configuration without whole, a place at or
	// above p.
	DefaultWithout(whole, p tree.Pointer) (any, bool)
	// Declares reports whether the schema has a property of the name at p: it is no
	// entry of a list or a map.
	Declares(p tree.Pointer) bool
	// SecretRoutes returns the places at which a change would send a secret of a
	// resolved configuration to another address, or another secret to the same one.
	SecretRoutes(config tree.Object) []schema.SecretRoute
	// Mask returns a copy of a configuration in which token's result replaces
	// each secret.
	Mask(config tree.Object, token func(p tree.Pointer, secret any) string) tree.Object
}
