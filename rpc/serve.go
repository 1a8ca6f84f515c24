// Package rpc is how the operations are spoken to: JSON-RPC 2.0 and MCP on one
// pair of byte streams.
package rpc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"syscall"
	"time"

	"github.com/sourcegraph/jsonrpc2"
)

// grace is how long, once ctx has ended, the output may take for one write.
const grace = 2 * time.Second

// Serve answers the requests that it reads from in on out, until the input
// ends. A message is a line of JSON, or comes with Content-Length headers; its
// reply comes the same way. A request goes this way:
//
//	in ─ frameReader ─ parse ─ pending ─ jsonrpc2.Conn ─ queue ─ worker
//	                     │     (number)                    │
//	                     │                           dispatcher ─ order ─ operation
//	               notifications,                                         │     │
//	                 responses ─ questions ──── when a person is asked ───┘     │
//	                                 │      (number)                            │
//	out ─ writer ────────────────────┴────── pending ─ jsonrpc2.Conn ───────────┘
//
// Requests take effect in the order in which they came: a read sees the writes
// sent before it and none sent after it. What takes long holds up only what
// must come after it. A call that waits for a person's answer holds up nothing:
// it takes a new place when it goes on. What is no request gets its error, and the next message is
// read. Requests that came together may be answered by one write; a reply that
// nothing follows is written at once. When the limits of opts are reached,
// reading pauses; only when nothing moves for ten seconds are requests refused.
//
// Serve returns nil when the input has ended, every request is answered, and the
// subscribers were told of this connection's own writes, as far as that takes no
// longer than a second; or when nobody reads the output any more: a broken pipe.
// When ctx ends, reading stops, the operations see it, what was accepted is
// answered, as far as out takes it within two seconds, and Serve returns ctx's
// error. Other errors are those of in and out. Nothing but protocol is written to
// out, and neither in nor out is closed.
//
// A Read from in or a Write to out that blocks when Serve returns is left to
// them, and what it still brings is dropped. A process that serves on its
// standard output must ignore SIGPIPE, or a broken pipe ends it before Serve
// sees it.
func Serve(ctx context.Context, in io.Reader, out io.Writer, ops Operations, opts Options) error {
	return serve(ctx, in, out, newCatalog(ops), opts.withDefaults())
}

func serve(ctx context.Context, in io.Reader, out io.Writer, c *catalog, opts Options) error {
	calls, cancel := context.WithCancel(ctx)
	defer cancel()
	w := newWorker(newStream(in, out, opts), c, opts)
	w.dispatcher.subscriptions.spawn = func(do func(context.Context)) { w.working.Go(func() { do(calls) }) }
	w.stream.drained = func() { w.dispatcher.subscriptions.settle(calls) }
	w.start(calls)

	// The connection outlives ctx: what was accepted is answered first.
	conn := jsonrpc2.NewConn(context.WithoutCancel(ctx), w.stream, w, jsonrpc2.SetLogger(printf{opts.Log}))
	end := func() error {
		w.stream.pending.drain()
		cancel()
		close(w.stop)
		w.working.Wait()
		_ = conn.Close() // says only that it was closed before
		return w.stream.Close()
	}
	var err error
	select {
	case <-conn.DisconnectNotify(): // the input has ended and everything is answered
		err = end()
	case <-w.stream.broken:
		err = end()
	case <-ctx.Done():
		var done bool
		if done, err = unlessStuck(w.stream.writer, end); !done {
			// Nobody reads the output, and nobody ever may: what waits for it is
			// left behind.
			return ctx.Err()
		}
	}

	readErr, _ := w.stream.readErr.Load().(error)
	switch {
	case err != nil && !readerGone(err):
		return fmt.Errorf("output: %w", err)
	case err != nil:
		opts.Log.Debug("the reader of the output is gone")
		return nil
	case readErr != nil:
		return fmt.Errorf("input: %w", readErr)
	default:
		return ctx.Err()
	}
}

// unlessStuck does something and returns what came of it, but waits no longer
// when the output takes nothing for the time of grace.
func unlessStuck(w *writer, do func() error) (done bool, err error) {
	result := make(chan error, 1)
	go func() { result <- do() }()
	for {
		select {
		case err := <-result:
			return true, err
		case <-time.After(grace / 8):
			if w.stuck(grace) {
				return false, nil
			}
		}
	}
}

// readerGone reports whether a write failed because nobody reads any more.
func readerGone(err error) bool {
	if runtime.GOOS == "windows" {
		const brokenPipe, noData = syscall.Errno(109), syscall.Errno(232)
		if errors.Is(err, brokenPipe) || errors.Is(err, noData) {
			return true
		}
	}
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe) || errors.Is(err, os.ErrClosed)
}

// printf is a log in the form that the library wants.
type printf struct{ log *slog.Logger }

func (p printf) Printf(format string, args ...any) {
	p.log.Debug("jsonrpc2", "message", fmt.Sprintf(format, args...))
}
