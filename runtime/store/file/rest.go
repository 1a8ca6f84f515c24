package file

import (
	"bytes"
	"fmt"
	"path/filepath"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
)

const (
	restTime     = 50 * time.Millisecond // how long a text that another program changed must stay the same before it gets a number
	longRestTime = time.Second           // the same for a text that looks like the beginning of a save
)

// stillChangingError says that the change of another program is too young to be
// recorded.
type stillChangingError struct{ wait time.Duration }

func (e stillChangingError) Error() string {
	return fmt.Sprintf("the configuration was changed a moment ago, look again in %v", e.wait)
}

// observation is a text of the config, and since when it has been there.
type observation struct {
	config disk.Signature
	digest store.Digest
	since  time.Time
}

// noteChange notes since when the config has been as it is. Every view that is
// read is passed to it.
func (s *Store) noteChange(v view) {
	now := s.clock.Now()
	sig := disk.Sign(s.fs, v.configFile.Info)
	s.mu.Lock()
	last := s.lastChange
	s.mu.Unlock()
	if last.config.Equal(s.fs, sig) && last.digest == v.digest && !last.since.IsZero() {
		return
	}
	since := now
	if !v.configFile.Exists() {
		// Only the directory's time stamp can say when the config was removed,
		// and only if no other file was created there since.
		if dir, err := s.fs.Stat(filepath.Dir(v.configPath)); err == nil && dir.ModTime().Before(now) {
			since = dir.ModTime()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastChange = observation{sig, v.digest, since}
}

// restNeeded returns how much longer the text of a view must stay the same
// before it is recorded: a program that saves in place leaves an empty or
// half-written file for a moment. A peer's commit is whole: one whose number is in
// use, because the state went backwards, need not rest, and busy peers would leave
// it no time for that. now is the present time, best by the clock that stamps the
// file.
func (s *Store) restNeeded(v view, now time.Time, c catalog) (time.Duration, error) {
	if whole, err := s.isPeerCommit(v); err != nil || whole {
		return 0, err
	}
	last, _, err := s.history.find(v.budget, c, v.state.generation)
	if err != nil {
		return 0, fault.FromOS("read "+historyName, err)
	}
	need := restTime
	if n := len(v.configFile.Bytes); n == 0 || n < len(last.Text) && bytes.HasPrefix(last.Text, v.configFile.Bytes) {
		need = longRestTime
	}
	s.mu.Lock()
	rested := s.clock.Now().Sub(s.lastChange.since)
	s.mu.Unlock()
	if v.configFile.Exists() {
		if at, err := s.fs.ChangeTime(v.configFile.Info); err == nil {
			rested = max(rested, now.Sub(time.Unix(0, at)))
		}
	}
	return max(0, need-rested), nil
}
