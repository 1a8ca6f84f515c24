package store

import "realmconf/runtime/fault"

// MaxGeneration is the highest generation number: many programs read JSON's
// integers into 64 bits with a sign.
const MaxGeneration = 1<<63 - 1

// Successor returns the generation number after g, or 0 if g is MaxGeneration or
// above. 0 is the number of the configuration that does not exist yet, and so
// never the number of a commit.
func Successor(g uint64) uint64 {
	if g >= MaxGeneration {
		return 0
	}
	return g + 1
}

// ExhaustedFault returns the fault of a change that has no number left.
func ExhaustedFault() *fault.Fault {
	return fault.New(fault.Storage,
		"generation 2^63-1 is the highest number that there is: move the configuration to a new realm; nothing was written").
		With("op", "number a generation").With("reason", fault.Full)
}
