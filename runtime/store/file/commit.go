package file

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"sync"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/internal/filelock"
	"realmconf/runtime/store"
)

// CompareAndSwap commits the records, under the lock:
//
//	        reconcile, compare with from ── another version ──→ generation_conflict
//	                    │
//	config_history/N.json  new config  new state     written beside, fsynced
//	                    │
//	            fsync config_history                 a failure up to here: nothing happened
//	                    │
//	       ═══ config.toml ⇄ new config ═══          the commit point; what comes out must be
//	                    │                            what was seen, or it goes back
//	       config_state.json ⇄ new state             a failure from here on: outcome_unknown,
//	                    │                            and the next operation rolls forward
//	     fsync both directories                     meanwhile what was displaced is put
//	                    │                           away, and the history pruned
//	                 unlock
//
// A crash between the two exchanges leaves a config that the newest record
// knows and the state does not: whoever takes the lock next lets the state
// follow. Readers meanwhile get the text of the old state, out of its record.
func (s *Store) CompareAndSwap(ctx context.Context, from store.Version, next []store.Record) error {
	if err := check(from, next); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.prepare(from); err != nil {
		return err
	}
	p := filelock.NewWait(ctx, s.clock, s.options.LockTimeout)
	p.StillWanted = func() error { return s.overtaken(from) }
	for changed := 0; changed < 3; {
		err := s.commitUnder(p, from, next)
		var young settling
		switch {
		case errors.As(err, &young):
			err = p.Sleep(min(young.wait, seeThrough)) // others may have the lock meanwhile
			if errors.Is(err, filelock.ErrTimeUp) || errors.Is(err, context.DeadlineExceeded) {
				return unsettled(err)
			}
			if err != nil {
				return err
			}
		case err == errChanged: // bare: nothing of ours is there
			changed++
		default:
			return err
		}
	}
	return restless()
}

// overtaken refuses a commit on a version that is not current any more, as far
// as the state alone tells: whoever has waited for others gives way at once, and
// does not take and look at everything to find the same.
func (s *Store) overtaken(from store.Version) error {
	c, err := disk.Read(s.fs, s.path(stateName), maxRead)
	if err != nil || !c.Exists() {
		return nil // what there is to say is said under the lock
	}
	if st, err := parseState(c.Bytes); err == nil && st.generation > from.Generation {
		return store.SwapConflict(from, st.generation)
	}
	return nil
}

// commitUnder takes the lock and makes one try.
func (s *Store) commitUnder(p filelock.Wait, from store.Version, next []store.Record) error {
	if err := s.yieldToOthers(p, yieldTime(next[len(next)-1].Text)); err != nil {
		return s.lockFault(err)
	}
	l, err := s.acquireWith(p)
	if err != nil {
		return err
	}
	defer l.Unlock()
	v, err := l.reconcile()
	if err != nil {
		return err
	}
	if err := l.compare(v, from, next[0].Generation); err != nil {
		return err
	}
	if err := p.Context().Err(); err != nil {
		return err
	}
	return l.commit(v, next)
}

// prepare makes the directories for a realm's first commit. A commit on
// anything else finds them there, or is refused.
func (s *Store) prepare(from store.Version) error {
	if err := s.present(); err != nil {
		return err
	}
	if from == store.Empty() && s.lastSeen() == 0 {
		for _, dir := range []string{s.options.Dir, filepath.Dir(s.options.Document)} {
			if err := disk.MakeDir(s.fs, dir); err != nil {
				return fault.FromOS("make the realm's directory", err)
			}
		}
		return nil
	}
	_, err := s.fs.Stat(s.options.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return store.SwapConflict(from, 0)
	}
	return s.asFault("read the realm's directory", err)
}

// compare refuses a commit that was prepared on another version than the one
// under the lock.
func (l *lock) compare(v sight, from store.Version, next uint64) error {
	highest, err := l.store.highest(v, l.history)
	free := store.Successor(highest)
	switch {
	case err != nil:
		return err
	case v.version() != from:
		return store.SwapConflict(from, v.st.generation)
	case free == 0:
		return store.Exhausted()
	case next != free:
		return store.SwapConflict(from, v.st.generation).With("next", free)
	default:
		return nil
	}
}

// commit is the part of CompareAndSwap that writes. It returns errChanged, with
// everything as others left it, when the config was changed since it was looked
// at.
func (l *lock) commit(v sight, next []store.Record) error {
	s := l.store
	last := next[len(next)-1]
	records, err := l.draftRecords(next)
	if err != nil {
		return err
	}
	config := &draft{
		op:    "write " + documentName,
		name:  s.temp(filepath.Dir(v.document), last.CommitID, tempConfig),
		bytes: last.Text,
		like:  v.document,
		as:    v.config.Info,
	}
	state := s.draftState(v, last.CommitID, stateOf(last))
	drafts := []*draft{records, config, state}
	if err := create(s.fs, s.history.dir, drafts...); err != nil {
		return err
	}
	switch err := l.swap(config, v.document, v.config); {
	case err == nil:
	case errors.Is(err, errUnsure):
		return unknown(err)
	default:
		discard(s.fs, drafts)
		if errors.Is(err, errChanged) {
			return errChanged
		}
		return l.notYet(config.op, err)
	}
	s.noteClaim(last.Generation)
	switch err := l.swap(state, s.path(stateName), v.state); {
	case err == nil:
	case errors.Is(err, errChanged):
		return l.overrun(next)
	default:
		return unknown(err)
	}
	s.noteMade(last.Generation)
	// Both files are in their places. What is put away now is in nobody's way,
	// and the fsync waits for the disk alone.
	var synced error
	var wg sync.WaitGroup
	wg.Go(func() { synced = l.syncDirs(filepath.Dir(v.document)) })
	l.tidy(v, config.name, state.name)
	l.prune(append(l.history, next[0].Generation), v.st.generation)
	wg.Wait()
	if synced != nil {
		return unknown(synced)
	}
	s.history.keep(next[0].Generation, records.made, asRead(next))
	if info, err := s.fs.Stat(s.history.dir); err == nil {
		s.bind(last.Generation, info.ModTime()) // spares the next read a look into the history
	}
	return nil
}

// errOverrun says that a peer took our lock over between the two exchanges.
var errOverrun = errors.New("a peer numbered its own commit in the middle of ours")

// overrun answers when the state was changed after the config was exchanged: a
// peer has taken our lock over and made a commit of its own. Its state is back
// in its place. If its config is there too, ours has never been current; if
// ours still is, nobody can tell which of the two came first.
func (l *lock) overrun(next []store.Record) error {
	now, err := l.store.look()
	if err != nil {
		return unknown(err)
	}
	if now.digest == next[len(next)-1].Digest {
		return unknown(errOverrun)
	}
	return store.SwapConflict(next[0].Parent, now.st.generation)
}

// tidy puts away what the two exchanges displaced.
func (l *lock) tidy(v sight, config, state string) {
	if v.config.Exists() {
		l.retire(config, v.config)
	}
	if v.state.Exists() {
		l.store.fs.Remove(state)
	}
}

// syncDirs makes the two renames durable.
func (l *lock) syncDirs(config string) error {
	s := l.store
	if config != s.options.Dir {
		if err := s.fs.SyncDir(config); err != nil {
			return err
		}
	}
	return s.fs.SyncDir(s.options.Dir)
}

func stateOf(r store.Record) state { return state{r.Generation, r.Digest} }

// prune removes the oldest commits' files above the number to keep, but never
// the newest two, nor that of the generation before this one: it is the current
// one until the disk has the new state. It hinders no commit: what cannot be
// removed stays.
func (l *lock) prune(c catalog, before uint64) {
	s := l.store
	if s.options.History < 0 {
		return
	}
	for i := 0; i < len(c)-max(s.options.History, 2); i++ {
		if i+1 < len(c) && c[i] <= before && before < c[i+1] {
			continue
		}
		s.fs.Remove(s.recordPath(c[i]))
	}
}

// check refuses a batch that breaks the contract. Here the id of the commit
// must be a UUID, because files are named after it.
func check(from store.Version, next []store.Record) error {
	if err := store.CheckBatch(from, next); err != nil {
		return err
	}
	for i, r := range next {
		if !isID(r.CommitID) || r.CommitID != next[0].CommitID {
			return fault.New(fault.Internal, "record %d of a commit has no commit id, or one of its own: this is a mistake in realmconf, please report it", i+1)
		}
	}
	return nil
}
