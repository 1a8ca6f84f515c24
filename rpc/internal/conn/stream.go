package rpc

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/sourcegraph/jsonrpc2"

	"realmconf/runtime/fault"
)

// stream is one connection's bytes, in both directions. It stands under the
// library's Conn and owns what the library's own streams leave to chance: where
// a message ends, which messages are requests, the bytes of an id, batches,
// when output is written, and the end.
//
// The library reads a slim frame, a number and a method, and its replies are
// empty. The real request and the real answer lie in the pending table under
// that number, so they are neither parsed nor rendered twice, and nothing in
// them is altered on the way.
type stream struct {
	frames   *frameReader
	pending  *pending
	writer   *writer
	log      *slog.Logger
	notified func(*message) // takes a notification, before everything that waits
	answered func(response) // takes an answer to a question of ours, likewise
	ended    func()         // called when nothing more is read, before what waits is drained
	drained  func()         // called at the end of the input, when everything is answered

	broken    chan struct{} // closed when the output failed
	replying  sync.Mutex    // held while the library writes a reply
	answering *message      // whose reply that is

	waiting atomic.Bool  // the reader waits for input, or has come to its end
	readErr atomic.Value // of error: why reading ended, unless it was io.EOF
}

var _ jsonrpc2.ObjectStream = (*stream)(nil)

func newStream(in io.Reader, out io.Writer, opts Options) *stream {
	s := &stream{
		pending: newPending(opts.MaxInFlight, opts.MaxInFlightBytes),
		log:     opts.Log,
		broken:  make(chan struct{}),
	}
	s.writer = newWriter(out, func() {
		s.pending.abandon()
		close(s.broken)
	})
	s.frames = &frameReader{newLineReader(source{in: in, waiting: s.wait}, opts.MaxLine)}
	return s
}

// ReadObject hands the library the next message as a slim frame. It returns
// io.EOF only when the input has ended and every accepted request is answered:
// the library closes on it, and would drop what comes later.
func (s *stream) ReadObject(v any) error {
	m, err := s.next()
	if err != nil {
		if err != io.EOF {
			s.readErr.Store(err)
		}
		s.wait(true)
		s.ended()
		s.pending.drain()
		s.drained()
		_ = s.writer.flush() // the writer keeps the error
		return io.EOF        // and nothing around it: the library takes that for a mistake
	}
	return v.(json.Unmarshaler).UnmarshalJSON(m.appendSlim(nil))
}

// next accepts the next message that is owed an answer.
func (s *stream) next() (*message, error) {
	for {
		f, err := s.frames.next()
		if err != nil {
			return nil, err
		}
		m := parse(f)
		switch {
		case m.isResponse():
			s.answered(m.responses[0])
			continue
		case m.id == nil && m.elements == nil:
			s.notified(m)
			continue
		}
		switch s.pending.admit(m) {
		case admitted:
			return m, nil
		case ended:
			return nil, io.EOF
		}
		s.refuse(m, fault.New(fault.Busy,
			"%d requests wait for their answers, and that is the limit: wait for some of them, or cancel them", s.pending.maxCount).
			With("limit", s.pending.maxCount))
	}
}

// refuse answers a message that was not accepted.
func (s *stream) refuse(m *message, why *fault.Fault) {
	m.elements = nil
	m.refused(why).settle(nil, why, maxID)
	if err := s.writer.append(s.rendered(m)); err != nil {
		s.log.Debug("reply not written", "error", err)
	}
}

// rendered is a message's reply in its framing.
func (s *stream) rendered(m *message) func([]byte) []byte {
	return func(dst []byte) []byte { return m.framing.appendFrame(dst, m.appendReply) }
}

// null is the library's own reply, which is empty.
var null = json.RawMessage("null")

// reply lets the library answer a message. It hands its empty reply to
// WriteObject, which then knows by answering whose it is: to find that out from
// the reply would mean to render it and to parse it again.
func (s *stream) reply(conn *jsonrpc2.Conn, m *message) error {
	s.replying.Lock()
	defer s.replying.Unlock()
	s.answering = m
	return conn.SendResponse(context.Background(), &jsonrpc2.Response{ID: jsonrpc2.ID{Num: m.seq}, Result: &null})
}

// WriteObject takes the library's empty reply and writes the real one.
func (s *stream) WriteObject(any) error {
	m := s.answering
	return errors.Join(s.writer.append(s.rendered(m)), s.leave(m))
}

// leave forgets a message, answered or not. The last one out pushes out the
// replies.
func (s *stream) leave(m *message) error {
	if s.pending.remove(m.seq) == 0 && s.waiting.Load() {
		return s.writer.flush()
	}
	return nil
}

// send writes a message of our own at once, unless it is not wanted any more
// when its turn has come.
func (s *stream) send(f framing, body []byte, wanted func() bool) error {
	err := s.writer.append(func(dst []byte) []byte {
		if !wanted() {
			return dst
		}
		return f.appendFrame(dst, func(dst []byte) []byte { return append(dst, body...) })
	})
	return errors.Join(err, s.writer.flush())
}

// wait notes whether the reader waits for input. When it begins to and nothing
// is in flight, no reply will come to push out the ones before it: they are
// written now. WriteObject looks at the same two facts in the other order, so
// one of the two sees that the line is idle.
func (s *stream) wait(waiting bool) {
	s.waiting.Store(waiting)
	if waiting && s.pending.count() == 0 {
		_ = s.writer.flush() // the writer keeps the error
	}
}

// Close writes what is left. The input and the output stay open: they are not
// ours.
func (s *stream) Close() error { return s.writer.close() }
