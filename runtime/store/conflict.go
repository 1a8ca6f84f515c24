package store

import "realmconf/runtime/fault"

// Conflict returns the generation_conflict of a change that expected one
// generation while another one is current. The explanation ends the message: it
// says what happened meanwhile, or what to do next.
func Conflict(expected, current uint64, explanation string) *fault.Fault {
	return fault.New(fault.GenerationConflict, "generation %d expected, %d is current: %s", expected, current, explanation).
		With("expected", expected).With("current", current)
}

// SwapConflict returns the conflict of a CompareAndSwap that came after another
// writer's commit.
func SwapConflict(from Version, current uint64) *fault.Fault {
	return Conflict(from.Generation, current, "another writer committed first; load again, and repeat the change on that")
}
