package conn

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// caller is the part of a Turn that a fake operation uses.
type caller struct{ Entered func() }

// fake is an operation of a test.
type fake func(ctx context.Context, caller caller, params tree.Object) (json.RawMessage, error)

// fakeHandler is a protocol with three methods: ping, which has no effect,
// config/get, which reads, and config/set, which writes. Its notifications
// cancel requests.
type fakeHandler struct {
	conn     *Conn
	get, set fake
	finish   func() // called by Finish; may be nil
	isQuick  bool   // of get
}

func (h *fakeHandler) Begin(r *Request) (Call, error) {
	params, err := r.Params()
	if err != nil {
		return Call{}, err
	}
	run := func(effect Effect, f fake) (Call, error) {
		return Call{Effect: effect, Quick: h.isQuick && effect == Reads, Do: func(ctx context.Context, t *Turn) (json.RawMessage, error) {
			return f(ctx, caller{Entered: t.Entered}, params)
		}}, nil
	}
	switch r.Method {
	case "ping":
		return Call{Quick: h.isQuick, Do: func(context.Context, *Turn) (json.RawMessage, error) { return json.RawMessage("{}"), nil }}, nil
	case "config/get":
		return run(Reads, h.get)
	case "config/set":
		return run(Writes, h.set)
	default:
		return Call{}, fault.New(fault.MethodNotFound, "no method %s", QuoteShort(r.Method))
	}
}

func (h *fakeHandler) CheckBatch(requests iter.Seq[*Request]) error {
	for r := range requests {
		if r.Method == "lonely" {
			return fault.New(fault.InvalidRequest, "not in a batch")
		}
	}
	return nil
}

func (h *fakeHandler) Notify(r *Request) {
	switch r.Method {
	case "notifications/cancelled":
		h.conn.Cancel(r.Param("requestId"), WithoutReply, func(r *Request) bool { return r.Method != "ping" })
	case "$/cancelRequest":
		h.conn.Cancel(r.Param("id"), WithReply, func(r *Request) bool { return r.Method != "ping" })
	}
}

func (h *fakeHandler) Finish(context.Context) {
	if h.finish != nil {
		h.finish()
	}
}

// operations are the two fake operations of a handler.
type operations struct{ get, set fake }

// options are the limits of a test; zero is the default.
type options struct {
	Limits
	log     *slog.Logger
	isQuick bool // the handler says that reads are quick
}

// serve serves operations on a connection until it ends.
func serve(ctx context.Context, in io.Reader, out io.Writer, ops operations, opts options) error {
	limits := opts.Limits
	for limit, otherwise := range map[*int]int{
		&limits.Line: 8 << 20, &limits.Reply: 8 << 20, &limits.InFlight: 1024, &limits.InFlightMemory: 64 << 20,
	} {
		if *limit == 0 {
			*limit = otherwise
		}
	}
	if opts.log == nil {
		opts.log = slog.New(slog.DiscardHandler)
	}
	c := New(in, out, limits, opts.log)
	return c.Serve(ctx, &fakeHandler{conn: c, get: ops.get, set: ops.set, isQuick: opts.isQuick})
}

// echo answers with its parameters.
func echo(_ context.Context, _ caller, params tree.Object) (json.RawMessage, error) {
	return tree.Append(nil, treetest.CloneObject(params)), nil
}

// talk serves an input to its end and returns the output's lines.
func talk(t *testing.T, ops operations, opts options, input string) []string {
	t.Helper()
	var out bytes.Buffer
	if err := serve(t.Context(), strings.NewReader(input), &out, ops, opts); err != nil {
		t.Fatalf("serve: %v", err)
	}
	if out.Len() == 0 {
		return nil
	}
	text, whole := strings.CutSuffix(out.String(), "\n")
	if !whole {
		t.Fatalf("output does not end with a newline: %q", out.String())
	}
	return strings.Split(text, "\n")
}

// ask serves one line and returns its reply.
func ask(t *testing.T, ops operations, opts options, line string) string {
	t.Helper()
	replies := talk(t, ops, opts, line)
	if len(replies) != 1 {
		t.Fatalf("%s\ngot %d replies, want 1: %q", line, len(replies), replies)
	}
	return replies[0]
}

// outcome returns the parts of a reply that most tests compare.
func outcome(t *testing.T, line string) (id string, code int64, message string, result tree.Object) {
	t.Helper()
	frame, err := tree.DecodeObject([]byte(line))
	if err != nil {
		t.Fatalf("reply %q: %v", line, err)
	}
	if e, ok := frame["error"].(tree.Object); ok {
		code, _ = e["code"].(int64)
		message, _ = e["message"].(string)
	}
	result, _ = frame["result"].(tree.Object)
	return string(tree.Append(nil, frame["id"])), code, message, result
}

// connection is a server with a client at the other end of two pipes.
type connection struct {
	in   *io.PipeWriter
	out  *io.PipeReader
	done chan error // what serve returned
}

// connect starts a server. Inside a synctest bubble the test must see it end.
func connect(ctx context.Context, ops operations, opts options) *connection {
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	conn := &connection{in: inW, out: outR, done: make(chan error, 1)}
	go func() {
		err := serve(ctx, inR, outW, ops, opts)
		_ = outW.Close()
		conn.done <- err
	}()
	return conn
}

func (c *connection) send(t *testing.T, text string) {
	t.Helper()
	if _, err := io.WriteString(c.in, text); err != nil {
		t.Fatalf("send: %v", err)
	}
}

// recorder keeps each write, and fails if it has an error.
type recorder struct {
	mu     sync.Mutex
	writes []string
	err    error
}

func (r *recorder) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return 0, r.err
	}
	r.writes = append(r.writes, string(p))
	return len(p), nil
}

func (r *recorder) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.writes)
}

// takePlace takes a new place of an order.
func takePlace(o *order, writes bool) *place {
	p := &place{writes: writes}
	o.take(p)
	return p
}
