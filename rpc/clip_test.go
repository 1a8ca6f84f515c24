package rpc_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"realmconf/rpc"
)

// lastReply serves lines over an empty configuration, and returns the last line
// of the output.
func lastReply(t *testing.T, lines ...string) string {
	t.Helper()
	var out bytes.Buffer
	if err := rpc.Serve(t.Context(), strings.NewReader(strings.Join(lines, "\n")), &out, operations(t, ""), rpc.Options{}); err != nil {
		t.Fatal(err)
	}
	replies := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	return replies[len(replies)-1]
}

// requestLine returns a request with _meta and other parameters.
func requestLine(method, meta, more string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":%q,"params":{%s}}`, method, strings.Trim(meta+","+more, ","))
}

// TestErrors_clipText sends texts of 100 KB wherever an error repeats a text of
// the client.
func TestErrors_clipText(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	for _, tt := range []struct{ name, method, meta, params string }{
		{"method", "config/" + long, "", ""},
		{"method of a group", "tasks/" + long, modernMeta, ""},
		{"protocol version", "ping", `"_meta":{"io.modelcontextprotocol/protocolVersion":"` + long + `"}`, ""},
		{"tool", "tools/call", modernMeta, `"name":"` + long + `"`},
		{"parameter", "config/unwatch", "", `"` + long + `":1`},
		{"path", "config/watch", "", `"path":"/` + long + `"`},
		{"path without a slash", "config/watch", "", `"path":"` + long + `"`},
		{"path that is not watched", "config/unwatch", "", `"path":"/` + long[:4000] + `"`},
		{"resource", "resources/read", modernMeta, `"uri":"realmconf://` + long + `"`},
		{"resource of a subscription", "subscriptions/listen", modernMeta, `"notifications":{"resourceSubscriptions":["realmconf://config/` + long + `"]}`},
		{"member twice", "config/get", "", `"` + long + `":1,"` + long + `":2`},
		{"place of a mistake", "config/get", "", `"a":{"` + long + `":{"b":1,"b":2}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			reply := lastReply(t, requestLine(tt.method, tt.meta, tt.params))
			if !strings.Contains(reply, `"error":`) {
				t.Fatalf("got %.200s, want an error", reply)
			}
			if len(reply) > 2000 {
				t.Errorf("the error has %d bytes: %.300s", len(reply), reply)
			}
		})
	}
}

// TestSubscribe_longTarget refuses subscriptions whose path or URI is too long to
// be held.
func TestSubscribe_longTarget(t *testing.T) {
	const longest = 4096
	handshake := `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}`
	for length, refused := range map[int]bool{longest: false, longest + 1: true} {
		uri := "realmconf://config/models/"
		uri += strings.Repeat("x", length-len(uri))
		listen := lastReply(t, requestLine("subscriptions/listen", modernMeta, fmt.Sprintf(`"notifications":{"resourceSubscriptions":[%q]}`, uri)))
		subscribe := lastReply(t, handshake, requestLine("resources/subscribe", "", fmt.Sprintf(`"uri":%q`, uri)))
		for _, reply := range []string{listen, subscribe} {
			if got := strings.Contains(reply, `"code":-32602`); got != refused {
				t.Errorf("%d bytes: refused %t, want %t: %.300s", length, got, refused, reply)
			}
		}
	}
}
