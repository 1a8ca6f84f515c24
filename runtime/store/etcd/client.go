package etcd

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/store/etcd/internal/grpc"
)

const (
	tryTimeout   = time.Second            // of a read, and of a connection, with one server
	writeTimeout = 3 * time.Second        // of a commit, whose outcome must be found out after it
	callTimeout  = 5 * time.Second        // of all tries of one call
	retryPause   = 100 * time.Millisecond // after all servers were tried
)

// client makes calls to the servers of a cluster. One hung server must not use up a
// call's time, so each try has its own time-out.
type client struct {
	options Options
	dial    func(ctx context.Context, endpoint string) (net.Conn, error)

	mu        sync.Mutex // protects the fields below; not held while anything is sent
	conns     map[string]*grpc.Conn
	preferred int    // the index of the endpoint that answered last
	token     string // of the user; empty without users, and before the first call
	closed    bool
}

func newClient(o Options) *client {
	c := &client{options: o, conns: map[string]*grpc.Conn{}}
	c.dial = c.dialServer
	return c
}

// dialServer connects to a server, with TLS if the options say so.
func (c *client) dialServer(ctx context.Context, endpoint string) (net.Conn, error) {
	if !c.options.TLS {
		return new(net.Dialer).DialContext(ctx, "tcp", endpoint)
	}
	if c.options.DialTLS == nil {
		return nil, storageFault(fault.Denied, withoutTLS)
	}
	return c.options.DialTLS(ctx, c.options, endpoint)
}

// close ends all connections.
func (c *client) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for _, conn := range c.conns {
		conn.Close()
	}
}

// connect returns a connection to a server.
func (c *client) connect(ctx context.Context, endpoint string) (*grpc.Conn, error) {
	c.mu.Lock()
	conn := c.conns[endpoint]
	c.mu.Unlock()
	if conn != nil && conn.Err() == nil {
		return conn, nil
	}
	raw, err := c.dial(ctx, endpoint)
	if err != nil {
		return nil, err
	}
	scheme := "http"
	if c.options.TLS {
		scheme = "https"
	}
	if conn, err = grpc.New(raw, scheme, endpoint); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if other := c.conns[endpoint]; other != nil && other.Err() == nil {
		conn.Close() // another call was faster
		return other, nil
	}
	if c.closed {
		conn.Close()
		return nil, net.ErrClosed
	}
	c.conns[endpoint] = conn
	return conn, nil
}

// uncertainError is the error of a call that the server may have carried out.
type uncertainError struct{ err error }

func (e *uncertainError) Error() string { return e.err.Error() }
func (e *uncertainError) Unwrap() error { return e.err }

// repeatable says whether a call may be made again when its answer was lost.
type repeatable bool

const (
	mayRepeat repeatable = true
	sendOnce  repeatable = false
)

// read makes a call that may be carried out twice.
func (c *client) read(ctx context.Context, method string, request message) ([]byte, error) {
	return c.call(ctx, method, request, mayRepeat, tryTimeout)
}

// write makes a call that is sent once. An *uncertainError says that it may have been
// carried out; after any other error it was not.
func (c *client) write(ctx context.Context, request message) ([]byte, error) {
	return c.call(ctx, methodTxn, request, sendOnce, writeTimeout)
}

// call tries the servers in turn. It ends at once when no connection can be made to any
// of them, and after callTimeout if they answer with errors that a later try may not meet.
func (c *client) call(ctx context.Context, method string, request message, repeat repeatable, timeout time.Duration) ([]byte, error) {
	begin, renewed := time.Now(), false
	for {
		var last error
		allUnreached := true
		for range c.options.Endpoints {
			answer, err := c.try(ctx, method, request, timeout)
			if err == nil {
				return answer, nil
			}
			if ctx.Err() != nil && (repeat == mayRepeat || isNotSent(err)) {
				return nil, context.Cause(ctx)
			}
			if grpc.CodeOf(err) == grpc.Unauthenticated && !renewed && c.options.User != "" {
				renewed = true // the server was started again, or the token is too old
				c.forgetToken()
				last, allUnreached = err, false
				break
			}
			switch {
			case isCertain(err):
				return nil, err
			case isUnreached(err):
			case isNotSent(err):
				allUnreached = false // a connection broke: the server may accept a new one
			case repeat == sendOnce:
				c.preferNext()
				return nil, &uncertainError{err}
			default:
				allUnreached = false
			}
			c.preferNext()
			last = err
		}
		if allUnreached || time.Since(begin) > callTimeout {
			return nil, last
		}
		select {
		case <-time.After(retryPause):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// unreachedError is the error of a server to which there is no connection.
type unreachedError struct{ err error }

func (e *unreachedError) Error() string { return e.err.Error() }
func (e *unreachedError) Unwrap() error { return e.err }

// isUnreached reports whether no connection could be made, so that it is no use to try
// again at once.
func isUnreached(err error) bool {
	return errors.As(err, new(*unreachedError)) || isRefusedByTLS(err) || errors.Is(err, grpc.ErrTLS) || errors.Is(err, grpc.ErrNotHTTP2)
}

// isNotSent reports whether a call has certainly not reached a server.
func isNotSent(err error) bool { return errors.As(err, new(*grpc.NotSentError)) || isRefusedByTLS(err) }

// isCertain reports whether a server has answered that it did not do what was asked, and
// another server would answer the same. All other answers may come while a cluster elects
// a leader, also to what was done.
func isCertain(err error) bool {
	if isNoPasswordUser(err) {
		return true
	}
	switch grpc.CodeOf(err) {
	case grpc.InvalidArgument, grpc.NotFound, grpc.PermissionDenied, grpc.ResourceExhausted,
		grpc.FailedPrecondition, grpc.OutOfRange, grpc.Unimplemented, grpc.Unauthenticated:
		return true
	}
	return false
}

// try makes a call with the preferred server, which may be silent for the time-out.
func (c *client) try(ctx context.Context, method string, request message, timeout time.Duration) ([]byte, error) {
	conn, header, err := c.prepare(ctx)
	if err != nil {
		return nil, err
	}
	answer, err := conn.CallWhileHeard(ctx, timeout, method, header, request)
	if isContextError(err) && !isNotSent(err) && ctx.Err() == nil {
		err = noAnswer(conn)
	}
	return answer, err
}

var (
	// errNoAnswer is the error of a server that has taken a call and does not answer: most
	// often it cannot reach the others.
	errNoAnswer = errors.New("the server does not answer")
	// errSilent is the error of a server that has taken a connection, and sent nothing.
	errSilent = errors.New("the server sends nothing")
)

// noAnswer returns the error of a call that was not answered in time.
func noAnswer(conn *grpc.Conn) error {
	if conn.HasAnswered() {
		return errNoAnswer
	}
	return errSilent
}

// prepare returns a connection to the preferred server, and the header of a call. An
// error is one of a call that was not sent, or a server's answer to the password.
func (c *client) prepare(ctx context.Context) (*grpc.Conn, []grpc.Header, error) {
	ctx, cancel := context.WithTimeout(ctx, tryTimeout)
	defer cancel()
	conn, err := c.connect(ctx, c.endpoint())
	if err != nil {
		return nil, nil, &grpc.NotSentError{Err: &unreachedError{err}}
	}
	token, err := c.authenticate(ctx, conn)
	switch {
	case err != nil && isCertain(err):
		return nil, nil, err
	case isContextError(err):
		return nil, nil, &grpc.NotSentError{Err: noAnswer(conn)}
	case err != nil:
		return nil, nil, &grpc.NotSentError{Err: err}
	case token == "":
		return conn, nil, nil
	}
	return conn, []grpc.Header{{Name: "token", Value: token}}, nil
}

// authenticate returns the token of the user, empty without users.
func (c *client) authenticate(ctx context.Context, conn *grpc.Conn) (string, error) {
	c.mu.Lock()
	token := c.token
	c.mu.Unlock()
	if token != "" || c.options.User == "" || c.options.Password == "" {
		return token, nil
	}
	answer, err := conn.Call(ctx, methodAuthenticate, nil, authenticateRequest(c.options.User, c.options.Password))
	if err == nil {
		token, err = decodeToken(answer)
	}
	if err != nil {
		return "", err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.token = token
	return token, nil
}

func (c *client) forgetToken() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.token = ""
}

func (c *client) endpoint() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.options.Endpoints[c.preferred]
}

func (c *client) preferNext() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.preferred = (c.preferred + 1) % len(c.options.Endpoints)
}
