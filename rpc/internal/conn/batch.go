package conn

import (
	"sync"

	"realmconf/runtime/fault"
)

// batch collects the replies to a batch. They are one list, which is written
// when the last of them is known.
type batch struct {
	message *message
	limit   int // bytes of the list

	mu      sync.Mutex // protects the fields below and inReply of the elements
	waiting int        // elements without their reply
	replies int        // in the list
	size    int        // of the list
}

func newBatch(m *message, limit int) *batch {
	return &batch{message: m, limit: limit, waiting: len(m.elements)}
}

// done takes in an element, with its reply if it gets one, and reports whether
// it was the last.
func (b *batch) done(m *message, replies bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if m.inReply = replies; replies {
		if size := b.size + m.replySize(); size > b.limit && !m.shorten() {
			m.result, m.failure = nil, errorObject(fault.New(fault.TooLarge,
				"the replies to this batch have more than %d bytes, which is the limit: send fewer requests at a time", b.limit).With("limit", b.limit))
		}
		b.size += m.replySize()
		b.replies++
	}
	m.minimal = nil // releases its memory: a batch may have many elements
	b.waiting--
	return b.waiting <= 0
}

// empty reports whether there is nothing to write: all elements were
// notifications or cancelled. All elements are done.
func (b *batch) empty() bool { return b.replies == 0 }

// appendReply appends the list of replies. All elements are done.
func (b *batch) appendReply(dst []byte) []byte {
	separator := byte('[')
	for _, m := range b.message.elements {
		if m.inReply {
			dst = m.appendReply(append(dst, separator))
			separator = ','
		}
	}
	return append(dst, ']')
}
