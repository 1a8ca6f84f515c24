package conn

import (
	"encoding/json"
	"io"

	"github.com/sourcegraph/jsonrpc2"

	"realmconf/rpc/internal/stack"
)

// reader is what one connection of the JSON-RPC library reads from and writes to.
//
// A request that is alone and quick is read, answered and written by the goroutine
// of the reader, without the library: handing it to another goroutine would wake a
// thread, which takes several times as long as the request. Every other message
// goes through the library to the executor.
//
// Such a request has a sequence number, and that is all that the library handles of
// it: ReadObject gives it the number and the method, and send gets the number back
// with the library's response. The request and its reply are in the pending table
// under that number, so that they are parsed and rendered once.
type reader struct {
	readers   *readers
	hasBegun  bool // its goroutine has called it once
	hasStream bool
	gathered  bool // the writer has replies that this reader must flush

	// running and flushing are the leaderships of the goroutine while it runs a message
	// and while it flushes.
	running, flushing leader

	state *callState // of the calls of run; nil before the first, and after one that was handed off
}

var _ jsonrpc2.ObjectStream = (*reader)(nil)

// ReadObject gives the library the number and the method of the next message that is
// for the executor. It returns io.EOF when the input has ended and every accepted
// request is answered, and not before, because the library then closes the
// connection.
func (r *reader) ReadObject(v any) error {
	if !r.hasBegun {
		stack.Reserve()
		r.hasBegun = true
	}
	for {
		if !r.hasStream && !r.readers.await() {
			return io.EOF // not wrapped: the library logs any other error
		}
		r.hasStream = true
		m, err := r.readers.stream.next(r.flush)
		switch {
		case err == errHandedOff:
		case err != nil:
			r.readers.stream.finish(err)
			r.readers.end()
			return io.EOF
		case !r.tryRun(m):
			if r.gathered {
				r.gathered = false
				r.readers.conn().writer.Delay() // the message may take long
			}
			return v.(json.Unmarshaler).UnmarshalJSON(m.appendNumbered(nil))
		}
	}
}

// tryRun runs a message in this goroutine, if it is alone and quick, and gathers its
// reply. It reports false if the message is for the executor.
func (r *reader) tryRun(m *message) bool {
	c, e := r.readers.conn(), r.readers.executor
	if !r.isAlone(m) {
		return false
	}
	call, err := e.begin(m)
	if err == nil && !call.Quick {
		begun := call
		m.begun = &begun
		return false
	}
	l := &r.running
	l.renew()
	r.readers.watch.begin(l)
	e.runCall(job{reader: r, message: m}, call, err, l)
	r.readers.watch.end(l)
	r.gathered = true
	if l.endMessage() {
		c.pending.removeAtOnce(m)
		r.readers.stream.reuse(m)
		return true
	}
	if r.state != nil {
		r.state.cancel()
		r.state = nil
	}
	c.writer.Delay()
	if err := c.remove(m); err != nil {
		c.log.Debug("replies not written", "error", err)
	}
	r.becomeFollower()
	return true
}

// callState returns what the next call needs that run runs.
func (r *reader) callState() *callState {
	if r.state == nil {
		r.state = newCallState(r.readers.stream.ctx, r.readers.conn())
	}
	return r.state
}

// isAlone reports whether nothing else is at work for the client, and the message is
// small enough to be decoded quickly.
func (r *reader) isAlone(m *message) bool {
	return m.elements == nil && m.size <= requestMemory && r.readers.executor.isFree() &&
		!r.readers.isAnyDetached() && r.readers.conn().order.isIdle()
}

// flush writes the gathered replies. It reports false if that took so long that the
// stream was handed off: the client does not read, and what it sends may be a
// cancellation.
func (r *reader) flush() bool {
	if !r.gathered {
		return true
	}
	r.gathered = false
	l := &r.flushing
	l.renew()
	r.readers.watch.begin(l)
	_ = r.readers.conn().writer.Flush() // the writer keeps the error
	r.readers.watch.end(l)
	if l.endMessage() {
		return true
	}
	r.becomeFollower()
	return false
}

// becomeFollower ends the work of a reader whose stream was handed off.
func (r *reader) becomeFollower() {
	r.hasStream, r.gathered = false, false
	r.readers.addFollower()
}

// reply gathers the reply to a message of tryRun.
func (r *reader) reply(m *message) error {
	return r.readers.conn().writer.Gather(m.appendFramedReply)
}

// send writes the reply with the number of the library's response. The library
// calls it with one response at a time, right before WriteObject. WriteObject
// gets the same response only as JSON.
func (r *reader) send(_ *jsonrpc2.Request, response *jsonrpc2.Response) {
	c := r.readers.conn()
	m := c.pending.get(response.ID.Num)
	if err := c.writer.Append(m.appendFramedReply); err != nil {
		c.log.Debug("reply not written", "error", err)
	}
	if err := c.remove(m); err != nil {
		c.log.Debug("replies not written", "error", err)
	}
}

// WriteObject does nothing: send has written the reply.
func (r *reader) WriteObject(any) error { return nil }

// Close does nothing: the input and the output belong to the caller of New.
func (r *reader) Close() error { return nil }
