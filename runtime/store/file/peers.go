package file

import (
	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
)

// peers is a peer's commit as a read saw it. A read writes nothing, so the
// number gets its record only with the next reconcile; if somebody changes the
// text before that, this is what the record is made from.
type peers struct {
	version store.Version // zero for none
	text    []byte
	state   disk.Content
}

func peersOf(v sight) peers { return peers{v.version(), v.config.Bytes, v.state} }

// notePeers keeps what a read saw of a peer's commit.
func (s *Store) notePeers(v sight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.peers = peersOf(v)
}

// contradicts reports whether a read has already seen the number of a state
// with another text: an edit can fall into the same tick of the clock that
// stamps files as the peer's commit.
func (s *Store) contradicts(v sight) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.peers.version.Generation == v.st.generation && s.peers.version.Digest != v.digest
}

// unbound is the record that a peer's commit will have once its number is
// bound. It has no commit id, and the time is the file's.
func (s *Store) unbound(p peers, parent store.Version) store.Record {
	r := s.around(p.version, parent, store.Peer, p.text)
	r.CommitID, r.Time = "", p.state.Info.ModTime().UTC()
	return r.Clone()
}

// recordPeers binds the number of a peer's commit that was read and that a
// change around us has overtaken since, and reports whether it did.
func (l *lock) recordPeers(v sight, c catalog) (bool, error) {
	s := l.store
	s.mu.Lock()
	p := s.peers
	s.mu.Unlock()
	if p.version.Generation == 0 || p.version.Generation != v.st.generation || v.st.digest != (store.Digest{}) {
		return false, nil
	}
	_, bound, err := s.history.find(c, p.version.Generation)
	if err != nil || bound {
		return false, s.asFault("read "+historyName, err)
	}
	before, _, err := s.history.below(c, p.version.Generation)
	if err != nil {
		return false, fault.FromOS("read "+historyName, err)
	}
	return true, l.writeRecord(s.around(p.version, before.Version, store.Peer, p.text))
}
