package mcp

import (
	"context"
	"net/url"
	"runtime"
	"strings"
	"sync"
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

// rootsChanged is the client's notification that its roots are others.
const rootsChanged = "notifications/roots/list_changed"

// Roots asks the client of a connection for its first root. The zero value has no
// client. It is safe for concurrent use.
type Roots struct {
	mu      sync.Mutex // protects the fields below
	ask     func(context.Context) (string, error)
	path    string // the last answer
	changes int    // of the client and of its roots
	asked   int    // the changes at the time of the last answer
}

// First returns the path of the client's first root that is a directory of this
// machine. It is empty if the client has no roots. The client is asked once, and again
// after each change of its roots.
func (r *Roots) First(ctx context.Context) (string, error) {
	r.mu.Lock()
	ask, path, changes, asked := r.ask, r.path, r.changes, r.asked
	r.mu.Unlock()
	if ask == nil || changes == asked {
		return path, nil
	}
	path, err := ask(ctx)
	if err != nil {
		return "", err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.path, r.asked = path, changes
	return path, nil
}

// change notes how to ask the client; nil if it has no roots.
func (r *Roots) change(ask func(context.Context) (string, error)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ask = ask
	r.changes++
}

// changeRoots notes that the client's roots are others.
func (s *Server) changeRoots() {
	if r := s.options.Roots; r != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.changes++
	}
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
		s.options.Roots.change(nil)
		return
	}
	framing := r.Framing
	s.options.Roots.change(func(ctx context.Context) (string, error) { return s.askRoots(ctx, framing) })
}

// askRoots requests the client's roots and returns the first. Without an answer that names
// one the project is unknown, and the working directory may be any.
func (s *Server) askRoots(ctx context.Context, f frame.Framing) (string, error) {
	q, ok := s.conn.OpenRequest(review.MaxQuestions + 1) // the questions to a person may be as many as they may
	if !ok {
		return "", noRoots()
	}
	defer s.conn.CloseRequest(q)
	request := tree.Object{"jsonrpc": "2.0", "id": q.ID, "method": methodRoots}
	if err := s.conn.Send(f, tree.Append(nil, request), nil); err != nil {
		return "", noRoots()
	}
	timer := time.NewTimer(rootsTime)
	defer timer.Stop()
	select {
	case response := <-q.Response:
		if response.ID == nil { // the input has ended
			return "", noRoots()
		}
		if path := firstRoot(response); path != "" {
			return path, nil
		}
		return "", fault.New(fault.Storage,
			"the client declares roots, and its answer to %s names no directory of this machine, so the project is unknown: open a directory in the client, or start this server with --context-root", methodRoots).
			With("op", "find directory").With("reason", fault.Gone)
	case <-ctx.Done():
		return "", context.Cause(ctx)
	case <-timer.C:
		s.withdraw(q, f, "no roots came in time")
		return "", noRoots()
	}
}

// noRoots is the fault of a client that does not answer.
func noRoots() error {
	return fault.New(fault.Busy,
		"the client declares roots and does not answer %s, so the project is unknown: repeat the call, or start this server with --context-root", methodRoots)
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
	if err != nil || !strings.EqualFold(u.Scheme, "file") || u.Host != "" && !strings.EqualFold(u.Host, "localhost") || !strings.HasPrefix(u.Path, "/") || strings.Contains(u.Path, "\x00") {
		return ""
	}
	if system == "windows" {
		return strings.ReplaceAll(strings.TrimPrefix(u.Path, "/"), "/", `\`)
	}
	return u.Path
}
