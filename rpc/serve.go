// Package rpc serves operations over JSON-RPC 2.0 and MCP on one pair of byte
// streams. README.md describes the protocol.
package rpc

import (
	"context"
	"io"

	"realmconf/rpc/internal/conn"
	"realmconf/rpc/internal/mcp"
	_ "realmconf/rpc/internal/stack" // for the main goroutine
)

// Operations is what can be done with a configuration. *tools.Operations
// implements it.
type Operations = mcp.Operations

// Serve answers the requests of in on out until the input ends. A message is a
// line of JSON or has a Content-Length header; its reply has the same framing.
// The way of one request, with the package of each step:
//
//	in
//	│   frame  Reader         cuts the input into messages
//	│   conn   parse          a notification goes to Server.Notify, a response to its open request
//	│   conn   pending        numbers the request; reading pauses at the limits
//	│          jsonrpc2.Conn  sees the number and the method
//	│   conn   executor       takes one request after the other
//	│   mcp    Server.Begin   finds its row in the table of methods, and makes a Call
//	│   conn   order          waits until the call may run
//	│   mcp    Call.Do        runs an operation of package tools
//	│   conn   setReply       keeps the reply; one above the limit becomes an error
//	│          jsonrpc2.Conn  sees the number
//	│   conn   reader.send    finds the request by its number, and renders the reply
//	▼   frame  Writer         writes replies together
//	out
//
// For a request that is alone, the goroutine that reads it calls Server.Begin before the
// executor does. If it is quick, as a read of a configuration that was read before, it
// takes all other steps in that goroutine, too, without the executor and the
// jsonrpc2.Conn; if it is not quick after all, another goroutine reads on. Else the
// executor gets the Call that was begun.
//
// Package mcp sends notifications of changes, and questions to a person, by
// conn.Conn.Send straight to the Writer.
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
// outcome is dropped. A process that serves on its standard output must handle or
// ignore SIGPIPE, or a broken pipe ends it before Serve sees it.
func Serve(ctx context.Context, in io.Reader, out io.Writer, ops Operations, opts Options) error {
	opts = opts.withDefaults()
	c := conn.New(in, out, conn.Limits{
		Line:           opts.MaxLine,
		Reply:          opts.MaxReply,
		InFlight:       opts.MaxInFlight,
		InFlightMemory: opts.MaxInFlightMemory,
	}, opts.Log)
	return c.Serve(ctx, mcp.New(c, ops, mcp.Options{
		Diagnostic:       opts.Diagnostic,
		Version:          opts.Version,
		Title:            opts.Title,
		MaxSubscriptions: opts.MaxSubscriptions,
		Questions:        opts.Questions,
		Answers:          opts.answers(),
		Roots:            opts.Roots,
		Log:              opts.Log,
	}))
}
