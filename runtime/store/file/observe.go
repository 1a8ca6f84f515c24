package file

import (
	"context"
	"errors"
	"io/fs"

	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
)

// Observe reads the configuration as one of Meerkat's programs does: it takes no
// lock, gives no change its number, creates nothing and does not wait. Unchanged
// files cost two stats, also if they do not exist.
func (s *Store) Observe(ctx context.Context) (store.State, error) {
	if err := ctx.Err(); err != nil {
		return store.State{}, err
	}
	if state, ok := s.cached(ctx); ok {
		return state, nil
	}
	if state, ok := s.cachedDirty(); ok {
		return state, nil
	}
	if s.isAbsent() {
		return store.State{Version: store.Empty()}, nil
	}
	disk.Begin(s.fs)
	defer disk.End(s.fs)
	at, newest := s.clock.Now(), s.lastSeen()
	v, err := s.readView(ctx, store.HistoryBudgetOf(ctx))
	if err != nil {
		return store.State{}, err
	}
	condition, err := s.classify(v, newest)
	if err != nil {
		return store.State{}, err
	}
	if condition == dirty {
		s.rememberDirty(v, at, newest)
	} else {
		s.remember(v, at)
	}
	return store.State{Text: v.configFile.Bytes, Version: v.version(), Pending: condition == dirty}, nil
}

// CloseIdle closes the directories that are kept open for the next access.
func (s *Store) CloseIdle() { disk.CloseIdle(s.fs) }

// isAbsent reports whether the realm has neither a config nor a state, and never
// had one that this Store has read. A link counts as a file, wherever it leads.
func (s *Store) isAbsent() bool {
	if s.lastSeen() > 0 {
		return false
	}
	for _, name := range []string{s.options.Document, s.path(stateName)} {
		if _, err := s.fs.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
			return false
		}
	}
	return true
}
