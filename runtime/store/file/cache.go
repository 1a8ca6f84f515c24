package file

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
)

// cache is the result of a read, with the signatures of the two files: while
// they are the same, the next read would have the same result. Both signatures
// are trusted.
type cache struct {
	config, state disk.Signature
	text          []byte
	version       store.Version
}

// cached returns the result of the last read if both files are unchanged. It
// costs two stats, and one more while the history keeps a text for a person. A stat
// follows symbolic links, so a link that now leads elsewhere is seen as another
// file. A result below a generation that was current since is not used: the same files
// come back with a directory that was moved away, and their state is then an old one.
func (s *Store) cached(ctx context.Context) (store.State, bool) {
	s.mu.Lock()
	c, newest, denied := s.cache, s.newest, s.denied || s.exposed
	s.mu.Unlock()
	if c == nil || c.version.Generation < newest {
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
	if denied || len(s.history.keptNames()) > 0 { // a person may have dealt with that since
		found, err := s.answer(store.HistoryBudgetOf(ctx), c.text, c.version, false)
		return found, err == nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return store.State{Text: c.text, Version: c.version, Next: store.Successor(s.bound)}, true
}

// cachedDirty returns the result of the last Observe of a dirty view if its files are
// unchanged: a text that was written by hand stays without a number until a program
// of the realm itself reads it. It costs two stats.
func (s *Store) cachedDirty() (store.State, bool) {
	s.mu.Lock()
	c, newest := s.dirty, s.newest
	s.mu.Unlock()
	if c == nil || newest != c.newest {
		return store.State{}, false
	}
	config, err := s.fs.Stat(s.options.Document)
	if err != nil || !disk.Sign(s.fs, config).Equal(s.fs, c.config) {
		return store.State{}, false
	}
	switch state, err := s.fs.Lstat(s.path(stateName)); {
	case c.isStateless && errors.Is(err, fs.ErrNotExist):
	case c.isStateless || err != nil || !disk.Sign(s.fs, state).Equal(s.fs, c.state):
		return store.State{}, false
	}
	return store.State{Text: c.text, Version: c.version, Pending: true}, true
}

// rememberDirty keeps a dirty view for the next calls of Observe, as remember does. at
// is when the reading began, and newest what lastSeen was then.
func (s *Store) rememberDirty(v view, at time.Time, newest uint64) {
	config, state := disk.Sign(s.fs, v.configFile.Info), disk.Sign(s.fs, v.stateFile.Info)
	isStateless := !v.stateFile.Exists()
	if v.damage != nil || !v.configFile.Stable || !config.TrustedAt(at) || !isStateless && (!v.stateFile.Stable || !state.TrustedAt(at)) ||
		!s.fs.IsLocal(v.configPath) || !s.fs.IsLocal(s.options.Dir) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dirty = &dirtyCache{cache{config, state, v.configFile.Bytes, v.version()}, isStateless, newest}
}

// dirtyCache is the result of an Observe that found a dirty view.
type dirtyCache struct {
	cache
	isStateless bool   // there was no file of the state
	newest      uint64 // the highest generation that was current before
}

// remember keeps a clean view for the next reads, if the files are old enough to
// be recognised by their time stamps. at is when the reading began. A missing
// config is not kept: no time stamp would show that it has become a link to
// nothing.
func (s *Store) remember(v view, at time.Time) {
	config, state := disk.Sign(s.fs, v.configFile.Info), disk.Sign(s.fs, v.stateFile.Info)
	if !v.configFile.Stable || !v.stateFile.Stable || !config.TrustedAt(at) || !state.TrustedAt(at) ||
		!s.fs.IsLocal(v.configPath) || !s.fs.IsLocal(s.path(stateName)) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cache = &cache{config, state, v.configFile.Bytes, v.version()}
}
