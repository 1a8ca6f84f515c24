package rpc

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// maxID is the longest id, in bytes of its JSON. An id is held as long as its
// request waits, and stands in the reply beside a result that has its own limit.
const maxID = 4096

// maxBatch is how many requests a batch may have.
const maxBatch = 1000

// message is one message: a request, a notification, a response, a batch of
// them, or bytes that are none of these and get their refusal in their turn. The
// library under us sees only its sequence number and its method.
type message struct {
	seq      uint64          // our own number for it; 0 inside a batch
	id       json.RawMessage // the client's bytes; nil for a notification, null where it could not be read
	method   string
	params   json.RawMessage // an object or an array; nil when absent
	at       int             // where params stand in the message
	size     int             // bytes of the message
	framing  framing         // of the request, and of its reply
	elements []*message      // of a batch; nil when it is none
	batched  bool            // it is an element
	owed     bool            // of an element: its answer is in the list
	batch    *batch          // a batch's answers; nil until it is opened
	refuse   *fault.Fault    // why it is not a request; nil when it is

	responses []response // what it says to questions of ours; those of a batch are no elements

	result  json.RawMessage // the answer: a result, or the error object
	failure json.RawMessage
	brief   func() json.RawMessage // the result of a write that was done, in its shortest form; nil for other answers

	// Protected by the pending table.
	revoked revocation
	weight  int    // the requests in it, once it is admitted
	aside   bool   // it waits for a person
	stop    func() // ends the call; nil before it has begun
}

// parse reads one message.
func parse(f frame) *message {
	m := parseObject(f.body)
	switch {
	case f.refuse != nil:
		m = new(message).refused(f.refuse)
	case len(f.body) > 0 && f.body[0] == '[':
		m = parseBatch(f.body)
	}
	m.framing, m.size = f.framing, len(f.body)
	return m
}

// parseObject reads what is no batch.
func parseObject(body []byte) *message {
	m := new(message)
	members, err := tree.Members(body)
	if err == nil && isResponse(members) {
		m.responses = []response{readResponse(members)}
		return m
	}
	// The members are read even when two of them have one name, for the id.
	f := m.read(members)
	if err != nil {
		f = notRequest(err)
	}
	if f != nil {
		return m.refused(f)
	}
	return m
}

// parseBatch reads a batch (JSON-RPC 2.0 section 6). Its elements are requests
// by themselves, and each is refused by itself.
func parseBatch(body []byte) *message {
	m := new(message)
	elements, err := tree.Elements(body)
	switch {
	case err != nil:
		return m.refused(notRequest(err))
	case len(elements) == 0:
		return m.refused(fault.New(fault.InvalidRequest, "an empty batch asks for nothing: put requests into it"))
	case len(elements) > maxBatch:
		return m.refused(fault.New(fault.InvalidRequest, "the batch has %d requests, and %d is the limit: send several", len(elements), maxBatch))
	}
	m.elements = make([]*message, 0, len(elements))
	for _, e := range elements {
		element := parseObject(e.Value)
		if element.isResponse() {
			m.responses = append(m.responses, element.responses...)
			continue
		}
		element.at += e.Offset
		element.batched = true
		m.elements = append(m.elements, element)
	}
	return m
}

// notRequest says why a text is not one JSON object.
func notRequest(err error) *fault.Fault {
	var d *tree.DecodeError
	errors.As(err, &d)
	switch {
	case d == nil || d.Kind == tree.Malformed:
		return fault.New(fault.ParseError, "the message is not JSON: %v", err)
	case d.Kind == tree.Duplicate:
		return fault.New(fault.InvalidRequest, "%v", err)
	default:
		return fault.New(fault.InvalidRequest, "a request is an object: send {\"jsonrpc\":\"2.0\",\"id\":…,\"method\":…,\"params\":…}")
	}
}

// read takes over the members of a frame, the id first of all, so that even a
// refusal can carry it.
func (m *message) read(members []tree.Member) *fault.Fault {
	found := make(map[string]tree.Member, len(members))
	ids := 0
	for _, member := range members {
		found[member.Name] = member
		if member.Name == "id" {
			ids++
		}
	}
	var idFault *fault.Fault
	if ids == 1 {
		m.id, idFault = readID(found["id"].Value)
	}
	if v, ok := found["jsonrpc"]; !ok || string(v.Value) != `"2.0"` {
		return fault.New(fault.InvalidRequest, "member jsonrpc must be \"2.0\"")
	}
	if idFault != nil {
		return idFault
	}
	method, ok := found["method"]
	if !ok || method.Value[0] != '"' || json.Unmarshal(method.Value, &m.method) != nil {
		return fault.New(fault.InvalidRequest, "member method must be a string, like \"config/get\"")
	}
	for _, name := range []string{"result", "error"} {
		if _, ok := found[name]; ok {
			return fault.New(fault.InvalidRequest, "member %s does not go with method: a message is a request or a response", name)
		}
	}
	if v, ok := found["params"]; ok {
		if v.Value[0] != '{' && v.Value[0] != '[' {
			return fault.New(fault.InvalidRequest, "member params must be an object: leave it out when there is nothing to say")
		}
		m.params, m.at = v.Value, v.Offset
	}
	return nil
}

// readID checks an id and keeps its bytes. JSON-RPC 2.0 section 4 allows
// fractions and null, and discourages both; MCP forbids them. A fraction that
// some client's arithmetic rounds would answer the wrong request.
func readID(raw json.RawMessage) (json.RawMessage, *fault.Fault) {
	switch c := raw[0]; {
	case len(raw) > maxID:
		return nil, fault.New(fault.InvalidRequest, "member id is longer than %d bytes: use a short one", maxID)
	case c == '"':
		return raw, nil
	case (c == '-' || (c >= '0' && c <= '9')) && !bytes.ContainsAny(raw, ".eE"):
		return raw, nil
	default:
		return nil, fault.New(fault.InvalidRequest, "member id must be a string or an integer: leave it out for a notification")
	}
}

// refused makes the message one that is only answered.
func (m *message) refused(f *fault.Fault) *message {
	m.refuse = f
	m.method, m.params = "", nil
	if m.id == nil {
		m.id = json.RawMessage("null") // JSON-RPC 2.0 section 5
	}
	return m
}

// appendSlim appends what the library under us gets to read, and nothing that it
// does not look at.
func (m *message) appendSlim(dst []byte) []byte {
	dst = strconv.AppendUint(append(dst, `{"id":`...), m.seq, 10)
	dst = tree.Append(append(dst, `,"method":`...), m.method)
	return append(dst, '}')
}

// settle keeps the answer until it is written. One that would make a reply
// above the limit is replaced by an error that says so; but a write that was
// done is never answered with an error.
func (m *message) settle(result json.RawMessage, err error, limit int) {
	if err == nil {
		m.result, err = oneLine(result)
	}
	if size := m.replySize(); err == nil && size > limit && !m.shorten() {
		err = fault.New(fault.TooLarge, "the reply to %s has %d bytes, and %d is the limit: ask for a part with path", clip(m.method), size, limit).
			With("bytes", size).With("limit", limit)
	}
	if err == nil {
		return
	}
	m.result = nil
	if m.failure = errorObject(err); m.replySize() > limit {
		m.failure = errorObject(fault.New(fault.Of(err).Kind, "the details of this error are too large to be told: make the request smaller"))
	}
}

// shorten makes the reply to a write as short as it can be. It reports false
// when the reply is not one to a write that was done.
func (m *message) shorten() bool {
	if m.brief == nil {
		return false
	}
	m.result = m.brief()
	return true
}

// replySize is how long the reply is.
func (m *message) replySize() int {
	return len(`{"error":,"id":,"jsonrpc":"2.0"}`) + 1 + len(m.id) + len(m.result) + len(m.failure)
}

// appendReply appends the reply, its members sorted.
func (m *message) appendReply(dst []byte) []byte {
	if m.batch != nil {
		return m.batch.appendReply(dst)
	}
	if m.failure != nil {
		dst = append(append(dst, `{"error":`...), m.failure...)
		dst = append(append(dst, `,"id":`...), m.id...)
		return append(dst, `,"jsonrpc":"2.0"}`...)
	}
	dst = append(append(dst, `{"id":`...), m.id...)
	dst = append(append(dst, `,"jsonrpc":"2.0","result":`...), m.result...)
	return append(dst, '}')
}

// oneLine makes sure that a result fits on a line, whatever made it.
func oneLine(raw json.RawMessage) (json.RawMessage, error) {
	if bytes.IndexByte(raw, '\n') < 0 {
		return raw, nil
	}
	var b bytes.Buffer
	err := json.Compact(&b, raw)
	return b.Bytes(), err
}
