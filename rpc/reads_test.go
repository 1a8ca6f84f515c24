package rpc_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"testing"
	"testing/synctest"

	"realmconf/rpc"
)

// bursts is an input whose reads each return the same text, n times.
type bursts struct {
	text string
	n    int
}

func (b *bursts) Read(p []byte) (int, error) {
	if b.n == 0 {
		return 0, io.EOF
	}
	b.n--
	return copy(p, b.text), nil
}

// TestServe_allocations guards the allocations of a cached read, from the bytes of the
// request to the bytes of the reply: of a part and of the whole, as a method and as a
// tool. In the bubble no time passes, so that no request on a busy machine takes so long
// that it needs a second goroutine.
func TestServe_allocations(t *testing.T) {
	const flight, rounds = 64, 30
	text, err := os.ReadFile(filepath.Join("..", "testdata", "realm", "config.toml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		method, params string
		most           float64
	}{
		{"config/get", `{"path":"/agent"}`, 11},
		{"config/get", `{}`, 6},
		{"tools/call", `{"_meta":` + usualMeta + `,"name":"config_get","arguments":{"path":"/agent"}}`, 18},
		{"tools/call", `{"_meta":` + usualMeta + `,"name":"config_get","arguments":{}}`, 13},
	} {
		synctest.Test(t, func(t *testing.T) {
			ops := operations(t, string(text))
			serve := func(n int) {
				request := `{"jsonrpc":"2.0","id":7,"method":"` + tt.method + `","params":` + tt.params + "}\n"
				in := &bursts{strings.Repeat(request, flight), n}
				if err := rpc.Serve(t.Context(), in, io.Discard, ops, rpc.Options{}); err != nil {
					t.Fatal(err)
				}
			}
			serve(1)
			var before, after goruntime.MemStats
			goruntime.ReadMemStats(&before)
			serve(rounds)
			goruntime.ReadMemStats(&after)
			if got := float64(after.Mallocs-before.Mallocs) / (flight * rounds); got > tt.most {
				t.Errorf("%s with %s takes %.1f allocations, want at most %v", tt.method, tt.params, got, tt.most)
			}
		})
	}
}

// usualMeta is the _meta of a client of MCP 2026-07-28.
const usualMeta = `{"io.modelcontextprotocol/protocolVersion":"2026-07-28",` +
	`"io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":{"name":"test","version":"1"}}`

// TestServe_readsAndWritesTogether sends reads and writes at once: a read must see the
// writes before it, although a state was read for the reads before them.
func TestServe_readsAndWritesTogether(t *testing.T) {
	const (
		read  = `{"jsonrpc":"2.0","id":1,"method":"config/get","params":{"path":"/rest/port"}}` + "\n"
		write = `{"jsonrpc":"2.0","id":2,"method":"config/patch","params":{"patch":{"rest":{"port":9000}},"return":"changes"}}` + "\n"
	)
	ops := operations(t, "[rest]\nport = 8000\n")
	var out bytes.Buffer
	input := read + read + write + read + strings.Replace(write, "9000", "9001", 1) + read + read
	if err := rpc.Serve(t.Context(), strings.NewReader(input), &out, ops, rpc.Options{}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(out.String()) {
		if _, value, isRead := strings.Cut(line, `"value":`); isRead {
			got = append(got, value[:4])
		}
	}
	if got, want := strings.Join(got, " "), "8000 8000 9000 9001 9001"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
