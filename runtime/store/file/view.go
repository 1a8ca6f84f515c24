package file

import (
	"bytes"
	"context"
	"io/fs"
	"math"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
)

// view is what a realm's two files held at one moment.
type view struct {
	configPath string // the path of the config, without symbolic links
	configFile disk.Content
	stateFile  disk.Content
	damage     error                // why the state cannot be read as one: then it counts as missing
	state      state                // the parsed state; zero when the file does not exist or is damaged
	digest     store.Digest         // of the text; a missing config counts as an empty text
	budget     *store.HistoryBudget // of the request
}

// hasState reports whether there is a state that is not damaged.
func (v view) hasState() bool { return v.stateFile.Exists() && v.damage == nil }

// version is the text of the view under the number in its state.
func (v view) version() store.Version {
	return store.Version{Generation: v.state.generation, Digest: v.digest}
}

// maxViews is how often readView starts again because the state changes under it.
const maxViews = 100

// readView reads the state, the config and the state again, until both states
// are the same: then no commit ended in between. It takes no lock. The searches of
// the history that the view needs are spent from b.
func (s *Store) readView(ctx context.Context, b *store.HistoryBudget) (view, error) {
	if err := s.checkPresent(); err != nil {
		return view{}, err
	}
	configPath, err := s.configPath()
	if err != nil {
		return view{}, err
	}
	v := view{configPath: configPath, budget: b}
	known := s.lastText()
	if v.stateFile, v.damage, err = s.readState(); err != nil {
		return view{}, err
	}
	for tries := 1; ; tries++ {
		if v.configFile, err = disk.ReadLike(s.fs, configPath, known.bytes, maxText); err != nil {
			return view{}, s.readFault(err)
		}
		again, damage, err := s.readState()
		if err != nil {
			return view{}, err
		}
		same := again.Exists() == v.stateFile.Exists() && bytes.Equal(again.Bytes, v.stateFile.Bytes) && (damage == nil) == (v.damage == nil)
		v.stateFile, v.damage = again, damage
		if same {
			break
		}
		if err := ctx.Err(); err != nil {
			return view{}, err
		}
		if tries == maxViews {
			return view{}, changesTooOftenFault()
		}
	}
	if v.configFile.Exists() && v.stateFile.Exists() && s.fs.SameFile(v.configFile.Info, v.stateFile.Info) {
		return view{}, fault.New(fault.Storage, "%s and %s are one file: give %[1]s a file of its own", s.name(), stateName).
			With("op", "read "+s.name()).With("reason", fault.IO)
	}
	v.digest = known.digestOf(v.configFile.Bytes)
	s.noteText(knownText{v.configFile.Bytes, v.digest})
	if v.hasState() {
		if v.state, v.damage, err = s.parseUsableState(v.stateFile.Bytes); err != nil {
			return view{}, err
		}
	}
	s.noteChange(v)
	s.noteExposed(v)
	return v, nil
}

// checkPresent refuses a directory that was there and has vanished: to treat it
// as a realm that does not exist yet would create an empty one in its place.
func (s *Store) checkPresent() error {
	if s.options.Beside {
		return s.checkBeside()
	}
	if s.lastSeen() == 0 {
		return nil
	}
	if _, err := s.fs.Stat(s.options.Dir); err != nil {
		return fault.FromOS("read the realm's directory", err)
	}
	return nil
}

// condition says whether the text and the state of a view belong together. The
// other words of this package for it:
//
//   - A torn commit is one reason for dirty: it ended between its two exchanges.
//   - store.State is Pending when a read returns while its view is dirty; clients
//     then see reconcile_pending.
//   - An unrecorded view is not Pending: it has its number already, and the next
//     write adds the record.
type condition int

const (
	dirty      condition = iota // the text is not the state's: another program changed it, or a commit was torn
	clean                       // the text is the state's
	unrecorded                  // clean, by a peer's commit that has no record yet
)

// classify reports whether the text of a view is its state's. No other function
// decides that. newest is the highest generation that was current before the
// view was read. The first line that applies decides:
//
//	the state is missing or damaged          clean if the realm does not exist yet: classifyMissing
//	the state's number is below newest       dirty: an old state was restored
//	the state's number is 0                  dirty: 0 is the number of a realm without a state
//	the state has a digest                   clean if it is the text's
//	the state has no digest: a peer wrote it the history or the time stamps decide: classifyPeerState
func (s *Store) classify(v view, newest uint64) (condition, error) {
	switch {
	case !v.hasState():
		return s.classifyMissing(v, newest)
	case v.state.generation < newest || v.state.generation == 0:
		return dirty, nil
	case v.state.digest == v.digest:
		return clean, nil
	case v.state.digest != (store.Digest{}):
		return dirty, nil
	default:
		return s.classifyPeerState(v)
	}
}

// classifyMissing classifies a view without a state. A realm that was there and
// of which nothing is left is an error: it is not created again. A realm that
// has neither a config nor a history does not exist yet, and is clean. Otherwise
// the state was lost: its numbers are in the history, or there is a config that
// needs one.
func (s *Store) classifyMissing(v view, newest uint64) (condition, error) {
	if v.configFile.Exists() || v.damage != nil {
		return dirty, nil
	}
	if newest > 0 {
		c, err := s.history.list()
		if err == nil && len(c) == 0 {
			err = fs.ErrNotExist
		}
		if err != nil {
			return dirty, fault.FromOS("read "+historyName, err)
		}
		return dirty, nil
	}
	fresh, err := s.history.isFresh(v.budget)
	if err != nil {
		return dirty, fault.FromOS("read "+historyName, err)
	}
	if !fresh {
		return dirty, nil
	}
	return clean, nil
}

// classifyPeerState classifies a view whose state has no digest. If the number
// is in the history, its record decides. Otherwise the time stamps do: a peer
// renames the config first, so a config that is newer than the state was changed
// after the peer's commit. An edit in the same tick of the clock is seen only if
// this process has read the peer's commit before. A record that this process may not
// read does not decide: a commit is refused later, when it needs the record.
func (s *Store) classifyPeerState(v view) (condition, error) {
	if !v.configFile.Exists() {
		return dirty, nil
	}
	c, err := s.history.list()
	if err != nil && !isDenied(err) {
		return dirty, fault.FromOS("read "+historyName, err)
	}
	r, bound, err := s.history.find(v.budget, c, v.state.generation)
	if err != nil && !isDenied(err) {
		return dirty, fault.FromOS("read "+historyName, err)
	}
	if bound && r.Generation != 0 && r.Digest == v.digest {
		return clean, nil
	}
	if bound {
		return dirty, nil
	}
	whole, err := s.isPeerCommit(v)
	if err != nil || !whole {
		return dirty, err
	}
	return unrecorded, nil
}

// isPeerCommit reports whether the text and the state of a view are those of one
// commit of a peer, by their time stamps. The number may be in use all the same.
func (s *Store) isPeerCommit(v view) (bool, error) {
	if !v.hasState() || v.state.digest != (store.Digest{}) || !v.configFile.Exists() || s.contradictsPeerCommit(v) {
		return false, nil
	}
	config, err := s.fs.ChangeTime(v.configFile.Info)
	if err != nil {
		return false, fault.FromOS("read "+s.name(), err)
	}
	state, err := s.fs.ChangeTime(v.stateFile.Info)
	if err != nil {
		return false, fault.FromOS("read "+stateName, err)
	}
	return config <= state, nil
}

// parentOf returns the version that a change on top of a view has as its parent:
// the version that the state means. A peer's state without a record has only a
// number, and a lost state has nothing. Then it is the newest record below, so
// that the records stay one chain.
func (s *Store) parentOf(v view, c catalog) (store.Version, error) {
	limit := uint64(math.MaxUint64)
	if v.hasState() {
		if v.state.digest != (store.Digest{}) {
			return store.Version{Generation: v.state.generation, Digest: v.state.digest}, nil
		}
		r, _, err := s.history.find(v.budget, c, v.state.generation)
		if err != nil {
			return store.Version{}, err
		}
		if r.Operation == store.Peer { // any other record is of a commit that was never current
			return r.Version, nil
		}
		limit = v.state.generation
	}
	r, found, err := s.history.below(v.budget, c, limit)
	switch {
	case err != nil:
		return store.Version{}, err
	case found:
		return r.Version, nil
	case !v.hasState():
		return store.Empty(), nil
	default:
		return store.Version{Generation: v.state.generation}, nil
	}
}
