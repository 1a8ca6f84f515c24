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
	readWait = 100 * time.Millisecond // how long a read waits for a change to be complete
	readPoll = time.Millisecond
)

// Load reads the configuration:
//
//  1. If both files are as they were read before, the answer is in memory.
//  2. If the text is the state's, that is the answer. Up to here Load takes no
//     lock and writes nothing.
//  3. Otherwise another program has changed the text, or a commit is under way
//     or was torn. Load reconciles if the lock is free and the text is old
//     enough, and waits at most 100 milliseconds for that.
//  4. If that does not help, because the directory cannot be written or a crashed
//     peer's lock is in the way, the answer is marked as Pending.
func (s *Store) Load(ctx context.Context) (store.State, error) {
	if err := ctx.Err(); err != nil {
		return store.State{}, err
	}
	if state, ok := s.cached(ctx); ok {
		return state, nil
	}
	disk.Begin(s.fs)
	defer disk.End(s.fs)
	b := store.HistoryBudgetOf(ctx)
	for end := s.clock.Now().Add(readWait); ; {
		at, newest := s.clock.Now(), s.lastSeen()
		v, err := s.readView(ctx, b)
		if err != nil {
			return store.State{}, err
		}
		condition, err := s.classify(v, newest)
		if err != nil {
			return store.State{}, err
		}
		if condition != dirty {
			if condition == unrecorded {
				s.notePeerCommit(v)
			}
			s.remember(v, at)
			return s.answer(b, v.configFile.Bytes, v.version(), false)
		}
		switch first, ok, err := s.loadUnnumbered(v); {
		case err != nil:
			return store.State{}, err
		case ok && (!first.Pending || !s.clock.Now().Before(end)):
			return first, nil
		case !ok:
			now, err := s.tryReconcile(ctx, v)
			if err == nil {
				return s.answer(b, now.configFile.Bytes, now.version(), false)
			}
			var young stillChangingError
			if !errors.Is(err, disk.ErrLocked) && !errors.As(err, &young) || !s.clock.Now().Before(end) {
				return s.answerPending(v)
			}
		}
		select {
		case <-s.clock.After(readPoll):
		case <-ctx.Done():
			return store.State{}, ctx.Err()
		}
	}
}

// tryReconcile reconciles if the text is old enough and the lock is free, and
// returns stillChangingError or disk.ErrLocked otherwise.
func (s *Store) tryReconcile(ctx context.Context, v view) (view, error) {
	c, err := s.history.list()
	if err != nil {
		return view{}, err
	}
	torn, err := s.tornCommit(v, c)
	if err != nil {
		return view{}, err
	}
	if torn == 0 { // reconcile repeats this by the clock of the file system
		wait, err := s.restNeeded(v, s.clock.Now(), c)
		if err != nil {
			return view{}, err
		}
		if wait > 0 {
			return view{}, stillChangingError{wait}
		}
	}
	l, err := s.tryAcquire(ctx)
	if err != nil {
		return view{}, err
	}
	defer l.Unlock()
	now, err := l.reconcile()
	if err != nil {
		s.swept = false // it may have left a file
	}
	return now, err
}

// answerPending answers while a change is seen but not recorded: with the text
// of the state, out of its record, or with the new text under the old number. A
// lost state is answered by answerLost. It never returns a number above the state's,
// because that may yet be undone; but a state below a generation that was current
// before is answered by answerNewest.
func (s *Store) answerPending(v view) (store.State, error) {
	if err := s.checkPresent(); err != nil {
		return store.State{}, err
	}
	c, err := s.history.list()
	if isDenied(err) && v.hasState() {
		c, err = nil, nil
	}
	if err != nil {
		return store.State{}, fault.FromOS("read "+historyName, err)
	}
	if !v.hasState() {
		return s.answerLost(v, c)
	}
	if v.state.generation < s.lastSeen() {
		return s.answerNewest(v, c)
	}
	r, _, err := s.history.find(v.budget, c, v.state.generation)
	if err != nil && !isDenied(err) {
		return store.State{}, fault.FromOS("read "+historyName, err)
	}
	known := v.state.digest == r.Digest || v.state.digest == (store.Digest{}) && r.Operation == store.Peer
	if r.Generation != 0 && known {
		return s.answer(v.budget, r.Text, r.Version, true)
	}
	return s.answer(v.budget, v.configFile.Bytes, v.version(), true)
}

// answerNewest answers while the state is below a generation that was current
// before: with that one. A number that was given before must not come with a new
// text.
func (s *Store) answerNewest(v view, c catalog) (store.State, error) {
	newest := s.lastSeen()
	r, _, err := s.history.find(v.budget, c, newest)
	if err != nil && !isDenied(err) {
		return store.State{}, fault.FromOS("read "+historyName, err)
	}
	if r.Generation == newest {
		return s.answer(v.budget, r.Text, r.Version, true)
	}
	s.mu.Lock()
	p := s.peerCommit
	s.mu.Unlock()
	if p.version.Generation == newest {
		return s.answer(v.budget, p.text, p.version, true)
	}
	return s.answer(v.budget, v.configFile.Bytes, store.Version{Generation: newest, Digest: v.digest}, true)
}

// answer returns what Load returns for a text. If this process may not read the
// history, Next is the successor of the highest number that it knows.
func (s *Store) answer(b *store.HistoryBudget, text []byte, version store.Version, pending bool) (store.State, error) {
	s.noteNewest(version.Generation)
	highest, err := s.highestBound(b)
	name, denied := deniedName(err)
	if err != nil && !denied {
		return store.State{}, err
	}
	s.noteDenied(denied)
	notices := s.notices()
	if denied {
		notices = append(notices, deniedNotice(name))
	}
	return store.State{Text: text, Version: version, Next: store.Successor(highest), Pending: pending, Notices: notices}, nil
}
