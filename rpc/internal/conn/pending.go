package conn

import (
	"encoding/json"
	"sync"
	"time"
)

// stallTime is how long the table may be full, with nothing answered, until
// requests are refused instead of waiting. It is longer than any wait for a
// lock.
const stallTime = 10 * time.Second

// pending is the table of the messages that were accepted and are not yet
// answered, by sequence number. The limits count them, except those that are
// suspended: they wait for a person, whose answer may come after any number of
// requests. It is safe for concurrent use.
type pending struct {
	maxCount int
	maxBytes int

	mu        sync.Mutex // protects the fields below and the last fields of message
	changed   *sync.Cond // on mu: a message was removed or suspended, stopped or abandoned was set, or time has passed
	messages  map[uint64]*message
	suspended int       // messages that are suspended
	weight    int       // requests in the others
	bytes     int       // of the others
	moved     time.Time // when a message was last added or removed
	last      uint64    // the newest sequence number
	stopped   bool      // no message is accepted any more
	abandoned bool      // the replies have no reader
}

// admission is the outcome of pending.admit.
type admission int

const (
	admitted admission = iota
	busy               // there is no room, and there was none for stallTime
	ended              // the table was stopped
)

// Cancellation is whether and how a client has cancelled a request.
type Cancellation int

const (
	notCancelled Cancellation = iota
	// WithReply is a cancellation whose client still waits for a reply.
	WithReply
	// WithoutReply is a cancellation whose client must get no reply.
	WithoutReply
)

func newPending(maxCount, maxBytes int) *pending {
	p := &pending{maxCount: maxCount, maxBytes: maxBytes, messages: make(map[uint64]*message)}
	p.changed = sync.NewCond(&p.mu)
	return p
}

// admit accepts a message and numbers it. At the limits it waits, which slows
// down a client that sends faster than it is served. A message that is larger
// than the limit is admitted when the table is empty.
func (p *pending) admit(m *message) admission {
	p.mu.Lock()
	defer p.mu.Unlock()
	m.weight = max(1, len(m.elements)) // kept: a batch that is refused loses its elements
	for !p.stopped && p.weight > 0 && (p.weight+m.weight > p.maxCount || p.bytes+m.size > p.maxBytes) {
		left := stallTime - time.Since(p.moved)
		if left <= 0 {
			return busy
		}
		timer := time.AfterFunc(left, p.changed.Broadcast)
		p.changed.Wait()
		timer.Stop()
	}
	if p.stopped {
		return ended
	}
	p.last++
	m.seq = p.last
	p.messages[m.seq] = m
	p.weight += m.weight
	p.bytes += m.size
	p.moved = time.Now()
	return admitted
}

// get returns a message, or nil.
func (p *pending) get(seq uint64) *message {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.messages[seq]
}

// remove removes a message and returns the number of messages that are not
// suspended: those that will be answered soon.
func (p *pending) remove(seq uint64) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if m := p.messages[seq]; m != nil {
		p.suspendLocked(m, false)
		delete(p.messages, seq)
		p.weight -= m.weight
		p.bytes -= m.size
		p.moved = time.Now()
		p.changed.Broadcast()
	}
	return len(p.messages) - p.suspended
}

// suspend sets whether a message waits for a person. When it goes on it counts
// again, even if that exceeds the limits.
func (p *pending) suspend(m *message, suspended bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.suspendLocked(m, suspended)
}

func (p *pending) suspendLocked(m *message, suspended bool) {
	if p.messages[m.seq] != m || m.suspended == suspended {
		return
	}
	m.suspended = suspended
	sign := 1
	if suspended {
		sign = -1
	}
	p.suspended -= sign
	p.weight += sign * m.weight
	p.bytes += sign * m.size
	p.moved = time.Now()
	p.changed.Broadcast()
}

// dissolve makes a refused batch a message without an id: no request in it can
// be cancelled any more.
func (p *pending) dissolve(m *message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	m.elements, m.ID = nil, json.RawMessage("null")
}

// begin keeps the function that ends a message's call. It reports false if the
// message was cancelled.
func (p *pending) begin(m *message, stop func()) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	m.stop = stop
	return m.cancelled == notCancelled
}

// wantsReply reports whether the client of a message waits for a reply.
func (p *pending) wantsReply(m *message) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return m.cancelled != WithoutReply
}

// cancel cancels the requests with an id that mayCancel accepts, and ends their
// calls. It reports whether there were any.
func (p *pending) cancel(id json.RawMessage, how Cancellation, mayCancel func(*Request) bool) bool {
	p.mu.Lock()
	key, found := IDKey(id), false
	var stops []func()
	for _, m := range p.messages {
		for _, one := range append([]*message{m}, m.elements...) {
			if one.ID == nil || one.cancelled != notCancelled || IDKey(one.ID) != key || !mayCancel(&one.Request) {
				continue
			}
			one.cancelled, found = how, true
			p.moved = time.Now() // it is removed soon
			if one.stop != nil {
				stops = append(stops, one.stop)
			}
		}
	}
	p.mu.Unlock()
	for _, stop := range stops {
		stop()
	}
	return found
}

// count returns the number of messages that are not suspended.
func (p *pending) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.messages) - p.suspended
}

// drain stops the table and waits until it is empty or abandoned.
func (p *pending) drain() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = true
	p.changed.Broadcast()
	for len(p.messages) > 0 && !p.abandoned {
		p.changed.Wait()
	}
}

// abandon stops the table and ends all waiting: the replies have no reader.
func (p *pending) abandon() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped, p.abandoned = true, true
	p.changed.Broadcast()
}
