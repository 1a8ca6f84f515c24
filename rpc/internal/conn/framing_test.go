package conn

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

func withHeader(body string) string {
	return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)
}

func pingOf(id string) string { return `{"jsonrpc":"2.0","id":` + id + `,"method":"ping"}` }

func pong(id string) string { return `{"id":` + id + `,"jsonrpc":"2.0","result":{}}` }

// bytesFor returns the output for an input.
func bytesFor(t *testing.T, opts options, input string) string {
	t.Helper()
	var out bytes.Buffer
	if err := serve(t.Context(), iotest.OneByteReader(strings.NewReader(input)), &out, operations{echo, echo}, opts); err != nil {
		t.Fatalf("serve: %v", err)
	}
	return out.String()
}

// TestServe_framings serves inputs of both framings, and wrong headers. "E" is an
// error with the id null.
func TestServe_framings(t *testing.T) {
	ping, next := pingOf("1"), pingOf(`"next"`)+"\n"
	for _, tt := range []struct {
		name, in string
		want     string
	}{
		{"headers", withHeader(ping) + withHeader(ping), withHeader(pong("1")) + withHeader(pong("1"))},
		{"mixed", withHeader(ping) + next + withHeader(ping) + next, withHeader(pong("1")) + pong(`"next"`) + "\n" + withHeader(pong("1")) + pong(`"next"`) + "\n"},
		{"blank lines between", "\r\n" + withHeader(ping) + "\r\n\n" + withHeader(ping) + "\n", withHeader(pong("1")) + withHeader(pong("1"))},
		{"a mark at the start", "\ufeff" + withHeader(ping), withHeader(pong("1"))},
		{"bare newlines", fmt.Sprintf("Content-Length: %d\n\n%s", len(ping), ping), withHeader(pong("1"))},
		{"other headers and cases", fmt.Sprintf("content-type: application/vscode-jsonrpc; charset=utf-8\r\nX-Trace:1\r\nCONTENT-LENGTH:%d\r\n\r\n%s", len(ping), ping), withHeader(pong("1"))},
		{"JSON over several lines", withHeader("{\n \"jsonrpc\": \"2.0\",\n \"id\": 1,\n \"method\": \"ping\"\n}\n"), withHeader(pong("1"))},
		{"bytes, not characters", withHeader(`{"jsonrpc":"2.0","id":"é😀","method":"ping"}`), withHeader(pong(`"é😀"`))},
		{"batch", withHeader("[" + ping + "," + pingOf("2") + "]"), withHeader("[" + pong("1") + "," + pong("2") + "]")},
		{"not JSON", withHeader("hello") + withHeader(ping), "E" + withHeader(pong("1"))},
		{"empty", withHeader("") + withHeader(ping), "E" + withHeader(pong("1"))},
		{"notification", withHeader(`{"jsonrpc":"2.0","method":"exit"}`) + withHeader(ping), withHeader(pong("1"))},
		{"no length", "Content-Type: x\r\n\r\n" + next, "E" + pong(`"next"`) + "\n"},
		{"length is not a number", "Content-Length: many\r\n\r\n" + next, "E" + pong(`"next"`) + "\n"},
		{"negative length", "Content-Length: -1\r\n\r\n" + next, "E" + pong(`"next"`) + "\n"},
		{"length beyond 64 bits", "Content-Length: 99999999999999999999\r\n\r\n" + next, "E" + pong(`"next"`) + "\n"},
		{"two lengths", "Content-Length: 1\r\nContent-Length: 2\r\n\r\n" + next, "E" + pong(`"next"`) + "\n"},
		{"one length twice", fmt.Sprintf("Content-Length: %d\r\nContent-Length: %[1]d\r\n\r\n%s", len(ping), ping), withHeader(pong("1"))},
		{"headers without end", "Content-Length: 40\r\n" + next, "E" + pong(`"next"`) + "\n"},
		{"far too many headers", "Content-Length: 1\r\n" + strings.Repeat("X-Y: "+strings.Repeat("z", 100)+"\r\n", 100) + "\r\n" + next, "E" + pong(`"next"`) + "\n"},
		{"the end within the headers", "Content-Length: 40\r\n", "E"},
		{"the end within the message", "Content-Length: 40\r\n\r\n" + ping[:10], "E"},
		{"too short a length", "Content-Length: 5\r\n\r\n" + ping + "\n" + next, "EE" + pong(`"next"`) + "\n"},
		{"a word like a header", "Content: 5\n" + next, "E" + pong(`"next"`) + "\n"},
		{"too large", withHeader(strings.Repeat("x", 1<<20)) + withHeader(ping), "E" + withHeader(pong("1"))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := bytesFor(t, options{Limits: Limits{Line: 100_000}}, tt.in)
			if diff := cmp.Diff(tt.want, shorten(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// shorten replaces each error with the id null by "E", in both framings.
func shorten(out string) string {
	var b strings.Builder
	for len(out) > 0 {
		body, frame := out, ""
		if strings.HasPrefix(out, "Content-Length: ") {
			var n int
			head, rest, _ := strings.Cut(out, "\r\n\r\n")
			_, _ = fmt.Sscanf(head, "Content-Length: %d", &n)
			body, frame, out = rest[:n], withHeader(rest[:n]), rest[n:]
		} else {
			body, out, _ = strings.Cut(out, "\n")
			frame = body + "\n"
		}
		if strings.HasPrefix(body, `{"error":`) && strings.Contains(body, `"id":null`) {
			frame = "E"
		}
		b.WriteString(frame)
	}
	return b.String()
}

// TestServe_frameAboveTheLimit sends a message that is read to its end and
// dropped.
func TestServe_frameAboveTheLimit(t *testing.T) {
	got := bytesFor(t, options{Limits: Limits{Line: 1000}}, withHeader(strings.Repeat(" ", 1001))+withHeader(pingOf("1")))
	want := withHeader(`{"error":{"code":-32600,"data":{"kind":"invalid_request"},"message":"the message has 1001 bytes, and 1000 is the limit: send a smaller request"},"id":null,"jsonrpc":"2.0"}`) + withHeader(pong("1"))
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestServe_batches(t *testing.T) {
	const refusal = `{"error":{"code":-32600,"data":{"kind":"invalid_request"},"message":`
	object := refusal + `"a request is an object: send {\"jsonrpc\":\"2.0\",\"id\":…,\"method\":…,\"params\":…}"},"id":null,"jsonrpc":"2.0"}`
	note := `{"jsonrpc":"2.0","method":"notifications/initialized"}`
	lonely := `{"jsonrpc":"2.0","id":1,"method":"lonely"}`
	for _, tt := range []struct{ name, in, want string }{
		{name: "two requests", in: "[" + pingOf("1") + "," + pingOf(`"1"`) + "]", want: "[" + pong("1") + "," + pong(`"1"`) + "]"},
		{name: "spaces", in: " [ " + pingOf("1") + " ] ", want: "[" + pong("1") + "]"},
		{name: "with a notification", in: "[" + note + "," + pingOf("1") + "]", want: "[" + pong("1") + "]"},
		{name: "only notifications", in: "[" + note + "]", want: ""},
		{name: "only responses", in: `[{"jsonrpc":"2.0","id":1,"result":{}}]`, want: ""},
		{name: "a method as a notification", in: `[{"jsonrpc":"2.0","method":"config/set","params":{}}]`, want: ""},
		{name: "not requests", in: "[1," + pingOf("1") + ",[]]", want: "[" + object + "," + pong("1") + "," + object + "]"},
		{name: "empty", in: "[]", want: refusal + `"an empty batch asks for nothing: put requests into it"},"id":null,"jsonrpc":"2.0"}`},
		{name: "too many", in: "[" + strings.Repeat("1,", maxBatch) + "1]", want: refusal + `"the batch has more than 1000 requests, which is the limit: send several"},"id":null,"jsonrpc":"2.0"}`},
		{name: "a member twice", in: `[{"jsonrpc":"2.0","id":7,"method":"ping","method":"x"}]`, want: "[" + refusal + `"byte 40 (/method): member \"method\" is given twice: give it once"},"id":7,"jsonrpc":"2.0"}]`},
		{name: "refused by the handler", in: "[" + pingOf("1") + "," + lonely + "]", want: refusal + `"not in a batch"},"id":null,"jsonrpc":"2.0"}`},
		{name: "a place in the message", in: `[{"jsonrpc":"2.0","id":1,"method":"config/get","params":{"a":1,"a":2}}]`,
			want: `[{"error":{"code":-32602,"data":{"kind":"invalid_params"},"message":"byte 63 (/params/a): member \"a\" is given twice: give it once"},"id":1,"jsonrpc":"2.0"}]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := strings.Join(talk(t, operations{echo, echo}, options{}, tt.in+"\n"), "\n")
			if got != tt.want {
				t.Errorf("got %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestServe_batchAboveTheReplyLimit expects a reply to every request of a batch
// whose replies are too large together.
func TestServe_batchAboveTheReplyLimit(t *testing.T) {
	one := `{"jsonrpc":"2.0","id":1,"method":"config/get","params":{"x":"` + strings.Repeat("x", 300) + `"}}`
	got := ask(t, operations{echo, echo}, options{Limits: Limits{Reply: 600}}, "["+one+","+one+","+one+"]")
	if n := strings.Count(got, `"result"`); n != 1 {
		t.Errorf("got %d results, want 1: %s", n, got)
	}
	if n := strings.Count(got, `"code":1010`); n != 2 {
		t.Errorf("got %d refusals, want 2: %s", n, got)
	}
}
