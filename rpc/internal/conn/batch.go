package rpc

import (
	"sync"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// batch is a batch that is being answered. Its replies are one list, which is
// written when the last of them is there.
type batch struct {
	message *message
	limit   int // bytes of the list

	mu   sync.Mutex // protects the fields below, and what elements say of owed
	left int        // elements without their answer
	owed int        // answers that are due
	size int        // of them
}

func newBatch(m *message, limit int) *batch {
	return &batch{message: m, limit: limit, left: len(m.elements)}
}

// done takes in one element, with its answer if one is owed, and reports whether
// it was the last.
func (b *batch) done(m *message, owed bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if m.owed = owed; owed {
		if size := b.size + m.replySize(); size > b.limit && !m.shorten() {
			m.result, m.failure = nil, errorObject(fault.New(fault.TooLarge,
				"the replies to this batch have more than %d bytes, which is the limit: send fewer requests at a time", b.limit).With("limit", b.limit))
		}
		b.size += m.replySize()
		b.owed++
	}
	m.brief = nil // a batch may have many
	b.left--
	return b.left <= 0
}

// empty reports whether there is nothing to be written: all elements were
// notifications, or taken back. All elements are done.
func (b *batch) empty() bool { return b.owed == 0 }

// appendReply appends the list of replies. All elements are done.
func (b *batch) appendReply(dst []byte) []byte {
	separator := byte('[')
	for _, m := range b.message.elements {
		if m.owed {
			dst = m.appendReply(append(dst, separator))
			separator = ','
		}
	}
	return append(dst, ']')
}

// allowsBatch says whether a batch may be sent now. MCP 2025-03-26 has batches,
// and so has a client that speaks plain JSON-RPC; the other revisions have
// none.
func (d *dispatcher) allowsBatch(m *message) *fault.Fault {
	switch r := d.session.revision; r {
	case "", revision20250326:
	default:
		return fault.New(fault.InvalidRequest, "batches are not part of MCP %s: send one request at a time", r)
	}
	for _, element := range m.elements {
		if claims(element) {
			return fault.New(fault.InvalidRequest, "batches are not part of the protocol version that _meta names: send one request at a time")
		}
	}
	return nil
}

// claims reports whether a request names a protocol version by itself.
func claims(m *message) bool {
	params, err := tree.Decode(m.params)
	if err != nil {
		return false // and so it is refused
	}
	_, _, found := tree.Pointer{"_meta", keyVersion}.Get(params)
	return found
}
