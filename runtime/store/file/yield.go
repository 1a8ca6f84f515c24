package file

import (
	"time"

	"realmconf/runtime/internal/filelock"
)

// yieldPoll is the interval at which a process that yields looks whether
// another one has committed.
const yieldPoll = time.Millisecond

// yieldTime is how long the process that made the newest commit lets others
// commit first. Its commit has made their version old, and they have to read
// again; it has the new version, and would commit first again and again. A
// longer text takes them longer to read.
func yieldTime(text []byte) time.Duration {
	return 10*time.Millisecond + time.Duration(len(text))*400*time.Nanosecond
}

// reserveTime is how long a process whose commit was refused after a wait keeps its
// turn. The client has to read again in that time, on a machine that may be busy. A
// client that does not repeat its commit delays those of other processes by that once,
// and not again before one of them has committed: filelock.Wait.Reserve.
func reserveTime(text []byte) time.Duration { return 40*time.Millisecond + yieldTime(text) }

// yieldToOthers waits if it is another process's turn: until that has committed,
// or until the time is over, which shows that there is no other process. It does not
// wait if another process has the turn already: then this one lines up behind it.
func (s *Store) yieldToOthers(w filelock.Wait, d time.Duration) error {
	if !s.shouldYield() {
		return nil
	}
	for until := s.clock.Now().Add(d); s.clock.Now().Before(until); {
		if s.mutex.IsContended() {
			return nil
		}
		if err := w.Sleep(yieldPoll); err != nil {
			return err
		}
		if err := w.CheckWanted(); err != nil {
			return err
		}
	}
	s.noteOthers(false)
	return nil
}

// shouldYield reports whether this Store made the newest commit, and another
// process may be waiting to make the next.
func (s *Store) shouldYield() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.othersCommit && s.ownNewest != 0 && s.ownNewest == s.newest
}

// noteOthers notes whether another process commits too: true if it had the lock,
// false if this process yielded and the other did not commit.
func (s *Store) noteOthers(commit bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.othersCommit = commit
}
