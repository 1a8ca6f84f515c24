// Package mcp is the protocol of the server: the Model Context Protocol in its
// revisions, and the config/* methods beside it. Server is the Handler of one
// connection.
package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"log/slog"
	"sync"

	"realmconf/rpc/internal/conn"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools/review"
)

// Server serves operations on one connection.
type Server struct {
	conn          *conn.Conn
	options       Options
	catalog       *catalog
	methods       *methodTable
	subscriptions *subscriptions
	seals         func() *stateSealer // made for the first question
	clock         review.Clock
	appQuestions  appQuestions

	session     *session // of the last initialize; only Begin and CheckBatch use it
	lastMeta    lastMeta // only Begin uses it
	toolReplies lastReply
}

// Options are the choices of one connection.
type Options struct {
	Diagnostic       DiagnosticMode    // whether replies may show file system paths
	Version          string            // of this program
	Title            string            // of the configuration, for people
	MaxSubscriptions int               // of the connection
	Answers          Answers           // takes the answers of a host's page; nil if it may not answer
	Questions        *review.Questions // those that wait for realmconf review; may be nil
	Roots            *Roots            // learns how to ask the client for its roots; may be nil
	Log              *slog.Logger
}

var _ conn.Handler = (*Server)(nil)

// New returns a server of ops on c.
func New(c *conn.Conn, ops Operations, o Options) *Server {
	return newServer(c, newCatalog(ops), o)
}

func newServer(c *conn.Conn, operations *catalog, o Options) *Server {
	return &Server{
		conn:          c,
		options:       o,
		session:       new(session),
		catalog:       operations,
		methods:       newMethodTable(operations),
		subscriptions: &subscriptions{conn: c, source: operations.resources, log: o.Log, max: o.MaxSubscriptions},
		seals:         sync.OnceValue(newStateSealer),
		clock:         o.Questions.Clock(),
	}
}

// Begin finds out what a request asks for. The checks, in this order:
//
//  1. The parameters are read, because _meta says in which revision the request
//     is written. If they are a list, an unknown method is the better error.
//  2. The method exists.
//  3. The method may be used now: revision, capability, needed parameter.
func (s *Server) Begin(raw *conn.Request) (conn.Call, error) {
	m := s.methods.find(raw.Method)
	r, err := s.read(raw)
	switch {
	case m == nil && (err == nil || raw.HasArray()):
		return conn.Call{}, s.methods.unknown(raw.Method)
	case err != nil:
		return conn.Call{}, err
	}
	if err := m.check(r); err != nil {
		return conn.Call{}, err
	}
	return m.begin(s, r)
}

// read decodes the parameters of a request and finds out its revision.
func (s *Server) read(raw *conn.Request) (*request, error) {
	params, metaText, err := raw.ParamsKnown(s.lastMeta.known())
	if err != nil {
		return nil, err
	}
	r := &request{Request: raw, session: s.session, meta: &noMeta, params: params}
	stated, present := params[keyMeta]
	if !present {
		return r, nil
	}
	r.meta, err = s.lastMeta.read(stated, metaText)
	if err != nil && !forgives(raw.Method, err) {
		return nil, err
	}
	delete(params, keyMeta)
	return r, nil
}

// forgives reports whether a method is served although its _meta is wrong.
// initialize always succeeds, because a host that is refused there can do
// nothing else. But it is not a method of a revision that does not exist.
func forgives(method string, err error) bool {
	var version *versionError
	return method == methodInitialize && !errors.As(err, &version)
}

// CheckBatch returns an error if the client may not send batches. MCP
// 2025-03-26 and plain JSON-RPC have batches, the other revisions have not.
func (s *Server) CheckBatch(requests iter.Seq[*conn.Request]) error {
	switch r := s.session.revision; r {
	case "", revision20250326:
	default:
		return fault.New(fault.InvalidRequest, "batches are not part of MCP %s: send one request at a time", r)
	}
	for r := range requests {
		if namesRevision(r) {
			return fault.New(fault.InvalidRequest, "batches are not part of the protocol version that _meta names: send one request at a time")
		}
	}
	return nil
}

// namesRevision reports whether a request names its revision in _meta.
func namesRevision(r *conn.Request) bool {
	params, err := r.Params()
	if err != nil {
		return false // and is refused for it
	}
	_, _, found := tree.Pointer{keyMeta, keyVersion}.Get(params)
	return found
}

// Notify takes a notification. Cancellations have a meaning here, and a change of the
// client's roots. A method that is sent as a notification does nothing, because its
// outcome could not be reported.
func (s *Server) Notify(r *conn.Request) {
	switch r.Method {
	case "notifications/cancelled": // MCP: its client waits for no reply
		s.cancel(r, "requestId", conn.WithoutReply)
	case "$/cancelRequest": // Language Server Protocol: the request still gets a reply
		s.cancel(r, "id", conn.WithReply)
	case rootsChanged:
		s.changeRoots()
	default:
		s.options.Log.Debug("notification ignored", "method", conn.Prefix(r.Method, conn.MaxQuoted))
	}
}

// cancel cancels the request whose id is a member of a notification's
// parameters. If there is no such request, its reply and its cancellation have
// crossed.
func (s *Server) cancel(r *conn.Request, member string, how conn.Cancellation) {
	id := r.Param(member)
	if id == nil {
		return
	}
	s.conn.Cancel(id, how, mayCancel)
	// A listen waits for nothing: its call has ended, or is about to, and its subscription
	// is open. Its call gives the reply if it ends the subscription itself.
	if s.subscriptions.end(listen, conn.IDKey(id)) && how == conn.WithReply {
		s.conn.Refuse(r.Framing, id, fault.New(fault.Cancelled, "the subscription was ended"))
	}
}

// mayCancel reports whether a request may be cancelled: MCP excepts initialize.
func mayCancel(r *conn.Request) bool { return r.Method != methodInitialize }

// Finish waits until the subscribers know every write of the connection.
func (s *Server) Finish(ctx context.Context) { s.subscriptions.finish(ctx) }

// resultCall returns a call whose result is known.
func resultCall(result json.RawMessage) conn.Call {
	return conn.Call{Quick: true, Do: func(context.Context, *conn.Turn) (json.RawMessage, error) { return result, nil }}
}

// readCall returns a call that reads the configuration.
func readCall(do func(ctx context.Context) (json.RawMessage, error)) conn.Call {
	return conn.Call{Effect: conn.Reads, Do: func(ctx context.Context, _ *conn.Turn) (json.RawMessage, error) { return do(ctx) }}
}

// complete returns a result as the request's revision has it: from 2026-07-28
// on it says that it is complete, and which server made it.
func (s *Server) complete(r *request, result tree.Object) json.RawMessage {
	return s.render(r, "complete", result)
}

// render is complete for any type of result.
func (s *Server) render(r *request, resultType string, result tree.Object) json.RawMessage {
	if r.modern() {
		result["resultType"] = resultType
		meta, _ := result["_meta"].(tree.Object)
		if meta == nil {
			meta = tree.Object{}
			result["_meta"] = meta
		}
		meta[keyServerInfo] = s.serverInfo(r.revision())
	}
	return tree.Append(nil, result)
}
