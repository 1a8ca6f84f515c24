package mcp

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/schema/tree"
	"realmconf/tools"
)

// The times of package conn.
const (
	leadTime  = 100 * time.Millisecond
	stallTime = 10 * time.Second
)

// script is two operations under the control of a test: each call logs that it
// has begun, and ends when the test ends it.
type script struct {
	log  chan string
	gate map[string]chan struct{}
}

func newScript(names []string) *script {
	s := &script{log: make(chan string, 100), gate: make(map[string]chan struct{})}
	for _, name := range names {
		s.gate[name] = make(chan struct{})
	}
	return s
}

// call returns an operation that names its calls by their parameter n. A write
// enters at once, unless its name contains "late".
func (s *script) call(writes bool) fake {
	return func(ctx context.Context, caller tools.Caller, params tree.Object) (json.RawMessage, error) {
		name := params["n"].(string)
		s.log <- name
		if writes && !strings.Contains(name, "late") {
			caller.OnQueued()
		}
		select {
		case <-s.gate[name]:
			return tree.Append(nil, tree.Object{"n": name}), nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// began returns the calls that have begun since its last call.
func (s *script) began() string {
	synctest.Wait()
	var names []string
	for len(s.log) > 0 {
		names = append(names, <-s.log)
	}
	slices.Sort(names) // calls that may run together begin in any order
	return strings.Join(names, " ")
}

func (s *script) end(name string) { close(s.gate[name]) }

// scriptLine returns a request whose id is its name: r… reads, w… writes.
func scriptLine(name string) string {
	method := "config/get"
	if name[0] == 'w' {
		method = "config/set"
	}
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%q,"method":%q,"params":{"n":%q}}`+"\n", name, method, name)
}

func want(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func cancelNotification(id string) string {
	return `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":` + id + `,"reason":"enough"}}` + "\n"
}

func cancelRequest(id string) string {
	return `{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":` + id + `}}` + "\n"
}

func pingOf(id string) string { return `{"jsonrpc":"2.0","id":` + id + `,"method":"ping"}` }

func pong(id string) string { return `{"id":` + id + `,"jsonrpc":"2.0","result":{}}` }

func getLine(id int) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"config/get","params":{}}`+"\n", id)
}

func withHeader(body string) string {
	return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)
}
