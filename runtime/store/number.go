package store

import "realmconf/runtime/fault"

// Successor returns the generation number after g, or 0 if g is the highest
// number, 2^64-1. 0 is the number of the configuration that does not exist yet,
// and so never the number of a commit.
func Successor(g uint64) uint64 { return g + 1 }

// ExhaustedFault returns the fault of a change that has no number left. Meerkat
// stays at the highest number instead, and gives it to two different texts.
func ExhaustedFault() *fault.Fault {
	return fault.New(fault.Storage,
		"generation 2^64-1 is the highest number that there is: move config.toml to a new realm; nothing was written").
		With("op", "number a generation").With("reason", fault.Full)
}
