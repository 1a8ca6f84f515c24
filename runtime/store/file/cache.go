package file

import (
	"time"

	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
)

// cache is what a read found, with the signatures of the two files by which
// the next read knows that it would find the same. Only signatures that can be
// trusted get in.
type cache struct {
	config, state disk.Signature
	text          []byte
	version       store.Version
}

// cached answers a read with two stats and nothing else on the disk, or not at
// all. A stat follows a symbolic link, so a link that leads elsewhere now shows
// as another file.
func (s *Store) cached() (store.State, bool) {
	s.mu.Lock()
	c := s.cache
	s.mu.Unlock()
	if c == nil {
		return store.State{}, false
	}
	config, err := s.fs.Stat(s.options.Document)
	if err != nil || !disk.Sign(s.fs, config).Equal(s.fs, c.config) {
		return store.State{}, false
	}
	state, err := s.fs.Stat(s.path(stateName))
	if err != nil || !disk.Sign(s.fs, state).Equal(s.fs, c.state) {
		return store.State{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return stateFor(c.text, c.version, s.max), true
}

// remember keeps a clean sight for the next reads, if what it saw is old enough
// to be known again by its stamps. at is when the look began. An absent config
// is not kept: no stamp says that it is still absent and not a link to nowhere.
func (s *Store) remember(v sight, at time.Time) {
	config, state := disk.Sign(s.fs, v.config.Info), disk.Sign(s.fs, v.state.Info)
	if !v.config.Stable || !v.state.Stable || !config.TrustedAt(at) || !state.TrustedAt(at) ||
		!s.fs.IsLocal(v.document) || !s.fs.IsLocal(s.path(stateName)) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cache = &cache{config, state, v.config.Bytes, v.version()}
}
