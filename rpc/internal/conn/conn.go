// Package conn is one JSON-RPC 2.0 connection: ids, the order of calls,
// cancellation, batches, limits, and requests in the other direction. The
// protocol above it is a Handler.
package conn

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"

	"realmconf/rpc/internal/frame"
	"realmconf/runtime/fault"
)

// outputGrace is how long one write of the output may take after ctx has ended.
const outputGrace = 2 * time.Second

// Conn is a connection. Its methods are safe for concurrent use.
type Conn struct {
	in     io.Reader
	limits Limits
	log    *slog.Logger

	writer   *frame.Writer
	pending  *pending  // requests of the client without a reply
	outgoing *outgoing // requests to the client without a response
	order    order
	broken   chan struct{} // closed when the output has failed
	idle     atomic.Bool   // the reader waits for input, or the input has ended
}

// Limits are the limits of a connection; all are above zero.
type Limits struct {
	Line           int // bytes of one message of input
	Reply          int // bytes of one reply
	InFlight       int // requests accepted and not yet answered
	InFlightMemory int // estimated bytes that these requests hold together, decoded
}

// New returns a connection that has not read anything yet. It closes neither in
// nor out.
func New(in io.Reader, out io.Writer, limits Limits, log *slog.Logger) *Conn {
	c := &Conn{
		in:       in,
		limits:   limits,
		log:      log,
		pending:  newPending(limits.InFlight, limits.InFlightMemory),
		outgoing: &outgoing{log: log},
		broken:   make(chan struct{}),
	}
	c.writer = frame.NewWriter(out, func() {
		c.pending.abandon()
		close(c.broken)
	})
	return c
}

// Serve answers the requests of the input by h, and returns when everything is
// done. It returns nil when the input has ended and every request is answered,
// or when the output has no reader any more. When ctx ends, Serve answers the
// accepted requests and returns ctx's error. It may be called once.
func (c *Conn) Serve(ctx context.Context, h Handler) error {
	calls, cancel := context.WithCancel(ctx)
	defer cancel()
	e := newExecutor(c, h)
	s := newStream(calls, c, h, e)
	r := newReaders(context.WithoutCancel(ctx), s, e)
	e.start(calls)
	r.connect()
	end := func() error {
		c.pending.drain()
		cancel()
		close(e.stop)
		e.working.Wait()
		r.close()
		return c.writer.Close()
	}
	var err error
	select {
	case <-r.ended: // the input has ended and everything is answered
		err = end()
	case <-c.broken:
		err = end()
	case <-ctx.Done():
		var done bool
		if done, err = unlessStuck(c.writer, end); !done {
			return ctx.Err() // the output takes nothing: its goroutines are left behind
		}
	}

	readErr, _ := s.readErr.Load().(error)
	switch {
	case err != nil && !readerGone(err):
		return fmt.Errorf("output: %w", err)
	case err != nil:
		c.log.Debug("the reader of the output is gone")
		return nil
	case readErr != nil:
		return fmt.Errorf("input: %w", readErr)
	default:
		return ctx.Err()
	}
}

// unlessStuck calls do and returns its result. It stops waiting when one write
// of the output takes outputGrace.
func unlessStuck(w *frame.Writer, do func() error) (done bool, err error) {
	result := make(chan error, 1)
	go func() { result <- do() }()
	for {
		select {
		case err := <-result:
			return true, err
		case <-time.After(outputGrace / 8):
			if w.Stuck(outputGrace) {
				return false, nil
			}
		}
	}
}

// readerGone reports whether a write failed because the output has no reader.
func readerGone(err error) bool {
	if runtime.GOOS == "windows" {
		const brokenPipe, noData = syscall.Errno(109), syscall.Errno(232)
		if errors.Is(err, brokenPipe) || errors.Is(err, noData) {
			return true
		}
	}
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe) || errors.Is(err, os.ErrClosed)
}

// Send writes a notification or a request at once. It writes nothing if wanted
// returns false when its turn to be written has come; nil is always wanted.
func (c *Conn) Send(f frame.Framing, body []byte, wanted func() bool) error {
	err := c.writer.Append(func(dst []byte) []byte {
		if wanted != nil && !wanted() {
			return dst
		}
		return f.AppendFrame(dst, func(dst []byte) []byte { return append(dst, body...) })
	})
	return errors.Join(err, c.writer.Flush())
}

// OpenRequest opens a request to the client, if fewer than max are open. The
// caller sends it, waits for its response, and closes it.
func (c *Conn) OpenRequest(max int) (r *Outgoing, ok bool) { return c.outgoing.open(max) }

// CloseRequest closes a request of OpenRequest.
func (c *Conn) CloseRequest(r *Outgoing) { c.outgoing.close(r) }

// Cancel cancels the requests with an id that mayCancel accepts. Their calls end, and
// they leave the order.
func (c *Conn) Cancel(id json.RawMessage, how Cancellation, mayCancel func(*Request) bool) {
	c.pending.cancel(id, how, mayCancel)
}

// Refuse replies with an error to a request whose call has ended without a
// reply.
func (c *Conn) Refuse(f frame.Framing, id json.RawMessage, why error) {
	m := &message{Request: Request{ID: id, Framing: f}}
	m.setReply(nil, why, c.limits.Reply)
	if err := c.writer.Append(m.appendFramedReply); err != nil {
		c.log.Debug("reply not written", "error", err)
	}
}

// AwaitWrites waits until every write that has begun by now is answered.
func (c *Conn) AwaitWrites() { c.order.awaitBegunWrites() }

// remove removes a message from the table. The last message that is removed
// while the reader is idle flushes the output: no other reply will.
func (c *Conn) remove(m *message) error {
	if c.pending.remove(m.seq) == 0 && c.idle.Load() {
		return c.writer.Flush()
	}
	return nil
}

// setIdle notes whether the reader waits for input. If it does and no message is
// pending, no later reply will flush the earlier ones: they are flushed now.
// remove looks at the same two facts in the other order, so one of the two sees
// that the connection is idle. A write that is under way has these replies, and the
// reader does not wait for its end.
func (c *Conn) setIdle(idle bool) {
	c.idle.Store(idle)
	if idle && c.pending.count() == 0 && !c.writer.Stuck(0) {
		_ = c.writer.Flush() // the writer keeps the error
	}
}

// printfLog is a log in the form that the library takes.
type printfLog struct{ log *slog.Logger }

func (p printfLog) Printf(format string, args ...any) {
	p.log.Debug("jsonrpc2", "message", fmt.Sprintf(format, args...))
}

// recoverPanic is deferred. It turns a panic into an internal error: a request
// that meets a mistake of this program does not end the others.
func recoverPanic(err *error) {
	if p := recover(); p != nil {
		*err = fault.Recovered(p)
	}
}
