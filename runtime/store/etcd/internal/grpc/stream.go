package grpc

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"golang.org/x/net/http2/hpack"
)

// stream is one call on a connection.
type stream struct {
	id     uint32
	window int // bytes of data that the server takes; protected by the connection's mu

	mu       sync.Mutex // protects the fields below
	partial  []byte     // of the message that is being received
	messages [][]byte   // received, and not taken yet
	arrived  chan struct{}

	done chan struct{} // closed when the call has ended
	err  error         // of the end, nil for success; set before done is closed
}

// add adds received data. A message has a byte that says whether it is compressed, and
// its length in four.
func (s *stream) add(b []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.partial = append(s.partial, b...)
	for len(s.partial) >= 5 {
		n := int(binary.BigEndian.Uint32(s.partial[1:]))
		if s.partial[0] != 0 || n > maxMessage {
			return errors.New("the server sent a message that is compressed or too long")
		}
		if len(s.partial) < 5+n {
			break
		}
		s.messages = append(s.messages, bytes.Clone(s.partial[5:5+n]))
		s.partial = s.partial[5+n:]
	}
	select {
	case s.arrived <- struct{}{}:
	default:
	}
	return nil
}

// end ends the call. It is called once, by the goroutine that took the call out of the
// connection's table.
func (s *stream) end(err error) {
	s.err = err
	close(s.done)
}

// take returns the next message that was received, nil if there is none yet.
func (s *stream) take() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.messages) == 0 {
		return nil
	}
	m := s.messages[0]
	s.messages = s.messages[1:]
	return m
}

// open begins a call, and sends as much of its data as the server takes at once. It
// returns the rest.
func (g *Conn) open(method string, header []Header, data []byte, isEnd bool) (s *stream, rest []byte, err error) {
	var block bytes.Buffer
	e := hpack.NewEncoder(&block)
	e.SetMaxDynamicTableSize(0) // so that calls do not depend on the calls before them
	for _, h := range append([]Header{
		{":method", "POST"}, {":scheme", g.scheme}, {":path", method}, {":authority", g.authority},
		{"content-type", "application/grpc"}, {"te", "trailers"}, {"user-agent", "realmconf"},
	}, header...) {
		e.WriteField(hpack.HeaderField{Name: h.Name, Value: h.Value, Sensitive: h.Name == "token"})
	}
	if block.Len() > defaultFrameSize {
		return nil, nil, errors.New("the header of the call is too long")
	}
	// Identifiers must arrive in ascending order, so one is taken with writing held.
	g.writing.Lock()
	defer g.writing.Unlock()
	g.mu.Lock()
	if g.err != nil {
		defer g.mu.Unlock()
		return nil, nil, g.err
	}
	s = &stream{id: g.nextID, window: g.firstWindow, arrived: make(chan struct{}, 1), done: make(chan struct{})}
	g.streams[s.id] = s
	g.nextID += 2
	n := g.takeLocked(s, len(data))
	g.mu.Unlock()
	frames := appendFrame(nil, frame{kind: headersFrame, flags: flagEndHeaders, stream: s.id, payload: block.Bytes()})
	if n > 0 {
		frames = appendFrame(frames, s.dataFrame(data, n, isEnd))
	}
	return s, data[n:], g.writeLocked(frames)
}

// dataFrame returns a frame with the first n bytes of data.
func (s *stream) dataFrame(data []byte, n int, isEnd bool) frame {
	f := frame{kind: dataFrame, stream: s.id, payload: data[:n]}
	if n == len(data) && isEnd {
		f.flags = flagEndStream
	}
	return f
}

// encodeMessage puts the length before a message.
func encodeMessage(message []byte) []byte {
	b := make([]byte, 5, 5+len(message))
	binary.BigEndian.PutUint32(b[1:], uint32(len(message)))
	return append(b, message...)
}

// send opens a call and sends its first message; the last one if it is the end. With an
// error the call, if there is one, is open.
func (g *Conn) send(ctx context.Context, method string, header []Header, message []byte, isEnd bool) (*stream, error) {
	s, rest, err := g.open(method, header, encodeMessage(message), isEnd)
	for err == nil && len(rest) > 0 {
		var n int
		if n, err = g.takeWindow(ctx, s, len(rest)); err == nil {
			err = g.write(s.dataFrame(rest, n, isEnd))
			rest = rest[n:]
		}
	}
	return s, err
}

// errEnd is the end of a call that has succeeded. A connection that ended in the middle of
// a call has another error, which may be io.EOF.
var errEnd = errors.New("the call has ended")

// receive waits for the next message. After the last one it returns errEnd if the call
// has succeeded.
func (s *stream) receive(ctx context.Context) ([]byte, error) {
	for {
		if m := s.take(); m != nil {
			return m, nil
		}
		select {
		case <-s.arrived:
		case <-s.done:
			if m := s.take(); m != nil {
				return m, nil
			}
			if s.err == nil {
				return nil, errEnd
			}
			return nil, s.err
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// cancel tells the server that a call is not needed any more.
func (g *Conn) cancel(s *stream) {
	g.mu.Lock()
	isOpen := g.streams[s.id] != nil
	delete(g.streams, s.id)
	g.mu.Unlock()
	defer g.closeIfUnused()
	if !isOpen {
		return
	}
	s.end(context.Canceled)
	if err := g.write(frame{kind: resetFrame, stream: s.id, payload: binary.BigEndian.AppendUint32(nil, errorCancel)}); err != nil {
		g.fail(err)
	}
}

// Call makes a call with one request and one answer. The error is a *Status if the
// server answered with one, and a *NotSentError if the request has certainly not
// reached it; after any other error the server may have acted.
func (g *Conn) Call(ctx context.Context, method string, header []Header, request []byte) ([]byte, error) {
	s, err := g.send(ctx, method, header, request, true)
	if s != nil {
		defer g.cancel(s)
	}
	if err != nil {
		// The server acts when it has the whole request; it may also have refused a part.
		if s != nil && isClosed(s.done) && s.err != nil {
			return nil, s.err
		}
		return nil, g.notSent(s, err)
	}
	answer, err := s.receive(ctx)
	if err != nil {
		if err == errEnd {
			err = errors.New("the server ended the call without an answer")
		}
		return nil, err
	}
	switch more, err := s.receive(ctx); {
	case err == errEnd:
		return answer, nil
	case err != nil:
		return nil, err
	default:
		return nil, fmt.Errorf("the server sent a second answer of %d bytes", len(more))
	}
}

// CallWhileHeard is Call, but ends with context.DeadlineExceeded when nothing has come from
// the server for a time. The whole answer may take longer, as it does on a slow network.
// The connection is not used for new calls then: the machine may be gone, which a new
// connection shows at once, and TCP only after minutes.
func (g *Conn) CallWhileHeard(ctx context.Context, silence time.Duration, method string, header []Header, request []byte) ([]byte, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	begin := time.Now()
	var check func()
	check = func() {
		left := silence - time.Since(g.lastHeard(begin))
		switch {
		case ctx.Err() != nil:
		case left > 0:
			time.AfterFunc(left, check)
		default:
			g.retire()
			cancel(context.DeadlineExceeded)
		}
	}
	first := time.AfterFunc(silence, check)
	defer first.Stop()
	return g.Call(ctx, method, header, request)
}

// notSent returns the error of a request that was not sent to its end. An error of the
// connection, which tears its frames, ends it. The bytes that the server sent before it
// closed the connection say more than that a write has failed.
func (g *Conn) notSent(s *stream, err error) error {
	if s == nil || isContextError(err) {
		return &NotSentError{err}
	}
	if !isClosed(s.done) {
		g.net.SetReadDeadline(time.Now().Add(lastRead))
		select {
		case <-g.ended:
		case <-time.After(lastRead):
			g.fail(err)
		}
	}
	if known := g.Err(); known != nil {
		err = known
	}
	return &NotSentError{err}
}

// lastRead is how long the server's bytes are read after a write has failed.
const lastRead = 100 * time.Millisecond

func isContextError(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// Stream is a call with many answers.
type Stream struct {
	conn   *Conn
	stream *stream
}

// Stream begins a call with many answers, and sends its first message.
func (g *Conn) Stream(ctx context.Context, method string, header []Header, request []byte) (*Stream, error) {
	s, err := g.send(ctx, method, header, request, false)
	if err != nil {
		if s != nil {
			g.cancel(s)
		}
		return nil, err
	}
	return &Stream{g, s}, nil
}

// Receive waits for the next answer. After the last one it returns io.EOF if the call has
// succeeded.
func (s *Stream) Receive(ctx context.Context) ([]byte, error) {
	b, err := s.stream.receive(ctx)
	if err == errEnd {
		err = io.EOF
	}
	return b, err
}

// Close ends the call.
func (s *Stream) Close() { s.conn.cancel(s.stream) }
