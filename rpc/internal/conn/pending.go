package conn

import (
	"encoding/json"
	"slices"
	"sync"
	"time"
)

// stallTime is how long the table may be full, with nothing answered, until
// requests are refused instead of waiting. It is longer than any wait for a
// lock.
const stallTime = 10 * time.Second

// pending is the table of the messages that were accepted and are not yet
// answered, by sequence number, and the queue of those that wait to be accepted.
// The limits count the accepted ones. Messages that are suspended, because they
// wait for a person, count for their memory only: the person's answer may come
// after any number of requests. It is safe for concurrent use.
type pending struct {
	maxCount  int
	maxMemory int // and half of it for the suspended messages

	mu        sync.Mutex    // protects the fields below and the last fields of message
	changed   *sync.Cond    // on mu: see announceLocked
	room      chan struct{} // closed by announceLocked; nil while no goroutine waits for it
	messages  map[uint64]*message
	queue     []*message // in the order of their arrival
	suspended usage      // of the messages that are suspended
	active    usage      // of the others
	waiting   usage      // of the queue
	moved     time.Time  // when a message was last accepted, removed or suspended
	newest    any        // the Arrival of the message that was accepted last
	last      uint64     // the newest sequence number
	stopped   bool       // no message is accepted any more
	abandoned bool       // the replies have no reader
}

// usage is how much of the limits some messages take.
type usage struct {
	messages int
	requests int // in the messages: a batch has several
	memory   int
}

// add adds a message, or subtracts it if sign is negative.
func (u *usage) add(m *message, sign int) {
	u.messages += sign
	u.requests += sign * m.weight
	u.memory += sign * m.memory
}

// admission is the outcome of pending.admit.
type admission int

const (
	noMessage admission = iota // the queue is empty
	admitted                   // the message has a number and is in the table
	noRoom                     // the message stays in the queue
	busy                       // there is no room, and there was none for stallTime
	ended                      // the table was stopped
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

func newPending(maxCount, maxMemory int) *pending {
	p := &pending{maxCount: maxCount, maxMemory: maxMemory, messages: make(map[uint64]*message)}
	p.changed = sync.NewCond(&p.mu)
	return p
}

// announceLocked wakes the goroutines that wait for a change: a message was
// removed or suspended, or the table was stopped or abandoned.
func (p *pending) announceLocked() {
	p.changed.Broadcast()
	if p.room != nil {
		close(p.room)
		p.room = nil
	}
}

// enqueue puts a message at the end of the queue.
func (p *pending) enqueue(m *message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	m.weight = max(1, len(m.elements)) // kept: a batch that is refused loses its elements
	p.queue = append(p.queue, m)
	p.waiting.add(m, 1)
}

// admit accepts the first message of the queue and numbers it. At the limits it
// accepts none, which slows down a client that sends faster than it is served,
// and returns busy if that has lasted for stallTime. A message that is larger than
// the limit is accepted when nothing else is in the table. Suspended messages
// alone do not reach the limits, so the room never depends on the client.
func (p *pending) admit() (*message, admission) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.stopped:
		return nil, ended
	case len(p.queue) == 0:
		return nil, noMessage
	}
	m := p.queue[0]
	outcome := admitted
	if !p.fitsLocked(m) {
		if p.waitLeftLocked() > 0 {
			return m, noRoom
		}
		outcome = busy
	}
	p.queue = slices.Delete(p.queue, 0, 1)
	p.waiting.add(m, -1)
	if outcome == busy {
		return m, busy
	}
	p.last++
	m.seq = p.last
	p.messages[m.seq] = m
	p.active.add(m, 1)
	if m.Arrival == nil || m.Arrival != p.newest { // those that came together are accepted together
		p.moved, p.newest = time.Now(), m.Arrival
	}
	return m, admitted
}

// fitsLocked reports whether there is room for a message.
func (p *pending) fitsLocked(m *message) bool {
	return p.active.messages == 0 ||
		p.active.requests+m.weight <= p.maxCount && p.active.memory+p.suspended.memory+m.memory <= p.maxMemory
}

// waitLeftLocked returns how long a message may still wait for room.
func (p *pending) waitLeftLocked() time.Duration { return stallTime - time.Since(p.moved) }

// awaitRoom returns a channel that is closed when there may be room, and how long
// to wait for it.
func (p *pending) awaitRoom() (room <-chan struct{}, wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.room == nil {
		p.room = make(chan struct{})
	}
	if m := p.queue; p.stopped || len(m) > 0 && p.fitsLocked(m[0]) {
		return p.room, 0 // it came before the channel was made
	}
	return p.room, p.waitLeftLocked()
}

// mayQueue reports whether another message may be read although the first of the
// queue has no room: it may be a cancellation or a response, which makes room. The
// others of the queue have limits of their own.
func (p *pending) mayQueue() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	behind := p.waiting
	if len(p.queue) > 0 {
		behind.add(p.queue[0], -1)
	}
	return behind.requests < p.maxCount && behind.memory < p.maxMemory/8
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
		p.resumeLocked(m)
		p.removeLocked(m)
		p.moved = time.Now()
	}
	return p.active.messages
}

// removeAtOnce removes a message that was accepted just now and not suspended.
func (p *pending) removeAtOnce(m *message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.removeLocked(m)
}

func (p *pending) removeLocked(m *message) {
	delete(p.messages, m.seq)
	p.active.add(m, -1)
	p.announceLocked()
}

// suspend notes that a message waits for a person. It reports false if the
// messages that wait would hold more than half of the memory together: the other
// half is for requests that are answered without a person.
func (p *pending) suspend(m *message) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.messages[m.seq] != m || m.suspended {
		return true // an element of a batch: its batch counts
	}
	if p.suspended.messages > 0 && p.suspended.memory+m.memory > p.maxMemory/2 {
		return false
	}
	m.suspended = true
	p.suspended.add(m, 1)
	p.active.add(m, -1)
	p.moved = time.Now()
	p.announceLocked()
	return true
}

// resume notes that a message goes on. It counts again, even if that exceeds the
// limits.
func (p *pending) resume(m *message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.resumeLocked(m)
}

func (p *pending) resumeLocked(m *message) {
	if m.suspended {
		m.suspended = false
		p.suspended.add(m, -1)
		p.active.add(m, 1)
		p.moved = time.Now()
	}
}

// dissolve makes a refused batch a message without an id: no request in it can
// be cancelled any more.
func (p *pending) dissolve(m *message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	m.elements, m.ID = nil, json.RawMessage("null")
}

// begin keeps the function that ends a message's call, and no more of its text
// than its id. It reports false if the message was cancelled.
func (p *pending) begin(m *message, stop func()) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	m.stop = stop
	m.forget()
	return m.cancelled == notCancelled
}

// wantsReply reports whether the client of a message waits for a reply.
func (p *pending) wantsReply(m *message) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return m.cancelled != WithoutReply
}

// wantsAnyReply reports whether the client of a message, or of an element of a batch,
// waits for a reply.
func (p *pending) wantsAnyReply(m *message) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	wants := func(m *message) bool { return m.ID != nil && m.cancelled != WithoutReply }
	return wants(m) || slices.ContainsFunc(m.elements, wants)
}

// cancel cancels the requests with an id that mayCancel accepts, and ends their
// calls.
func (p *pending) cancel(id json.RawMessage, how Cancellation, mayCancel func(*Request) bool) {
	if len(id) > maxID {
		return // no request has it
	}
	p.mu.Lock()
	key := IDKey(id)
	var stops []func()
	cancelOne := func(m *message) {
		if m.ID == nil || m.cancelled != notCancelled || !mayCancel(&m.Request) || !hasKey(m.ID, key) {
			return
		}
		m.cancelled = how
		p.moved = time.Now() // it is removed soon
		if m.stop != nil {
			stops = append(stops, m.stop)
		}
	}
	cancelAll := func(m *message) {
		cancelOne(m)
		for _, element := range m.elements {
			cancelOne(element)
		}
	}
	for _, m := range p.messages {
		cancelAll(m)
	}
	for _, m := range p.queue {
		cancelAll(m)
	}
	p.mu.Unlock()
	for _, stop := range stops {
		stop()
	}
}

// count returns the number of messages that are not suspended.
func (p *pending) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.active.messages
}

// drain stops the table and waits until it is empty or abandoned.
func (p *pending) drain() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = true
	p.announceLocked()
	for len(p.messages) > 0 && !p.abandoned {
		p.changed.Wait()
	}
}

// abandon stops the table and ends all waiting: the replies have no reader.
func (p *pending) abandon() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped, p.abandoned = true, true
	p.announceLocked()
}
