package conn

import (
	"context"
	"errors"
	"io"
	"runtime"
	"sync/atomic"
	"time"

	"realmconf/rpc/internal/frame"
	"realmconf/runtime/fault"
)

// stream is the input of a connection. It decides everything that the JSON-RPC
// library's own streams leave open: where a message ends, which messages are
// requests, the bytes of an id, batches, and the end. One reader at a time has the
// use of it.
type stream struct {
	conn    *Conn
	handler Handler
	ctx     context.Context // of the calls
	frames  *frame.Reader
	reads   atomic.Pointer[arrival]
	ahead   chan input   // gets the next frame, which a goroutine reads; nil if there is no such goroutine
	ended   error        // why there are no more frames; nil while there may be some
	readErr atomic.Value // of error: why reading ended, unless it was io.EOF
	spare   *message     // is used for the next message; nil if there is none
}

// arrival is one read of the input. The messages that it has completed are there when
// it ends.
type arrival struct{ _ byte }

// errHandedOff reports that another reader has the stream.
var errHandedOff = errors.New("the stream was handed off")

func newStream(ctx context.Context, c *Conn, h Handler, e *executor) *stream {
	s := &stream{conn: c, handler: h, ctx: ctx}
	s.frames = frame.NewReader(idleReader{s, e}, c.limits.Line)
	return s
}

// finish waits until every accepted request is answered and the handler has sent its
// last notifications.
func (s *stream) finish(why error) {
	if why != io.EOF {
		s.readErr.Store(why)
	}
	s.conn.setIdle(true)
	s.conn.outgoing.end()
	s.conn.pending.drain()
	s.handler.Finish(s.ctx)
	_ = s.conn.writer.Flush() // the writer keeps the error
}

// next returns the next message that gets a reply, and puts it into the pending
// table. Responses and notifications before it do not wait for it. While there is
// no room for it, next reads on, because a cancellation or a response may make
// room; requests that come meanwhile are queued behind it.
//
// It calls beforeWait when no whole message is there, before it waits for input. If
// that reports false, the stream was handed off, and next returns errHandedOff.
func (s *stream) next(beforeWait func() bool) (*message, error) {
	for {
		m, outcome := s.conn.pending.admit()
		switch outcome {
		case admitted:
			return m, nil
		case ended:
			return nil, io.EOF
		case busy:
			s.refuse(m)
		case noRoom:
			s.awaitRoom()
		case noMessage:
			if s.ended != nil {
				return nil, s.ended
			}
			// While a goroutine reads ahead, frames is its own.
			if (s.ahead != nil || !s.frames.HasLine()) && !beforeWait() {
				return nil, errHandedOff
			}
			if s.ahead != nil {
				s.take(<-s.ahead)
			} else {
				s.take(s.read())
			}
		}
	}
}

// input is the outcome of reading one frame.
type input struct {
	frame   frame.Frame
	arrival *arrival
	err     error
}

// read reads one frame.
func (s *stream) read() input {
	f, err := s.frames.Next()
	return input{f, s.reads.Load(), err}
}

// newMessage returns an empty message.
func (s *stream) newMessage() *message {
	m := s.spare
	if m == nil {
		return new(message)
	}
	s.spare = nil
	return m
}

// reuse takes back a message that is answered, and to which nothing refers any more, with
// its text.
func (s *stream) reuse(m *message) {
	if s.ahead == nil {
		s.frames.Reuse(m.text)
	}
	*m = message{}
	s.spare = m
}

// take handles a response or a notification, and queues every other message.
func (s *stream) take(in input) {
	s.ahead = nil
	if in.err != nil {
		s.ended = in.err
		return
	}
	m := parse(in.frame, s.newMessage())
	m.Arrival = in.arrival
	for _, e := range m.elements {
		e.Arrival = in.arrival
	}
	if limit := s.conn.limits.InFlightMemory; m.elements != nil && m.memory > limit {
		s.conn.outgoing.deliverAll(m.responses)
		m.elements, m.memory = nil, requestMemory
		m.refuse(fault.New(fault.TooLarge, "the requests of the batch may take more than %d bytes of memory together, which is the limit: send fewer at a time", limit).
			With("limit", limit))
	}
	switch {
	case m.isResponse():
		s.conn.outgoing.deliver(m.responses[0])
	case m.isNotification():
		s.handler.Notify(&m.Request)
	default:
		s.conn.pending.enqueue(m)
	}
}

// awaitRoom waits until there may be room for the first message of the queue, or
// another frame was read. The goroutine that reads it goes on when room comes
// first; its frame is the next one then.
func (s *stream) awaitRoom() {
	room, wait := s.conn.pending.awaitRoom()
	if wait <= 0 {
		return
	}
	if s.ahead == nil && s.ended == nil && s.conn.pending.mayQueue() {
		ahead := make(chan input, 1)
		s.ahead = ahead
		go func() { ahead <- s.read() }()
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-room:
	case <-timer.C:
	case in := <-s.ahead: // nil, and never ready, if nothing is read ahead
		s.take(in)
	}
}

// refuse answers a message for which there was no room, unless its client waits for no
// reply.
func (s *stream) refuse(m *message) {
	isWaitedFor := s.conn.pending.wantsAnyReply(m)
	limit := s.conn.limits.InFlight
	busy := fault.New(fault.Busy, "as many or as large requests wait for their answers as may (%d requests, %d bytes of memory): wait for some of them, or cancel them",
		limit, s.conn.limits.InFlightMemory).With("limit", limit)
	s.conn.outgoing.deliverAll(m.responses)
	if !isWaitedFor {
		return
	}
	m.elements = nil
	m.refuse(busy).setReply(nil, busy, maxID)
	if err := s.conn.writer.Append(m.appendFramedReply); err != nil {
		s.conn.log.Debug("reply not written", "error", err)
	}
}

// idleReader is the input of a connection. It notes when the connection is idle.
type idleReader struct {
	stream   *stream
	executor *executor
}

// Read yields before it reads more: the executor then runs the last request on
// this thread, and no other thread has to be woken.
func (r idleReader) Read(p []byte) (int, error) {
	c := r.stream.conn
	c.setIdle(true)
	defer c.setIdle(false)
	if !r.executor.isFree() {
		runtime.Gosched()
	}
	n, err := c.in.Read(p)
	r.stream.reads.Store(new(arrival))
	return n, err
}
