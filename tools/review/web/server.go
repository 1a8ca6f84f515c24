// Package web serves the review page to the browser of the person who runs a command,
// on the loopback interface.
//
// Any program and any web page can send requests there, so that the server trusts
// neither the connection nor a cookie. The address that the browser is opened on has a
// token in its fragment, which no request carries. The page spends it, once, for a key,
// which it keeps in memory and sends as a header. Host and Origin must be exactly the
// server's: another origin cannot forge the second, and a name that resolves to this
// machine (DNS rebinding) shows in the first.
//
// It speaks the part of HTTP/1.1 that the page needs. net/http would make every start of
// the program slower.
package web

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net"
	"sync"
	"time"

	"realmconf/schema/tree"
	"realmconf/tools/review/page"
)

const (
	maxConnections = 32
	readTime       = 10 * time.Second // for a request to come whole
	writeTime      = 30 * time.Second // for a reply to be read
)

// keyHeader is the name of the header that has the key, in lower case.
const keyHeader = "realmconf-key"

// Backend has the data of the page. Replies are JSON objects; errors are faults.
type Backend interface {
	// Subject names the configuration in a few words.
	Subject() string
	// Questions returns "questions", a list of proposals, and maybe "problems", texts
	// about servers that could not be asked.
	Questions(ctx context.Context) (json.RawMessage, error)
	// Answer answers the question with a digest.
	Answer(ctx context.Context, digest string, yes bool) error
	// History, Diff and Config reply as the operations with these names.
	History(ctx context.Context, params tree.Object) (json.RawMessage, error)
	Diff(ctx context.Context, params tree.Object) (json.RawMessage, error)
	Config(ctx context.Context, params tree.Object) (json.RawMessage, error)
}

// Server serves the page.
type Server struct {
	backend  Backend
	document page.Document
	listener net.Listener
	host     string // the value of the Host header
	token    string
	key      string

	mu      sync.Mutex    // protects spent, and closing it
	spent   bool          // the token was exchanged for the key
	arrived chan struct{} // closed when the token is spent
}

// Listen opens a port of the loopback interface.
func Listen(b Backend) (*Server, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	return &Server{
		backend: b, document: page.New(), listener: listener, host: listener.Addr().String(),
		token: rand.Text(), key: rand.Text(), arrived: make(chan struct{}),
	}, nil
}

// Address returns the address to open, with the token. It is good for one page.
func (s *Server) Address() string { return s.origin() + "/#" + s.token }

// Arrived returns a channel that is closed when a page has spent the token.
func (s *Server) Arrived() <-chan struct{} { return s.arrived }

func (s *Server) origin() string { return "http://" + s.host }

// Serve answers requests until ctx ends. It returns when all its connections have.
func (s *Server) Serve(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { s.listener.Close() })
	defer stop()
	defer s.listener.Close()
	var open sync.WaitGroup
	defer open.Wait()
	slots := make(chan struct{}, maxConnections)
	for {
		slots <- struct{}{}
		c, err := s.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return ctx.Err()
		}
		if err != nil { // the client is gone, or there are no file descriptors
			<-slots
			time.Sleep(100 * time.Millisecond)
			continue
		}
		open.Go(func() {
			defer func() { <-slots }()
			s.serve(ctx, c)
		})
	}
}

// serve answers the one request of a connection.
func (s *Server) serve(ctx context.Context, c net.Conn) {
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	deadline := time.Now().Add(readTime)
	if c.SetReadDeadline(deadline) != nil {
		return
	}
	r, err := readRequest(c)
	var reply response
	switch {
	case err == nil:
		reply = s.answer(ctx, r)
	case errors.Is(err, errBadRequest):
		reply = refuse(statusBadRequest, "%v", err)
	default:
		return
	}
	if c.SetWriteDeadline(time.Now().Add(writeTime)) == nil {
		_ = reply.write(c, s.document.Policy) // a browser that does not read the reply misses it
	}
}

// answer returns the response to a request. The page itself has no data, and every
// program that knows the port may read it.
func (s *Server) answer(ctx context.Context, r *httpRequest) response {
	switch {
	case r.header["host"] != s.host:
		return refuse(statusForbidden, "this server is %s, and by no other name", s.host)
	case r.method == "GET" && r.path == "/":
		return response{statusOK, typeHTML, []byte(s.document.HTML)}
	case r.method != "POST":
		return refuse(statusNotFound, "there is one page here: /")
	case r.header["origin"] != s.origin():
		return refuse(statusForbidden, "only the page of this server may send requests")
	case r.header["content-type"] != typeJSON:
		return refuse(statusForbidden, "a request must have the type %s", typeJSON)
	}
	decoded, err := tree.Decode(r.body)
	params, isObject := decoded.(tree.Object)
	if err != nil || !isObject {
		return refuse(statusBadRequest, "a request must be a JSON object")
	}
	if r.path == "/key" {
		return s.exchange(params)
	}
	if !equal(r.header[keyHeader], s.key) || !s.isSpent() {
		return refuse(statusForbidden, "the key is wrong: run realmconf review --web again")
	}
	return s.call(ctx, r.path, params)
}

// exchange gives the key for the token, once.
func (s *Server) exchange(params tree.Object) response {
	token, _ := params["token"].(string)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case !equal(token, s.token):
		return refuse(statusForbidden, "the address of this page is wrong: run realmconf review --web again")
	case s.spent:
		return refuse(statusForbidden, "the address of this page was used before, and is good for one page. if you did not open it, another program did: end realmconf review, and run it again")
	}
	s.spent = true
	close(s.arrived)
	return response{statusOK, typeJSON, tree.Append(nil, tree.Object{"key": s.key, "subject": s.backend.Subject()})}
}

func (s *Server) isSpent() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.spent
}

// equal compares two texts in a time that tells nothing about where they differ.
func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// call returns the response to a request with the key.
func (s *Server) call(ctx context.Context, path string, params tree.Object) response {
	var reply json.RawMessage
	var err error
	switch path {
	case "/questions":
		reply, err = s.backend.Questions(ctx)
	case "/history":
		reply, err = s.backend.History(ctx, params)
	case "/diff":
		reply, err = s.backend.Diff(ctx, params)
	case "/config":
		reply, err = s.backend.Config(ctx, params)
	case "/answer":
		digest, _ := params["digest"].(string)
		decision := params["decision"]
		if decision != "yes" && decision != "no" {
			return refuse(statusBadRequest, "decision must be yes or no")
		}
		reply = json.RawMessage("{}")
		err = s.backend.Answer(ctx, digest, decision == "yes")
	default:
		return refuse(statusNotFound, "no such request")
	}
	if err != nil {
		return refusal(err)
	}
	return response{statusOK, typeJSON, reply}
}
