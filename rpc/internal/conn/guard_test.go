package rpc

import (
	"bufio"
	"encoding/json"
	"io"
	"sync/atomic"
	"testing"
)

// TestAllocationsOfAFrame guards what a message costs on its way in and out,
// beside what the library under us and the operation do with it.
func TestAllocationsOfAFrame(t *testing.T) {
	line := []byte(`{"jsonrpc":"2.0","id":1,"method":"config/get","params":{"path":"/agent/model"}}`)
	d := &dispatcher{catalog: catalogOf(echo, echo), version: "1"}
	result := json.RawMessage(`{"generation":1,"path":"/agent/model","value":""}`)
	out := make([]byte, 0, 1024)
	m := parse(frame{body: line})
	for _, tt := range []struct {
		what string
		most float64
		do   func()
	}{
		{"parse", 13, func() { parse(frame{body: line}) }},
		{"begin", 11, func() {
			if _, err := d.begin(m); err != nil {
				t.Error(err)
			}
		}},
		{"settle and render", 0, func() {
			m.settle(result, nil, defaultMaxReply)
			lines.appendFrame(out, m.appendReply)
		}},
	} {
		if got := testing.AllocsPerRun(100, tt.do); got > tt.most {
			t.Errorf("%s: %v allocations, want at most %v", tt.what, got, tt.most)
		}
	}
}

// counted counts the calls of a reader or a writer.
type counted struct {
	io.Reader
	io.Writer
	calls atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.calls.Add(1)
	return n, err
}

func (c *counted) Write(p []byte) (int, error) {
	c.calls.Add(1)
	return c.Writer.Write(p)
}

// TestOneReadAndOneWriteForARequest guards the system calls of a request that
// comes alone.
func TestOneReadAndOneWriteForARequest(t *testing.T) {
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	in, out := &counted{Reader: inR}, &counted{Writer: outW}
	done := make(chan error, 1)
	go func() { done <- serve(t.Context(), in, out, catalogOf(echo, echo), Options{}.withDefaults()) }()
	answers := bufio.NewReader(outR)
	const requests = 50
	for range requests {
		if _, err := io.WriteString(inW, line("config/get", "", `"path":"/agent"`)+"\n"); err != nil {
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
