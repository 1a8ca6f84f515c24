package mcp

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"strings"
	"testing"

	"realmconf/rpc/internal/conn"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
	"realmconf/tools"
)

// fake is an operation of a test. Caller.Surface distinguishes methods and
// tools.
type fake func(ctx context.Context, caller tools.Caller, params tree.Object) (json.RawMessage, error)

func (f fake) Call(ctx context.Context, caller tools.Caller, params tree.Object) (json.RawMessage, error) {
	return f(ctx, caller, params)
}

func (f fake) CallTool(ctx context.Context, caller tools.Caller, arguments tree.Object) (json.RawMessage, error) {
	return f(ctx, caller, arguments)
}

// IsQuick reports false: a test may make the call wait.
func (f fake) IsQuick() bool { return false }

// catalogOf returns a catalog of config/get, which reads, and config/set, which
// writes.
func catalogOf(get, set fake) *catalog {
	c := &catalog{instructions: "Read, then write."}
	schema := func() tree.Object { return tree.Object{"type": "object"} }
	c.add(&tools.Operation{Name: "get", Title: "Read", Description: "Reads.", Input: schema, Output: schema}, get)
	c.add(&tools.Operation{Name: "set", Title: "Write", Description: "Writes.", Input: schema, Output: schema}, set)
	return c
}

// settings are the options and limits of a test; zero is the default.
type settings struct {
	Options
	conn.Limits
}

// serve serves a catalog on a connection until it ends.
func serve(ctx context.Context, in io.Reader, out io.Writer, c *catalog, opts settings) error {
	limits := opts.Limits
	for limit, otherwise := range map[*int]int{
		&limits.Line: 8 << 20, &limits.Reply: 8 << 20, &limits.InFlight: 1024, &limits.InFlightMemory: 64 << 20,
	} {
		if *limit == 0 {
			*limit = otherwise
		}
	}
	options := opts.Options
	options.Log = slog.New(slog.DiscardHandler)
	options.Version = cmp.Or(options.Version, "devel")
	options.Title = cmp.Or(options.Title, "Realm configuration")
	options.MaxSubscriptions = 256
	connection := conn.New(in, out, limits, options.Log)
	return connection.Serve(ctx, newServer(connection, c, options))
}

// echo answers with its parameters.
func echo(_ context.Context, _ tools.Caller, params tree.Object) (json.RawMessage, error) {
	return tree.Append(nil, treetest.CloneObject(params)), nil
}

// who answers with the caller that it sees.
func who(_ context.Context, c tools.Caller, _ tree.Object) (json.RawMessage, error) {
	return tree.Append(nil, tree.Object{
		"name": c.Name, "version": c.Version, "surface": string(c.Surface), "era": c.Era, "policy": int(c.PathVisibility),
	}), nil
}

// talk serves an input to its end and returns the output's lines.
func talk(t *testing.T, c *catalog, opts settings, input string) []string {
	t.Helper()
	var out bytes.Buffer
	if err := serve(t.Context(), strings.NewReader(input), &out, c, opts); err != nil {
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
func ask(t *testing.T, c *catalog, opts settings, line string) string {
	t.Helper()
	answers := talk(t, c, opts, line)
	if len(answers) != 1 {
		t.Fatalf("%s\ngot %d answers, want 1: %q", line, len(answers), answers)
	}
	return answers[0]
}

// outcome returns the parts of a reply that most tests compare.
func outcome(t *testing.T, line string) (id string, code int64, message string, result tree.Object) {
	t.Helper()
	frame, err := tree.DecodeObject([]byte(line))
	if err != nil {
		t.Fatalf("answer %q: %v", line, err)
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
func connect(ctx context.Context, c *catalog, opts settings) *connection {
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	conn := &connection{in: inW, out: outR, done: make(chan error, 1)}
	go func() {
		err := serve(ctx, inR, outW, c, opts)
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
