package conn

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"sync"

	"realmconf/schema/tree"
)

// maxResult is the limit of the result in a response, in bytes. The answer of a
// person is short.
const maxResult = 64 << 10

// Outgoing is a request to the client. The caller sends it, with Conn.Send.
type Outgoing struct {
	ID string // cannot be guessed

	// Response gets one response: the client's, or one without a result when
	// the input ends before.
	Response <-chan Response
}

// Response is the client's response to an Outgoing request.
type Response struct {
	ID     json.RawMessage // the client's bytes; nil if missing
	Result json.RawMessage // nil for an error, and for a response that is not well-formed or above maxResult
}

// isResponse reports whether a message with these members is a response.
func isResponse(members []tree.Member) bool {
	response := false
	for _, m := range members {
		switch m.Name {
		case "method":
			return false
		case "result", "error":
			response = true
		}
	}
	return response
}

// readResponse reads the members of a response.
func readResponse(members []tree.Member) Response {
	found := make(map[string]json.RawMessage, len(members))
	for _, m := range members {
		found[m.Name] = m.Value
	}
	r := Response{ID: found["id"]}
	if _, failed := found["error"]; !failed && string(found["jsonrpc"]) == `"2.0"` && len(found["result"]) <= maxResult {
		r.Result = bytes.Clone(found["result"]) // the rest of the text is not kept
	}
	return r
}

// outgoing is the table of the Outgoing requests that wait for their response.
// It is safe for concurrent use.
type outgoing struct {
	log *slog.Logger

	mu       sync.Mutex               // protects the fields below
	requests map[string]chan Response // by IDKey; each has room for its response
	ended    bool                     // no response can come any more
}

// open adds a request, if there are fewer than max.
func (o *outgoing) open(max int) (r *Outgoing, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.requests) >= max {
		return nil, false
	}
	response := make(chan Response, 1)
	r = &Outgoing{ID: "realmconf-" + rand.Text(), Response: response}
	if o.ended {
		response <- Response{}
		return r, true
	}
	if o.requests == nil {
		o.requests = make(map[string]chan Response)
	}
	o.requests[r.key()] = response
	return r, true
}

// close removes a request that waits for no response any more.
func (o *outgoing) close(r *Outgoing) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.requests, r.key())
}

// deliver hands a response to its request. It overtakes every request of the
// client. A response to no open request, or a second one, is dropped.
func (o *outgoing) deliver(r Response) {
	o.mu.Lock()
	defer o.mu.Unlock()
	key := ""
	if len(r.ID) <= maxID {
		key = IDKey(r.ID)
	}
	c := o.requests[key]
	if c == nil {
		o.log.Debug("response ignored: no open request has its id")
		return
	}
	delete(o.requests, key)
	c <- r
}

// deliverAll hands the responses of a batch to their requests.
func (o *outgoing) deliverAll(responses []Response) {
	for _, r := range responses {
		o.deliver(r)
	}
}

// end gives every request an empty response, also those that are opened later:
// the input has ended.
func (o *outgoing) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended = true
	for _, c := range o.requests {
		c <- Response{}
	}
	clear(o.requests)
}

// key returns the key of the request's id.
func (r *Outgoing) key() string { return IDKey(tree.Append(nil, r.ID)) }

// hasKey reports whether an id has a key of IDKey.
func hasKey(id json.RawMessage, key string) bool {
	if bytes.IndexByte(id, '\\') >= 0 {
		return IDKey(id) == key
	}
	if len(id) > 0 && id[0] == '"' {
		id = id[:len(id)-1] // the only spelling of the text between the quotes
	}
	return string(id) == key
}

// IDKey returns a key of an id: the same for two spellings of one id, and
// different for a string and a number.
func IDKey(id json.RawMessage) string {
	var text string
	if len(id) > 0 && id[0] == '"' && json.Unmarshal(id, &text) == nil {
		return `"` + text
	}
	return string(id)
}
