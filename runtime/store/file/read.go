package file

import (
	"context"
	"errors"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
)

const (
	seeThrough = 100 * time.Millisecond // how long a read tries to see a change through
	retryEvery = time.Millisecond
)

// Load reads the configuration. Two stats are all it does while both files are
// those that it read before. While the text is the state's it takes no lock and
// writes nothing. Otherwise somebody has changed the text around us, or a
// commit is under way or was torn: then it reconciles if the lock is free and
// the text has come to rest, or waits at most 100 milliseconds for that. When
// it does not help, because the directory cannot be written or a crashed peer's
// lock is in the way, it answers all the same, and says so by Pending.
func (s *Store) Load(ctx context.Context) (store.State, error) {
	if err := ctx.Err(); err != nil {
		return store.State{}, err
	}
	if state, ok := s.cached(); ok {
		return state, nil
	}
	for end := s.clock.Now().Add(seeThrough); ; {
		at, seen := s.clock.Now(), s.lastSeen()
		v, err := s.look()
		if err != nil {
			return store.State{}, err
		}
		what, err := s.judge(v, seen)
		if err != nil {
			return store.State{}, err
		}
		if what != dirty {
			if what == unrecorded {
				s.notePeers(v)
			}
			s.remember(v, at)
			return s.serve(v.config.Bytes, v.version(), false)
		}
		now, err := s.tryReconcile(ctx, v)
		if err == nil {
			return s.serve(now.config.Bytes, now.version(), false)
		}
		var young settling
		if !errors.Is(err, disk.ErrLocked) && !errors.As(err, &young) || !s.clock.Now().Before(end) {
			return s.pending(v)
		}
		select {
		case <-s.clock.After(retryEvery):
		case <-ctx.Done():
			return store.State{}, ctx.Err()
		}
	}
}

// tryReconcile reconciles if the text is at rest and the lock is free, and else
// returns settling or disk.ErrLocked.
func (s *Store) tryReconcile(ctx context.Context, v sight) (sight, error) {
	c, err := s.history.list()
	if err != nil {
		return sight{}, err
	}
	torn, err := s.torn(v, c)
	if err != nil {
		return sight{}, err
	}
	if torn == 0 { // whether it is at rest by the file system's clock is looked at under the lock
		wait, err := s.settle(v, s.clock.Now(), c)
		if err != nil {
			return sight{}, err
		}
		if wait > 0 {
			return sight{}, settling{wait}
		}
	}
	l, err := s.tryAcquire(ctx)
	if err != nil {
		return sight{}, err
	}
	defer l.Unlock()
	return l.reconcile()
}

// pending answers for a change that is seen but not recorded: the text of the
// state, out of its record, or else the new text under the old number. It never
// gives a number above the state's, because that may yet be undone.
func (s *Store) pending(v sight) (store.State, error) {
	if err := s.present(); err != nil {
		return store.State{}, err
	}
	c, err := s.history.list()
	if err != nil {
		return store.State{}, fault.FromOS("read "+historyName, err)
	}
	r, _, err := s.history.find(c, v.st.generation)
	if err != nil {
		return store.State{}, fault.FromOS("read "+historyName, err)
	}
	known := v.st.digest == r.Digest || v.st.digest == (store.Digest{}) && r.Operation == store.Peer
	if r.Generation != 0 && known {
		return s.serve(r.Text, r.Version, true)
	}
	return s.serve(v.config.Bytes, v.version(), true)
}

func (s *Store) serve(text []byte, version store.Version, pending bool) (store.State, error) {
	highest, err := s.bound(version.Generation)
	if err != nil {
		return store.State{}, fault.FromOS("read "+historyName, err)
	}
	state := stateFor(text, version, highest)
	state.Pending = pending
	return state, nil
}

// stateFor is the answer of a read.
func stateFor(text []byte, version store.Version, highest uint64) store.State {
	return store.State{Text: text, Version: version, Next: store.Successor(highest)}
}
