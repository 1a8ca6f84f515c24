package conn

import (
	"bufio"
	"encoding/json"
	"io"
	"sync/atomic"
	"testing"

	"realmconf/rpc/internal/frame"
)

// TestMessage_allocations guards the cost of a message on its way in and out,
// beside that of the library and of the operation.
func TestMessage_allocations(t *testing.T) {
	line := []byte(`{"jsonrpc":"2.0","id":1,"method":"config/get","params":{"path":"/agent/model"}}`)
	result := json.RawMessage(`{"generation":1,"path":"/agent/model","value":""}`)
	out := make([]byte, 0, 1024)
	m := parse(frame.Frame{Body: line}, new(message))
	for _, tt := range []struct {
		step string
		most float64
		do   func()
	}{
		{"parse", 2, func() { parse(frame.Frame{Body: line}, new(message)) }},
		{"set and render the reply", 0, func() {
			m.setReply(result, nil, 8<<20)
			m.Framing.AppendFrame(out, m.appendReply)
		}},
	} {
		if got := testing.AllocsPerRun(100, tt.do); got > tt.most {
			t.Errorf("%s: %v allocations, want at most %v", tt.step, got, tt.most)
		}
	}
}

// callCounter counts the calls of a reader or a writer.
type callCounter struct {
	io.Reader
	io.Writer
	calls atomic.Int64
}

func (c *callCounter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.calls.Add(1)
	return n, err
}

func (c *callCounter) Write(p []byte) (int, error) {
	c.calls.Add(1)
	return c.Writer.Write(p)
}

// TestServe_systemCalls guards the reads and writes of a request that comes
// alone.
func TestServe_systemCalls(t *testing.T) {
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	in, out := &callCounter{Reader: inR}, &callCounter{Writer: outW}
	done := make(chan error, 1)
	go func() { done <- serve(t.Context(), in, out, operations{echo, echo}, options{}) }()
	answers := bufio.NewReader(outR)
	const requests = 50
	for range requests {
		if _, err := io.WriteString(inW, getLine(1)); err != nil {
			t.Fatal(err)
		}
		if _, err := answers.ReadSlice('\n'); err != nil {
			t.Fatal(err)
		}
	}
	if reads, writes := in.calls.Load(), out.calls.Load(); reads != requests || writes != requests {
		t.Errorf("%d requests took %d reads and %d writes, want one of each for a request", requests, reads, writes)
	}
	_ = inW.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
