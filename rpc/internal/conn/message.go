package conn

import (
	"bytes"
	"encoding/json"
	"errors"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"

	"realmconf/rpc/internal/frame"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// maxID is the limit of an id in bytes of JSON. An id is held until its request
// is answered, and is part of the reply beside a result with its own limit.
const maxID = 4096

const (
	// maxBatch is the limit of requests in a batch.
	maxBatch = 1000
	// maxMembers is the limit of members of a message, and of the parameters of a
	// notification. Members without a meaning are ignored, but each is read.
	maxMembers = 1000
	// maxMethod is the length at which the name of a method is cut. No method has
	// so long a name.
	maxMethod = 256
	// shortText is the length up to which the memory of a message is used for the next
	// one, which may wait for long and then holds all of it.
	shortText = 512
	// usualMembers is how many members most messages have.
	usualMembers = 4
)

// message is one message: a request, a notification, a response, a batch of
// these, or anything else, which gets an error. The JSON-RPC library
// sees only its sequence number and its method.
type message struct {
	Request
	seq       uint64       // the number that conn gave it; 0 inside a batch
	size      int          // bytes of the message
	text      []byte       // the message, if it is not longer than shortText
	memory    int          // estimate of what it takes until it is answered
	elements  []*message   // requests and notifications of a batch; nil if it is not a batch
	responses []Response   // to the server's requests; not among elements
	refusal   *fault.Fault // why it is not a request; nil if it is one

	begun *Call // if a reader has begun it and left it to the executor; otherwise nil

	result  json.RawMessage        // the reply: a result or an error object
	failure json.RawMessage        // the error object
	minimal func() json.RawMessage // the shortest result of a write that was done; nil for other replies
	batch   *batch                 // the replies to a batch; nil until it is begun
	inReply bool                   // of an element: its reply is part of the batch's

	// Protected by the pending table.
	cancelled Cancellation
	weight    int    // the requests in it, once it is admitted
	suspended bool   // it waits for a person
	stop      func() // ends the call; nil before it has begun
}

// parse reads one message into m, which is empty, and returns it.
func parse(f frame.Frame, m *message) *message {
	switch {
	case f.Err != nil && f.Err.TooLong:
		m.refuse(fault.New(fault.InvalidRequest, "%s", f.Err.Text))
	case f.Err != nil:
		m.refuse(fault.New(fault.ParseError, "%s", f.Err.Text))
	case len(f.Body) > 0 && f.Body[0] == '[':
		m.parseBatch(f.Body)
	default:
		m.parseSingle(f.Body)
	}
	m.Framing, m.size = f.Framing, len(f.Body)
	if m.size <= shortText {
		m.text = f.Body
	}
	m.memory = requestMemory
	if m.refusal == nil {
		m.memory = estimateMemory(f.Body, max(1, len(m.elements)))
	}
	for _, e := range m.elements {
		e.Framing = f.Framing
	}
	return m
}

// parseSingle reads a message that is not a batch.
func (m *message) parseSingle(body []byte) *message {
	if hasManyMembers(body, maxMembers) {
		return m.refuse(fault.New(fault.InvalidRequest, "the message has more than %d members: send jsonrpc, id, method and params", maxMembers))
	}
	var usual [usualMembers]tree.Member
	members, err := tree.AppendMembers(usual[:0], body)
	if err == nil && isResponse(members) {
		m.responses = []Response{readResponse(members)}
		return m
	}
	// The members are read even if one of them is there twice, because of the id.
	refusal := m.read(members)
	if err != nil {
		refusal = notRequest(err)
	}
	if refusal != nil {
		return m.refuse(refusal)
	}
	return m
}

// parseBatch reads a batch (JSON-RPC 2.0 section 6). Its elements are requests
// of their own: one that is wrong is refused alone.
func (m *message) parseBatch(body []byte) *message {
	if hasManyMembers(body, maxBatch) {
		return m.refuse(fault.New(fault.InvalidRequest, "the batch has more than %d requests, which is the limit: send several", maxBatch))
	}
	elements, err := tree.Elements(body)
	switch {
	case err != nil:
		return m.refuse(notRequest(err))
	case len(elements) == 0:
		return m.refuse(fault.New(fault.InvalidRequest, "an empty batch asks for nothing: put requests into it"))
	}
	m.elements = make([]*message, 0, len(elements))
	for _, e := range elements {
		element := new(message).parseSingle(e.Value)
		if element.isResponse() {
			m.responses = append(m.responses, element.responses...)
			continue
		}
		element.offset += e.Offset
		element.Batched = true
		m.elements = append(m.elements, element)
	}
	return m
}

// notRequest returns the refusal of a text that is not one JSON object.
func notRequest(err error) *fault.Fault {
	var d *tree.DecodeError
	errors.As(err, &d)
	switch {
	case d == nil:
		return fault.New(fault.ParseError, "the message is not JSON: %v", err)
	case d.Kind == tree.Malformed:
		return fault.New(fault.ParseError, "the message is not JSON: %s", decodeReason(d))
	case d.Kind == tree.Duplicate:
		return fault.New(fault.InvalidRequest, "%s", decodeReason(d))
	default:
		return fault.New(fault.InvalidRequest, "a request is an object: send {\"jsonrpc\":\"2.0\",\"id\":…,\"method\":…,\"params\":…}")
	}
}

// read takes over the members of a message, the id first, so that a refusal can
// carry it.
func (m *message) read(members []tree.Member) *fault.Fault {
	var id, version, method, params, outcome tree.Member
	ids := 0
	for _, member := range members {
		switch member.Name {
		case "id":
			id = member
			ids++
		case "jsonrpc":
			version = member
		case "method":
			method = member
		case "params":
			params = member
		case "result", "error":
			if outcome.Name != "result" {
				outcome = member
			}
		}
	}
	var idRefusal *fault.Fault
	if ids == 1 {
		m.ID, idRefusal = readID(id.Value)
	}
	switch {
	case string(version.Value) != `"2.0"`:
		return fault.New(fault.InvalidRequest, "member jsonrpc must be \"2.0\"")
	case idRefusal != nil:
		return idRefusal
	case !m.readMethod(method.Value):
		return fault.New(fault.InvalidRequest, "member method must be a string, like \"config/get\"")
	case outcome.Value != nil:
		return fault.New(fault.InvalidRequest, "member %s does not go with method: a message is a request or a response", outcome.Name)
	case params.Value == nil || string(params.Value) == "null":
		return nil // clients with an optional parameter object send null
	case params.Value[0] != '{' && params.Value[0] != '[':
		if ids == 0 {
			return nil // a notification is never answered, and without parameters has no effect
		}
		return fault.New(fault.InvalidRequest, "member params must be an object: leave it out when there is nothing to say")
	}
	m.RawParams, m.offset = params.Value, params.Offset
	return nil
}

// readMethod reads the name of the method, and reports whether it is one.
func (m *message) readMethod(raw json.RawMessage) bool {
	switch {
	case len(raw) == 0 || raw[0] != '"':
		return false
	case bytes.IndexByte(raw, '\\') < 0: // its bytes were checked
		m.Method = string(raw[1:min(len(raw)-1, 1+maxMethod+utf8.UTFMax)])
	case json.Unmarshal(raw, &m.Method) != nil:
		return false
	}
	if len(m.Method) > maxMethod {
		m.Method = strings.Clone(Prefix(m.Method, maxMethod))
	}
	return true
}

// readID checks an id and keeps its bytes. JSON-RPC 2.0 section 4 allows
// fractions and null, and discourages both; MCP forbids them. A fraction that a
// client's arithmetic rounds would answer the wrong request.
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

// refuse makes the message one that gets an error as its reply and is not a
// request.
func (m *message) refuse(f *fault.Fault) *message {
	m.refusal = f
	m.Method, m.RawParams = "", nil
	if m.ID == nil {
		m.ID = json.RawMessage("null") // JSON-RPC 2.0 section 5
	}
	m.ID = bytes.Clone(m.ID) // and not the whole text, of which it is a part
	return m
}

// requests returns the elements of a batch.
func (m *message) requests() iter.Seq[*Request] {
	return func(yield func(*Request) bool) {
		for _, element := range m.elements {
			if !yield(&element.Request) {
				return
			}
		}
	}
}

// isNotification reports whether the message is a single notification.
func (m *message) isNotification() bool { return m.ID == nil && m.elements == nil }

// isResponse reports whether the message is a single response.
func (m *message) isResponse() bool { return m.responses != nil && m.elements == nil }

// appendNumbered appends what the JSON-RPC library reads of the message.
func (m *message) appendNumbered(dst []byte) []byte {
	dst = strconv.AppendUint(append(dst, `{"id":`...), m.seq, 10)
	dst = tree.Append(append(dst, `,"method":`...), m.Method)
	return append(dst, '}')
}
