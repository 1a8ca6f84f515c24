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
	settleTime = 50 * time.Millisecond // a text that changed around us must rest so long before it gets a number
	settleLong = time.Second           // … when it looks like the beginning of a save
)

// settling says that a change around us is too young to be recorded.
type settling struct{ wait time.Duration }

func (e settling) Error() string {
	return fmt.Sprintf("the configuration was changed a moment ago, look again in %v", e.wait)
}

// unrest is the last change of the config that was noticed.
type unrest struct {
	config disk.Signature
	digest store.Digest
	since  time.Time
}

// observe notes since when the config has been as it is. It is called at every
// look.
func (s *Store) observe(v sight) {
	now := s.clock.Now()
	sig := disk.Sign(s.fs, v.config.Info)
	s.mu.Lock()
	same := s.unrest.config.Equal(s.fs, sig) && s.unrest.digest == v.digest && !s.unrest.since.IsZero()
	s.mu.Unlock()
	if same {
		return
	}
	since := now
	if !v.config.Exists() {
		// Nothing says when it was removed but the directory, as long as
		// nobody, ourselves included, has made another file there.
		if dir, err := s.fs.Stat(filepath.Dir(v.document)); err == nil && dir.ModTime().Before(now) {
			since = dir.ModTime()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unrest = unrest{sig, v.digest, since}
}

// settle is how much longer the text that was seen must rest before it is
// recorded as a generation: programs that save in place leave an empty or a
// half-written file for a moment. now is the present, best by the clock that
// stamps the file.
func (s *Store) settle(v sight, now time.Time, c catalog) (time.Duration, error) {
	last, _, err := s.history.find(c, v.st.generation)
	if err != nil {
		return 0, fault.FromOS("read "+historyName, err)
	}
	need := settleTime
	if n := len(v.config.Bytes); n == 0 || n < len(last.Text) && bytes.HasPrefix(last.Text, v.config.Bytes) {
		need = settleLong
	}
	s.mu.Lock()
	rested := s.clock.Now().Sub(s.unrest.since)
	s.mu.Unlock()
	if v.config.Exists() {
		if at, err := s.fs.ChangeTime(v.config.Info); err == nil {
			rested = max(rested, now.Sub(time.Unix(0, at)))
		}
	}
	return max(0, need-rested), nil
}
