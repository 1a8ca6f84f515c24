package mcp

import (
	"context"
	"net/url"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"realmconf/rpc/internal/conn"
	"realmconf/rpc/internal/frame"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools/review"
)

// methodRoots is MCP's request for the directories that a client works in. Only the
// revisions with an initialize have it as a request of the server.
const methodRoots = "roots/list"

// rootsTime is how long a client may take to list its roots. No person is asked.
const rootsTime = 5 * time.Second

// Roots asks the client of a connection for its first root. The zero value has no
// client. It is safe for concurrent use.
type Roots struct {
	ask atomic.Pointer[func(context.Context) (string, error)]
}

// First returns the path of the client's first root that is a directory of this
// machine. It is empty if there is none, or if the client has no roots.
func (r *Roots) First(ctx context.Context) (string, error) {
	ask := r.ask.Load()
	if ask == nil {
		return "", nil
	}
	return (*ask)(ctx)
}

// declaresRoots reports whether a client's capabilities have roots.
func declaresRoots(capabilities tree.Object) bool {
	_, ok := capabilities["roots"].(tree.Object)
	return ok
}

// offerRoots tells the options how to ask the client of an initialize for its roots.
func (s *Server) offerRoots(r *request, has bool) {
	if s.options.Roots == nil {
		return
	}
	if !has {
		s.options.Roots.ask.Store(nil)
		return
	}
	framing := r.Framing
	ask := func(ctx context.Context) (string, error) { return s.askRoots(ctx, framing) }
	s.options.Roots.ask.Store(&ask)
}

// askRoots requests the client's roots and returns the first. A client that refuses, or
// that has closed its output, has none.
func (s *Server) askRoots(ctx context.Context, f frame.Framing) (string, error) {
	q, ok := s.conn.OpenRequest(review.MaxQuestions + 1) // the questions to a person may be as many as they may
	if !ok {
		return "", nil
	}
	defer s.conn.CloseRequest(q)
	request := tree.Object{"jsonrpc": "2.0", "id": q.ID, "method": methodRoots}
	if err := s.conn.Send(f, tree.Append(nil, request), nil); err != nil {
		return "", nil
	}
	timer := time.NewTimer(rootsTime)
	defer timer.Stop()
	select {
	case response := <-q.Response:
		return firstRoot(response), nil
	case <-ctx.Done():
		return "", context.Cause(ctx)
	case <-timer.C:
		s.withdraw(q, f, "no roots came in time")
		return "", fault.New(fault.Busy,
			"the client declares roots and does not answer %s, so the project is unknown: repeat the call, or start this server with --context-root", methodRoots)
	}
}

// firstRoot returns the path of the first root in a response; "" if there is none.
func firstRoot(r conn.Response) string {
	result, err := tree.Decode(r.Result)
	if err != nil {
		return ""
	}
	members, _ := result.(tree.Object)
	roots, _ := members["roots"].([]any)
	for _, each := range roots {
		root, _ := each.(tree.Object)
		address, _ := root["uri"].(string)
		if path := pathOf(address, runtime.GOOS); path != "" {
			return path
		}
	}
	return ""
}

// pathOf returns the path in a file URI (RFC 8089) on a system; "" for any other
// address.
func pathOf(address, system string) string {
	u, err := url.Parse(address)
	if err != nil || !strings.EqualFold(u.Scheme, "file") || u.Host != "" && !strings.EqualFold(u.Host, "localhost") || !strings.HasPrefix(u.Path, "/") {
		return ""
	}
	if system == "windows" {
		return strings.ReplaceAll(strings.TrimPrefix(u.Path, "/"), "/", `\`)
	}
	return u.Path
}
