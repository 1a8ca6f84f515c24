package rpc

import (
	"encoding/json"

	"realmconf/schema/tree"
)

// response is what the client says to a question of ours.
type response struct {
	id     json.RawMessage // as it stands there; nil when it is missing
	result json.RawMessage // nil for an error, and for what is not well-formed
}

// isResponse reports whether a message says something to questions, and nothing
// else.
func (m *message) isResponse() bool { return m.responses != nil && m.elements == nil }

// isResponse reports whether a frame answers a request.
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

// readResponse reads a frame that is a response.
func readResponse(members []tree.Member) response {
	found := make(map[string]json.RawMessage, len(members))
	for _, m := range members {
		found[m.Name] = m.Value
	}
	r := response{id: found["id"]}
	if _, failed := found["error"]; !failed && string(found["jsonrpc"]) == `"2.0"` {
		r.result = found["result"]
	}
	return r
}
