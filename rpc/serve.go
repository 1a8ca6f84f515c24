// Package rpc serves operations over JSON-RPC 2.0 and MCP on one pair of byte
// streams. README.md describes the protocol.
package rpc

import (
	"context"
	"io"

	"realmconf/rpc/internal/conn"
	"realmconf/rpc/internal/mcp"
)

// Operations is what can be done with a configuration. *tools.Operations
// implements it.
type Operations = mcp.Operations

// Serve answers the requests of in on out until the input ends. A message is a
// line of JSON or has a Content-Length header; its reply has the same framing. A
// request takes this way:
//
//	in ── frame.Reader ── parse ── pending ── jsonrpc2.Conn ── executor
//	                        │      (number)                       │
//	            notifications, responses                mcp.Server.Begin: the table of methods
//	                        │                                     │
//	                 Server.Notify,                             order
//	                 open requests ── a person's answer ───────┐  │
//	                                                           operation
//	                                                              │
//	out ── frame.Writer ── stream.send ── jsonrpc2.Conn ── setReply
//	                       (pending, by the number)
//
// Package frame has the left column, package conn the middle, and package mcp
// the table of methods with everything that they do. Notifications of changes
// and questions to a person go from package mcp straight to the writer.
//
// Requests take effect in the order in which they came: a read sees the writes
// sent before it and none sent after it. A slow call delays only the calls that
// must come after it. A call that waits for a person delays no other call, and
// takes a new place in the order when it goes on. A message that is not a
// request gets an error, and the next message is read. Replies to requests that
// came together may be written together; a reply that no other follows is
// written at once. At the limits of opts reading pauses; requests are refused
// only if no reply is written for ten seconds.
//
// Serve returns nil when the input has ended, every request is answered, and the
// subscribers are notified of this connection's own writes, which may take at
// most a second; or when the output has no reader any more: a broken pipe. When
// ctx ends, reading stops, the operations see it, accepted requests are answered
// as far as out takes the replies within two seconds, and Serve returns ctx's
// error. Other errors are those of in and out. Serve writes nothing but protocol
// to out, and closes neither in nor out.
//
// A Read or a Write that blocks when Serve returns is left behind, and its
// outcome is dropped. A process that serves on its standard output must ignore
// SIGPIPE, or a broken pipe ends it before Serve sees it.
func Serve(ctx context.Context, in io.Reader, out io.Writer, ops Operations, opts Options) error {
	opts = opts.withDefaults()
	c := conn.New(in, out, conn.Limits{
		Line:          opts.MaxLine,
		Reply:         opts.MaxReply,
		InFlight:      opts.MaxInFlight,
		InFlightBytes: opts.MaxInFlightBytes,
	}, opts.Log)
	return c.Serve(ctx, mcp.New(c, ops, mcp.Options{
		Diagnostic:       opts.Diagnostic,
		Version:          opts.Version,
		MaxSubscriptions: opts.MaxSubscriptions,
		Log:              opts.Log,
	}))
}
