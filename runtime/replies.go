package runtime

import (
	"encoding/json"
	"sync"
)

// replies are what a snapshot was rendered to. A configuration is read far more
// often than it changes.
type replies struct {
	mu    sync.Mutex // protects known
	known map[any]json.RawMessage
}

// Reply is what render gave when the snapshot was first asked for this key; an
// error is not kept. Replies live as long as the snapshot, so there must be few
// keys. Nobody writes into a reply.
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
	r.known[key] = reply
	return reply, nil
}
