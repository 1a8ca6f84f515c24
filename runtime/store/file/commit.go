package file

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"sync"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/internal/filelock"
	"realmconf/runtime/store"
)

// maxTries is how often a commit starts again because the config was changed
// under it.
const maxTries = 3

// CompareAndSwap commits the records, under the lock:
//
//	        reconcile, compare with from ── another version ──→ generation_conflict
//	                    │
//	config_history/N.json  new config  new state     written beside, fsynced
//	                    │
//	            fsync config_history                 a failure up to here: nothing happened
//	                    │
//	       ═══ config.toml ⇄ new config ═══          the commit point; the file that comes out
//	                    │                            must be the one that was read, or it goes back
//	       config_state.json ⇄ new state             a failure from here on: outcome_unknown,
//	                    │                            and the next one with the lock decides
//	     fsync both directories                      meanwhile the displaced files are put
//	                    │                            away, and the history is pruned
//	                 unlock
//
// A crash between the two exchanges leaves a config that the newest record knows
// and the state does not: the next reader or writer that gets the lock completes
// the state. A reader that cannot get it returns the text of the old state from
// its record or, without such a record, the new text under the old number; both
// are Pending.
func (s *Store) CompareAndSwap(ctx context.Context, from store.Version, next []store.Record) error {
	if err := checkCommit(from, next); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	disk.Begin(s.fs)
	defer disk.End(s.fs)
	if err := s.prepareDirs(from); err != nil {
		return err
	}
	w := filelock.NewWait(ctx, s.clock, s.options.LockTimeout)
	w.StillWanted = func() error { return s.checkCurrent(from) }
	w.Reserve = reserveTime(next[len(next)-1].Text)
	for changed := 0; changed < maxTries; {
		err := s.tryCommit(w, from, next)
		var young stillChangingError
		switch {
		case errors.As(err, &young):
			err = w.Sleep(min(young.wait, readWait)) // without the lock
			if errors.Is(err, filelock.ErrTimeUp) || errors.Is(err, context.DeadlineExceeded) {
				return stillWrittenFault(err)
			}
			if err != nil {
				return err
			}
		case errors.Is(err, errChanged): // nothing of this commit is left
			changed++
		default:
			return err
		}
	}
	return tooManyRacesFault()
}

// checkCurrent refuses a commit on a version that is not current any more, as
// far as the state alone shows it. A commit that has waited for others ends here
// and does not take the lock files to find the same. The next one of this process comes
// before those of others: see reserveTime.
func (s *Store) checkCurrent(from store.Version) error {
	c, err := disk.Read(s.fs, s.path(stateName), maxState)
	if err != nil || !c.Exists() {
		return nil // the commit finds the error under the lock
	}
	if st, err := parseState(c.Bytes); err == nil && st.generation > from.Generation && st.generation <= maxStateNumber {
		return store.SwapConflict(from, st.generation)
	}
	return nil
}

// tryCommit takes the lock and commits once.
func (s *Store) tryCommit(w filelock.Wait, from store.Version, next []store.Record) error {
	if err := s.yieldToOthers(w, yieldTime(next[len(next)-1].Text)); err != nil {
		return s.lockFault(err)
	}
	l, err := s.acquire(w)
	if err != nil {
		return err
	}
	defer l.Unlock()
	v, err := l.reconcile()
	if err != nil {
		s.swept = false
		return err
	}
	if err := l.compare(v, from, next[0].Generation); err != nil {
		return err
	}
	if err := s.checkWritable(v); err != nil {
		return err
	}
	if err := w.Context().Err(); err != nil {
		return err
	}
	if err := l.commit(v, next); err != nil {
		s.swept, s.listed = false, listing{}
		return err
	}
	return nil
}

// checkWritable refuses to replace a file that is no configuration and a config
// without a write bit for its owner. A rename would not notice the missing bit,
// which protects the file against changes.
func (s *Store) checkWritable(v view) error {
	if err := s.checkLinked(v.configPath, v.configFile.Bytes); err != nil {
		return err
	}
	if !v.configFile.Exists() || s.options.Force || v.configFile.Info.Mode()&0o200 != 0 {
		return nil
	}
	return fault.New(fault.Storage, "%s is protected against writing (mode %04o): make it writable for its owner if it may be changed (chmod u+w), or repeat the change with --force on the command line", s.name(), v.configFile.Info.Mode().Perm()).
		With("op", "write "+s.name()).With("reason", fault.Denied)
}

// prepareDirs creates the directories for a realm's first commit. Any other
// commit finds them, or is refused.
func (s *Store) prepareDirs(from store.Version) error {
	if s.options.Beside {
		return s.prepareBeside()
	}
	if err := s.checkPresent(); err != nil {
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
	return asFault("read the realm's directory", err)
}

// compare refuses a commit that was prepared on another version than the one
// under the lock, or for another number than the next free one.
func (l *lock) compare(v view, from store.Version, next uint64) error {
	highest, err := l.highestBound(v)
	free := store.Successor(highest)
	switch {
	case err != nil:
		return err
	case v.version() != from:
		return store.SwapConflict(from, v.state.generation)
	case free == 0:
		return store.ExhaustedFault()
	case next != free:
		return store.SwapConflict(from, v.state.generation).With("next", free)
	default:
		return nil
	}
}

// commit is the part of CompareAndSwap that writes. The steps, with the errors of
// each:
//
//  1. Create the record file, the new config and the new state, all durable. On an
//     error the files are removed: lock_timeout if a peer took the lock over, else
//     a storage fault.
//  2. Exchange the config: the commit point. errChanged if it is not the one of
//     the view any more, lock_timeout or a storage fault if nothing was exchanged:
//     the files are removed, and everything is as others left it. outcome_unknown
//     if it is not sure whether the exchange took place, or whether a peer has read
//     the new config before it went back (errUnsure).
//  3. Exchange the state. On any error the commit is outcome_unknown, and nothing is
//     undone: see errPeerOverran.
//  4. Make both exchanges durable, else outcome_unknown. Meanwhile the displaced
//     files are put away and old history files are removed: no program waits for
//     them.
func (l *lock) commit(v view, next []store.Record) error {
	s := l.store
	last := next[len(next)-1]
	superseded := l.overwritten(l.history, v.version())
	if superseded != (store.Version{}) {
		next = slices.Clone(next)
		next[0].Supersedes = superseded
	}
	records, err := l.newRecords(next)
	if err != nil {
		return err
	}
	newConfig := l.newConfig(v, last)
	newState := s.newState(v, last.CommitID, stateOf(last))
	notices := s.newSuperseded(superseded)
	newFiles := append(append([]*newFile{records}, notices...), newConfig, newState)
	if err := createDurable(s.fs, s.history.dir, newFiles...); err != nil {
		return err
	}
	switch err := l.swap(newConfig, v.configPath, v.configFile); {
	case err == nil:
	case errors.Is(err, errUnsure):
		return outcomeUnknownFault(err)
	default:
		discard(s.fs, newFiles)
		if errors.Is(err, errChanged) {
			return err
		}
		return l.beforeCommitFault(newConfig.op, err)
	}
	s.noteOwnGeneration(last.Generation)
	if err := l.swap(newState, s.path(stateName), v.stateFile); err != nil {
		if errors.Is(err, errChanged) {
			err = errPeerOverran
		}
		return outcomeUnknownFault(err)
	}
	s.noteMade(last.Generation)
	var synced error
	var wg sync.WaitGroup
	wg.Go(func() { synced = l.syncDirs(filepath.Dir(v.configPath)) })
	l.putAway(v, newConfig.name, newState.name)
	left := l.prune(l.history.with(next[0].Generation), v.state.generation, next[0].Generation)
	wg.Wait()
	if synced != nil {
		return outcomeUnknownFault(synced)
	}
	l.leaveNote(last.Version)
	s.noteSuperseded(notices)
	kept := asParsed(next)
	s.history.remember(next[0].Generation, records.info, kept)
	s.noteText(knownText{kept[len(kept)-1].Text, last.Digest})
	s.noteListing(left, last)
	return nil
}

// errPeerOverran says that a peer took the lock over between the two exchanges and
// numbered its own commit. Its state is back in its place. Whether the peer's text is in
// place or this commit's, the change may count: the peer may have read the text of this
// commit and built on it. A conflict would make the writer repeat the change on top of
// itself.
var errPeerOverran = errors.New("a peer numbered its own commit in the middle of this one")

// putAway moves or removes the files that the two exchanges displaced, which have the
// names of the new files now.
func (l *lock) putAway(v view, oldConfig, oldState string) {
	if v.configFile.Exists() {
		l.retire(oldConfig, v)
	}
	if v.stateFile.Exists() && l.store.fs.Remove(oldState) != nil {
		l.store.swept = false
	}
}

// syncDirs makes the two exchanges durable.
func (l *lock) syncDirs(configDir string) error {
	s := l.store
	if configDir != s.options.Dir {
		if err := s.fs.SyncDir(configDir); err != nil {
			return err
		}
	}
	return s.fs.SyncDir(s.options.Dir)
}

// checkCommit refuses a batch that breaks the Store's contract. The id of the
// commit must be a UUID, because files are named after it.
func checkCommit(from store.Version, next []store.Record) error {
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
