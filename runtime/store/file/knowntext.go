package file

import "realmconf/runtime/store"

// knownText is a text with its digest. A commit reads its long files several times, and
// finds mostly what it knows: then they are compared, and neither kept nor hashed.
type knownText struct {
	bytes  []byte
	digest store.Digest
}

// digestOf returns the digest of bytes that disk.ReadLike returned for this text.
func (t knownText) digestOf(bytes []byte) store.Digest {
	if len(bytes) > 0 && len(bytes) == len(t.bytes) && &bytes[0] == &t.bytes[0] {
		return t.digest
	}
	return store.DigestOf(bytes)
}

// lastText returns the text that was read or committed last.
func (s *Store) lastText() knownText {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known
}

// noteText notes a text that was read or committed.
func (s *Store) noteText(t knownText) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known = t
}
