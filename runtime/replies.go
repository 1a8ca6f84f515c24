package runtime

import (
	"encoding/json"
	"sync"
)

const (
	maxReplies     = 64
	maxReplyMemory = 8 << 20 // bytes of all replies of one snapshot
)

// replies are the rendered replies of a snapshot: a configuration is read far
// more often than it changes.
type replies struct {
	mu    sync.Mutex // protects the fields below
	known map[string]json.RawMessage
	size  int // bytes of those in known
}

// Reply returns the reply for a key: the result of an earlier call with the same
// key, or else that of render. Replies are kept as long as the snapshot, within
// limits; errors are not kept. The key may be used again. A caller must not change a reply.
func (s *Snapshot) Reply(key []byte, render func() (json.RawMessage, error)) (json.RawMessage, error) {
	r := &s.replies
	r.mu.Lock()
	defer r.mu.Unlock()
	if reply, ok := r.known[string(key)]; ok {
		return reply, nil
	}
	reply, err := render()
	if err != nil {
		return nil, err
	}
	if r.known == nil {
		r.known = make(map[string]json.RawMessage)
	}
	if len(r.known) < maxReplies && r.size+len(reply) <= maxReplyMemory {
		r.known[string(key)] = reply
		r.size += len(reply)
	}
	return reply, nil
}
