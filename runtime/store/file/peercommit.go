package file

import (
	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
)

// peerCommit is a peer's commit as a read saw it. A read writes nothing, so the
// number gets its record only with the next reconcile. If the text changes
// before that, the record is made from this.
type peerCommit struct {
	version store.Version // zero if there is none
	text    []byte
	state   disk.Content
}

func peerCommitOf(v view) peerCommit { return peerCommit{v.version(), v.configFile.Bytes, v.stateFile} }

// notePeerCommit keeps a peer's commit that a read saw.
func (s *Store) notePeerCommit(v view) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.peerCommit = peerCommitOf(v)
}

// contradictsPeerCommit reports whether a read has already seen the state's
// number with another text. The time stamps do not show it if an edit falls into
// the same tick of the clock as the peer's commit.
func (s *Store) contradictsPeerCommit(v view) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.peerCommit.version.Generation == v.state.generation && s.peerCommit.version.Digest != v.digest
}

// peerRecord returns the record that a peer's commit will have when it is
// recorded. It has no commit id, and the time of the state file.
func (s *Store) peerRecord(p peerCommit, parent store.Version) store.Record {
	r := s.externalRecord(p.version, parent, store.Peer, p.text)
	r.CommitID, r.Time = "", p.state.Info.ModTime().UTC()
	return r.Clone()
}

// recordPeerCommit records a peer's commit that a read saw and whose text was
// changed since. It reports whether it did.
func (l *lock) recordPeerCommit(v view, c catalog) (bool, error) {
	s := l.store
	s.mu.Lock()
	p := s.peerCommit
	s.mu.Unlock()
	if p.version.Generation == 0 || p.version.Generation != v.state.generation || v.state.digest != (store.Digest{}) {
		return false, nil
	}
	_, bound, err := s.history.find(v.budget, c, p.version.Generation)
	if err != nil || bound {
		return false, asFault("read "+historyName, err)
	}
	before, _, err := s.history.below(v.budget, c, p.version.Generation)
	if err != nil {
		return false, fault.FromOS("read "+historyName, err)
	}
	return true, l.writeRecord(s.externalRecord(p.version, before.Version, store.Peer, p.text), c)
}
