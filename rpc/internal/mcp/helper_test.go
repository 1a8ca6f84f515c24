package rpc

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"realmconf/schema/tree"
	"realmconf/tools"
)

// fake is an operation that does what a test wants. It tells method calls from
// tool calls by caller.Surface.
type fake func(ctx context.Context, caller tools.Caller, params tree.Object) (json.RawMessage, error)

func (f fake) Call(ctx context.Context, caller tools.Caller, params tree.Object) (json.RawMessage, error) {
	return f(ctx, caller, params)
}

func (f fake) CallTool(ctx context.Context, caller tools.Caller, arguments tree.Object) (json.RawMessage, error) {
	return f(ctx, caller, arguments)
}

// catalogOf has config/get, which writes nothing, and config/set, which does.
func catalogOf(get, set fake) *catalog {
	c := &catalog{instructions: "Read, then write.", methods: map[string]operation{}, tools: map[string]operation{}}
	schema := func() json.RawMessage { return json.RawMessage("{\n  \"type\": \"object\"\n}") }
	c.add(&tools.Operation{Name: "get", Title: "Read", Description: "Reads.", Input: schema, Output: schema}, get)
	c.add(&tools.Operation{Name: "set", Title: "Write", Description: "Writes.", Writes: true, Input: schema, Output: schema}, set)
	return c
}

// echo answers with its parameters.
func echo(_ context.Context, _ tools.Caller, params tree.Object) (json.RawMessage, error) {
	return tree.Append(nil, tree.CloneObject(params)), nil
}

// who answers with its caller.
func who(_ context.Context, c tools.Caller, _ tree.Object) (json.RawMessage, error) {
	return tree.Append(nil, tree.Object{
		"name": c.Name, "version": c.Version, "surface": string(c.Surface), "era": c.Era, "policy": int(c.Policy),
	}), nil
}

// talk serves an input to its end and returns the output's lines.
func talk(t *testing.T, c *catalog, opts Options, input string) []string {
	t.Helper()
	var out bytes.Buffer
	if err := serve(t.Context(), strings.NewReader(input), &out, c, opts.withDefaults()); err != nil {
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

// ask serves one line and returns its answer.
func ask(t *testing.T, c *catalog, opts Options, line string) string {
	t.Helper()
	answers := talk(t, c, opts, line)
	if len(answers) != 1 {
		t.Fatalf("%s\ngot %d answers, want 1: %q", line, len(answers), answers)
	}
	return answers[0]
}

// outcome is what most tests look at in an answer.
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
func connect(ctx context.Context, c *catalog, opts Options) *connection {
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	conn := &connection{in: inW, out: outR, done: make(chan error, 1)}
	go func() {
		err := serve(ctx, inR, outW, c, opts.withDefaults())
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
