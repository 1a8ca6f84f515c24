package memory

import "realmconf/runtime/fault"

// lostAnswer is what happens to a commit whose answer does not arrive.
type lostAnswer struct{ applied bool }

func (l *lostAnswer) fault() *fault.Fault {
	return fault.New(fault.OutcomeUnknown, "the answer of the store was lost, so that the change may have been made: load again to see whether it was")
}

// LoseAnswer makes the next commit that is not refused return outcome_unknown: after
// it has taken effect if applied, else instead of that.
func (s *Store) LoseAnswer(applied bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost = &lostAnswer{applied}
}

// Interrupt signals all watchers without a change, as a watch does that was
// interrupted and began again.
func (s *Store) Interrupt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.watchers {
		signal(w)
	}
}

// Prune removes the records below a generation from the history. The newest one
// stays.
func (s *Store) Prune(below uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, _ := s.findLocked(below)
	s.records = s.records[min(i, max(0, len(s.records)-1)):]
}
