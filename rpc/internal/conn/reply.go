package conn

import (
	"bytes"
	"encoding/json"
	"slices"

	"realmconf/runtime/fault"
)

// setReply keeps the reply until it is written. A reply above the limit becomes
// an error that says so, except for a write that was done: that one never gets
// an error, but its shortest result.
func (m *message) setReply(result json.RawMessage, err error, limit int) {
	if err == nil {
		m.result, err = oneLine(result)
	}
	if size := m.replySize(); err == nil && size > limit && !m.shorten() {
		err = fault.New(fault.TooLarge, "the reply to %s has %d bytes, and %d is the limit: ask for a part with path", QuoteShort(m.Method), size, limit).
			With("bytes", size).With("limit", limit)
	}
	if err == nil {
		return
	}
	m.result = nil
	if m.failure = errorObject(err); m.replySize() > limit {
		m.failure = errorObject(fault.New(fault.Of(err).Kind, "the details of this error are above the limit of a reply: make the request smaller"))
	}
}

// shorten makes the reply to a write as short as possible. It reports false if
// the message is not a write that was done.
func (m *message) shorten() bool {
	if m.minimal == nil {
		return false
	}
	m.result = m.minimal()
	return true
}

// replySize returns the length of the reply with its newline.
func (m *message) replySize() int {
	return len(`{"error":,"id":,"jsonrpc":"2.0"}`) + 1 + len(m.ID) + len(m.result) + len(m.failure)
}

// appendReply appends the reply with sorted members.
func (m *message) appendReply(dst []byte) []byte {
	if m.batch != nil {
		return m.batch.appendReply(dst)
	}
	if m.failure != nil {
		dst = append(append(dst, `{"error":`...), m.failure...)
		dst = append(append(dst, `,"id":`...), m.ID...)
		return append(dst, `,"jsonrpc":"2.0"}`...)
	}
	dst = append(append(dst, `{"id":`...), m.ID...)
	dst = append(append(dst, `,"jsonrpc":"2.0","result":`...), m.result...)
	return append(dst, '}')
}

// appendFramedReply appends the reply in the framing of the request.
func (m *message) appendFramedReply(dst []byte) []byte {
	size := m.replySize()
	if m.batch != nil {
		size = m.batch.size
	}
	return m.Framing.AppendFrame(slices.Grow(dst, size), m.appendReply)
}

// oneLine removes the line breaks of a result.
func oneLine(raw json.RawMessage) (json.RawMessage, error) {
	if bytes.IndexByte(raw, '\n') < 0 {
		return raw, nil
	}
	var b bytes.Buffer
	err := json.Compact(&b, raw)
	return b.Bytes(), err
}
