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
	maxConnections = 128              // without the key
	requestTime    = 5 * time.Second  // for a request to come whole
	callTime       = 15 * time.Second // for the backend; the page waits longer
	connectionTime = time.Minute      // for all of it, and for the client to read the reply
)

// keyHeader is the name of the header that has the key, in lower case.
const keyHeader = "realmconf-key"

// Backend has the data of the page. Replies are JSON objects; errors are faults.
type Backend interface {
	// Subject returns "realm", the id of the realm of the functions below Answer, or
	// "file", the name of the file, and "directory", the one of the file.
	Subject(ctx context.Context) (json.RawMessage, error)
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

	strangers connections

	mu      sync.Mutex    // protects page, and closing arrived
	page    string        // the number of the page that has spent the token; empty before
	arrived chan struct{} // closed when the token is spent
}

// Listen opens a port of the loopback interface.
func Listen(b Backend) (*Server, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	return newServer(b, listener), nil
}

// newServer returns a server of a listener, which it closes.
func newServer(b Backend, l net.Listener) *Server {
	return &Server{
		backend: b, document: page.New(), listener: l, host: l.Addr().String(),
		token: rand.Text(), key: rand.Text(), arrived: make(chan struct{}),
	}
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
	for {
		c, err := s.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return ctx.Err()
		}
		if err != nil { // the client is gone, or there are no file descriptors
			select {
			case <-ctx.Done():
			case <-time.After(100 * time.Millisecond):
			}
			continue
		}
		s.strangers.add(c)
		open.Go(func() { s.serve(ctx, c) })
	}
}

// serve answers the one request of a connection.
func (s *Server) serve(ctx context.Context, c net.Conn) {
	defer c.Close()
	defer s.strangers.remove(c)
	ctx, cancel := context.WithTimeout(ctx, connectionTime)
	defer cancel()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	if c.SetReadDeadline(time.Now().Add(requestTime)) != nil {
		return
	}
	r, err := readRequest(c)
	var reply response
	switch {
	case err == nil:
		if s.hasKey(r) {
			s.strangers.remove(c)
		}
		reply = s.answer(ctx, r)
	case errors.Is(err, errBadRequest):
		reply = refuse(statusBadRequest, "%v", err)
	default:
		return
	}
	_ = reply.write(c, s.document.Policy) // a browser that does not read the reply misses it
}

// answer returns the response to a request. The page itself has no data, and every
// program that knows the port may read it. The way of an answer:
//
//	browser, opened on /#TOKEN        this server       Backend, in tools/cli       the server that asked
//	GET /                          ─▶ the document
//	POST /key: token and page      ─▶ exchange
//	  key                          ◀─
//	POST /questions, every 2 s     ─▶ hasKey, call ──▶ review.Client.List ──────▶ its socket: the proposals
//	  questions                    ◀─
//	POST /answer: digest, decision ─▶ hasKey, call ──▶ review.Client.Answer ────▶ its socket: Questions.Answer
//	                                                    the agent repeats its call: Questions.Claim
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
	if !s.hasKey(r) {
		return refuse(statusForbidden, "the key is wrong: run realmconf review --web again")
	}
	return s.call(ctx, r.path, params)
}

// exchange gives the key for the token, to one page. The page sends a random number of
// its own with the token, so that it can repeat a request whose reply was lost, and no
// other program can.
func (s *Server) exchange(params tree.Object) response {
	token, _ := params["token"].(string)
	page, _ := params["page"].(string)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case !equal(token, s.token):
		return refuse(statusForbidden, "the address of this page is wrong: run realmconf review --web again")
	case len(page) < minPage:
		return refuse(statusBadRequest, "page must be a random number of at least %d digits", minPage)
	case s.page == "":
		s.page = page
		close(s.arrived)
	case !equal(page, s.page):
		return refuse(statusForbidden, "the address of this page was used before, and is good for one page. if you did not open it, another program did: end realmconf review, and run it again")
	}
	return response{statusOK, typeJSON, tree.Append(nil, tree.Object{"key": s.key})}
}

// minPage is the least length of the number by which a page is known.
const minPage = 32

// hasKey reports whether a request has the key, and so is the page's.
func (s *Server) hasKey(r *httpRequest) bool { return equal(r.header[keyHeader], s.key) }

// equal compares two texts in a time that tells nothing about where they differ.
func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// call returns the response to a request with the key.
func (s *Server) call(ctx context.Context, path string, params tree.Object) response {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	var reply json.RawMessage
	var err error
	switch path {
	case "/subject":
		reply, err = s.backend.Subject(ctx)
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
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return refuse(statusConflict, "this took more than %v and was given up: try again", callTime)
	case err != nil:
		return refusal(err)
	}
	return response{statusOK, typeJSON, reply}
}
