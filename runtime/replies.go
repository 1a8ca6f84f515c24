package runtime

import (
	"encoding/json"
	"sync"
)

const (
	maxReplies     = 64
	maxReplyMemory = 8 << 20 // bytes of all of them
)

// replies are what a snapshot was rendered to. A configuration is read far more
// often than it changes.
type replies struct {
	mu    sync.Mutex // protects the fields below
	known map[any]json.RawMessage
	size  int // bytes of those in known
}

// Reply is what render gives, or gave when the snapshot was asked for this key
// before. Replies live as long as the snapshot, as many as there is room for; an
// error is not kept. Nobody writes into a reply.
func (s *Snapshot) Reply(key any, render func() (json.RawMessage, error)) (json.RawMessage, error) {
	r := s.replies
	if r == nil { // it is for nobody but one writer
		return render()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if reply, ok := r.known[key]; ok {
		return reply, nil
	}
	reply, err := render()
	if err != nil {
		return nil, err
	}
	if r.known == nil {
		r.known = make(map[any]json.RawMessage)
	}
	if len(r.known) < maxReplies && r.size+len(reply) <= maxReplyMemory {
		r.known[key] = reply
		r.size += len(reply)
	}
	return reply, nil
}
