package file

import (
	"bytes"
	"io/fs"
	"math"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
)

// sight is one look at a realm: what its two files held at one moment.
type sight struct {
	document string // the config's place, symbolic links resolved
	config   disk.Content
	state    disk.Content
	st       state        // what the state file says; zero when it does not exist
	digest   store.Digest // of the text; an absent config counts as an empty text
}

// version is the text that was seen under the number in the state.
func (v sight) version() store.Version {
	return store.Version{Generation: v.st.generation, Digest: v.digest}
}

// look reads the state, the config and the state again, until both states are
// the same: then no commit ended in between. It takes no lock.
func (s *Store) look() (sight, error) {
	if err := s.present(); err != nil {
		return sight{}, err
	}
	document, err := s.document()
	if err != nil {
		return sight{}, err
	}
	v := sight{document: document}
	if v.state, err = disk.Read(s.fs, s.path(stateName), maxRead); err != nil {
		return sight{}, fault.FromOS("read "+stateName, err)
	}
	for {
		if v.config, err = disk.Read(s.fs, document, maxRead); err != nil {
			return sight{}, fault.FromOS("read "+documentName, err)
		}
		again, err := disk.Read(s.fs, s.path(stateName), maxRead)
		if err != nil {
			return sight{}, fault.FromOS("read "+stateName, err)
		}
		same := again.Exists() == v.state.Exists() && bytes.Equal(again.Bytes, v.state.Bytes)
		v.state = again
		if same {
			break
		}
	}
	if v.config.Exists() && v.state.Exists() && s.fs.SameFile(v.config.Info, v.state.Info) {
		return sight{}, fault.New(fault.Storage, "%s and %s are one file: give %s a file of its own", documentName, stateName, documentName).
			With("op", "read "+documentName).With("reason", fault.IO)
	}
	v.digest = store.DigestOf(v.config.Bytes)
	if v.state.Exists() {
		if v.st, err = parseState(v.state.Bytes); err != nil {
			return sight{}, corruptState(err)
		}
	}
	s.observe(v)
	return v, nil
}

// present refuses a directory that has vanished since it was seen: to take it
// for a realm that does not exist yet would make an empty one in its place.
func (s *Store) present() error {
	if s.lastSeen() == 0 {
		return nil
	}
	if _, err := s.fs.Stat(s.options.Dir); err != nil {
		return fault.FromOS("read the realm's directory", err)
	}
	return nil
}

// verdict says what a sight is.
type verdict int

const (
	dirty      verdict = iota // the text is not the one of the state: somebody changed it around us, or a commit was torn
	clean                     // the text is the state's
	unrecorded                // clean, but by a peer whose number is not in the history yet
)

// judge tells whether the text belongs to the state. seen is the highest
// generation that was current before the look: a state below it is an older
// one that somebody put back.
func (s *Store) judge(v sight, seen uint64) (verdict, error) {
	switch {
	case seen > 0 && !v.state.Exists() && !v.config.Exists():
		c, err := s.history.list()
		if err == nil && len(c) == 0 { // a vanished realm is not made again
			err = fs.ErrNotExist
		}
		if err != nil {
			return dirty, fault.FromOS("read the realm", err)
		}
		return dirty, nil
	case v.st.generation < seen:
		return dirty, nil
	case !v.state.Exists() && v.config.Exists():
		return dirty, nil
	case !v.state.Exists():
		fresh, err := s.history.isFresh()
		if err != nil {
			return dirty, fault.FromOS("read "+historyName, err)
		}
		if !fresh {
			return dirty, nil // the files were lost, the numbers are taken
		}
		return clean, nil
	case v.st.generation == 0:
		return dirty, nil // 0 means no state
	case v.st.digest == v.digest:
		return clean, nil
	case v.st.digest != (store.Digest{}):
		return dirty, nil
	default:
		return s.judgePeers(v)
	}
}

// judgePeers judges a state without a digest: a peer wrote it. A peer renames
// the config first, so a config that is newer than the state was changed since.
// Once the number is in the history, that alone decides.
func (s *Store) judgePeers(v sight) (verdict, error) {
	if !v.config.Exists() {
		return dirty, nil
	}
	c, err := s.history.list()
	if err != nil {
		return dirty, fault.FromOS("read "+historyName, err)
	}
	r, bound, err := s.history.find(c, v.st.generation)
	if err != nil {
		return dirty, fault.FromOS("read "+historyName, err)
	}
	if bound && r.Generation != 0 && r.Digest == v.digest {
		return clean, nil
	}
	if bound || s.contradicts(v) {
		return dirty, nil
	}
	config, err := s.fs.ChangeTime(v.config.Info)
	if err != nil {
		return dirty, fault.FromOS("read "+documentName, err)
	}
	state, err := s.fs.ChangeTime(v.state.Info)
	if err != nil {
		return dirty, fault.FromOS("read "+stateName, err)
	}
	if config <= state {
		return unrecorded, nil
	}
	return dirty, nil
}

// base is the version that a state stands for: what a change made on top of it
// has as its parent. A peer's state without a record says only a number; a
// state that is lost says nothing. Then the newest record below holds the
// history together.
func (s *Store) base(v sight, c catalog) (store.Version, error) {
	limit := uint64(math.MaxUint64)
	if v.state.Exists() {
		if v.st.digest != (store.Digest{}) {
			return store.Version{Generation: v.st.generation, Digest: v.st.digest}, nil
		}
		r, _, err := s.history.find(c, v.st.generation)
		if err != nil {
			return store.Version{}, err
		}
		if r.Operation == store.Peer { // another's is a commit of ours that never came to be
			return r.Version, nil
		}
		limit = v.st.generation
	}
	r, found, err := s.history.below(c, limit)
	switch {
	case err != nil:
		return store.Version{}, err
	case found:
		return r.Version, nil
	case !v.state.Exists():
		return store.Empty(), nil
	default:
		return store.Version{Generation: v.st.generation}, nil
	}
}
