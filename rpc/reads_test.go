package rpc_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"testing"
	"testing/synctest"

	"realmconf/rpc"
	"realmconf/runtime/store"
	"realmconf/tools/policy"
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
		{"config/get", `{"path":"/agent"}`, 9},
		{"config/get", `{}`, 5},
		{"tools/call", `{"_meta":` + usualMeta + `,"name":"config_get","arguments":{"path":"/agent"}}`, 13},
		{"tools/call", `{"_meta":` + usualMeta + `,"name":"config_get","arguments":{}}`, 9},
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

// pieces is an input whose reads return one text after the other. It calls before with the
// number of each read.
type pieces struct {
	texts  []string
	before func(read int)
	reads  int
}

func (p *pieces) Read(b []byte) (int, error) {
	p.before(p.reads)
	if p.reads == len(p.texts) {
		return 0, io.EOF
	}
	p.reads++
	return copy(b, p.texts[p.reads-1]), nil
}

// looks is a store that counts its loads. It calls after with the number of each load,
// which has ended but for its return.
type looks struct {
	store.Store
	after func(load int)
	loads int
}

func (l *looks) Load(ctx context.Context) (store.State, error) {
	state, err := l.Store.Load(ctx)
	l.loads++
	l.after(l.loads)
	return state, err
}

// TestServe_readsSeeOthersChanges changes the configuration before each read of the input,
// as another program that has done so before the client sends the next requests. They see
// it, a request of which a part was there before included, and share one look at the store
// if they came together; also while a read that came before is still being answered.
func TestServe_readsSeeOthersChanges(t *testing.T) {
	const request = `{"jsonrpc":"2.0","id":1,"method":"config/get","params":{"path":"/rest/port"}}` + "\n"
	half := len(request) / 2
	texts := []string{request, strings.Repeat(request, 64) + request[:half], request[half:] + request, request, request}
	for slowLoad, wantLast := range map[int]string{0: "4 5", 3: "6 6"} { // during load 3 everything else is read
		synctest.Test(t, func(t *testing.T) {
			realm, isRead := storeOf(t, "[rest]\nport = 1\n"), make(chan struct{})
			in := &pieces{texts: texts, before: func(read int) {
				appendTo(t, realm, fmt.Sprintf("[rest]\nport = %d\n", read+1))
				if read == len(texts) {
					close(isRead)
				}
			}}
			s := &looks{Store: realmStore{Store: realm}, after: func(load int) {
				if load == slowLoad {
					<-isRead
				}
			}}
			ops := operationsOver(t, policy.Policy{}, s)
			if err := rpc.Serve(t.Context(), strings.NewReader(request), io.Discard, ops, rpc.Options{}); err != nil {
				t.Fatal(err) // a first read makes the others quick
			}
			s.loads = 0
			var out bytes.Buffer
			if err := rpc.Serve(t.Context(), in, &out, ops, rpc.Options{}); err != nil {
				t.Fatal(err)
			}
			var ports []string
			for line := range strings.Lines(out.String()) {
				_, port, _ := strings.Cut(line, `"value":`)
				ports = append(ports, strings.TrimSuffix(port, "}}\n"))
			}
			if got, want := strings.Join(ports, " "), "1 "+strings.Repeat("2 ", 64)+"3 3 "+wantLast; got != want {
				t.Errorf("load %d is slow: got ports %s, want %s", slowLoad, got, want)
			}
			if s.loads != len(texts) {
				t.Errorf("load %d is slow: got %d looks at the store, want %d", slowLoad, s.loads, len(texts))
			}
		})
	}
}
