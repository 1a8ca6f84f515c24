package rpc

import (
	"encoding/json"
	"sync"
	"time"
)

// stall is how long the table may be full, with nothing answered, until
// requests are refused instead of waiting. It is longer than any wait for a
// lock.
const stall = 10 * time.Second

// pending is the table of the messages that were accepted and are not yet
// answered, by sequence number. It is what the limits count, but for those that
// were set aside: they wait for a person, whose answer may stand behind any
// number of requests. It may be used from many goroutines at once.
type pending struct {
	maxCount int
	maxBytes int

	mu        sync.Mutex // protects the fields below, and what message says
	changed   *sync.Cond // on mu: a message left, one of the two switches was thrown, or time went by
	messages  map[uint64]*message
	aside     int       // messages that were set aside
	weight    int       // requests in the others
	bytes     int       // of the others
	moved     time.Time // when a message last came or went
	last      uint64    // the newest sequence number
	stopped   bool      // nothing more is accepted
	abandoned bool      // nobody will read the answers
}

// admission is what became of a message.
type admission int

const (
	admitted admission = iota
	busy               // there is no room, and has been none for long
	ended              // the table was stopped
)

// revocation is whether and how a client took a request back.
type revocation int

const (
	standing revocation = iota
	answered            // the client waits for an answer all the same
	silently            // it must get none
)

func newPending(maxCount, maxBytes int) *pending {
	p := &pending{maxCount: maxCount, maxBytes: maxBytes, messages: make(map[uint64]*message)}
	p.changed = sync.NewCond(&p.mu)
	return p
}

// admit accepts a message and numbers it. While the limits are reached it
// waits: this is what slows down a client that sends faster than it is served.
// A message that is larger than the limit is admitted alone.
func (p *pending) admit(m *message) admission {
	p.mu.Lock()
	defer p.mu.Unlock()
	m.weight = max(1, len(m.elements)) // a batch that is refused loses its elements
	for !p.stopped && p.weight > 0 && (p.weight+m.weight > p.maxCount || p.bytes+m.size > p.maxBytes) {
		left := stall - time.Since(p.moved)
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

// get finds a message, or nil.
func (p *pending) get(seq uint64) *message {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.messages[seq]
}

// remove forgets a message and reports how many are left that will be answered
// soon.
func (p *pending) remove(seq uint64) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if m := p.messages[seq]; m != nil {
		p.setAsideLocked(m, false)
		delete(p.messages, seq)
		p.weight -= m.weight
		p.bytes -= m.size
		p.moved = time.Now()
		p.changed.Broadcast()
	}
	return len(p.messages) - p.aside
}

// setAside says whether a message waits for a person. When it goes on it counts
// again, even where that leads above the limits.
func (p *pending) setAside(m *message, aside bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.setAsideLocked(m, aside)
}

func (p *pending) setAsideLocked(m *message, aside bool) {
	if p.messages[m.seq] != m || m.aside == aside {
		return
	}
	m.aside = aside
	sign := 1
	if aside {
		sign = -1
	}
	p.aside -= sign
	p.weight += sign * m.weight
	p.bytes += sign * m.size
	p.moved = time.Now()
	p.changed.Broadcast()
}

// dissolve makes a batch that is refused a message without an id: nothing in it
// can be taken back any more.
func (p *pending) dissolve(m *message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	m.elements, m.id = nil, json.RawMessage("null")
}

// begin notes how to end a message's call, and reports whether the message
// still stands.
func (p *pending) begin(m *message, stop func()) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	m.stop = stop
	return m.revoked == standing
}

// revocation is what became of a message.
func (p *pending) revocation(m *message) revocation {
	p.mu.Lock()
	defer p.mu.Unlock()
	return m.revoked
}

// revoke takes back the requests of an id, and ends their calls. It reports
// whether there were any. An initialize cannot be taken back, by MCP.
func (p *pending) revoke(id json.RawMessage, how revocation) bool {
	p.mu.Lock()
	key, found := idKey(id), false
	var stops []func()
	for _, m := range p.messages {
		for _, one := range append([]*message{m}, m.elements...) {
			if one.id == nil || one.revoked != standing || one.method == "initialize" || idKey(one.id) != key {
				continue
			}
			one.revoked, found = how, true
			p.moved = time.Now() // it leaves soon
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

// idKey is the same for two spellings of one id, and different for a string
// and a number.
func idKey(id json.RawMessage) string {
	var text string
	if len(id) > 0 && id[0] == '"' && json.Unmarshal(id, &text) == nil {
		return `"` + text
	}
	return string(id)
}

// count is how many messages will be answered soon: those that wait for a person
// are left out.
func (p *pending) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.messages) - p.aside
}

// drain stops the table and waits until every message was answered or nobody
// wants the answers any more.
func (p *pending) drain() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = true
	p.changed.Broadcast()
	for len(p.messages) > 0 && !p.abandoned {
		p.changed.Wait()
	}
}

// abandon stops the table and ends all waiting: the answers have no reader.
func (p *pending) abandon() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped, p.abandoned = true, true
	p.changed.Broadcast()
}
