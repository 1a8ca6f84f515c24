package conn

import (
	"bytes"
	"encoding/json"

	"realmconf/schema/tree"
)

// The estimate of the memory that a message takes until it is answered. It must
// not be too low: the limit of a connection is counted in it.
const (
	// requestMemory is for the goroutine of a request, its stack and its rows in the
	// tables.
	requestMemory = 4096
	// byteMemory is for one byte of a message: itself, and its copies in the decoded
	// value, in the text of the changed configuration, and in the reply.
	byteMemory = 4
	// valueMemory is for one decoded value. The worst is the only member of an
	// object, which has a map of its own.
	valueMemory = 384
)

// estimateMemory returns the memory for a message of this text with some
// requests. Each request is decoded up to tree.MaxKeys values.
func estimateMemory(text []byte, requests int) int {
	values := 0
	for _, c := range []string{",", ":", "[", "{"} { // each value follows one of them
		values += bytes.Count(text, []byte(c))
	}
	values = min(values, requests*tree.MaxKeys)
	return requests*requestMemory + len(text)*byteMemory + values*valueMemory
}

// forget releases the text of a message whose call has begun, and so has decoded
// its parameters. Calls may wait for long. It must be called with the lock of the
// pending table, which reads ids.
func (m *message) forget() {
	m.RawParams = nil
	if m.Batched || m.size > requestMemory {
		m.ID = bytes.Clone(m.ID)
	}
}

// hasManyMembers reports whether the text of an object or a list has more than
// max members or entries of its own. Only a text of valid JSON is counted
// exactly.
func hasManyMembers(text json.RawMessage, max int) bool {
	if len(text) < max*len("1,") {
		return false
	}
	depth, count, inString := 0, 1, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inString:
			if c == '\\' {
				i++
			} else if c == '"' {
				inString = false
			}
		case c == '"':
			inString = true
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			depth--
		case c == ',' && depth == 1:
			if count++; count > max {
				return true
			}
		}
	}
	return false
}
