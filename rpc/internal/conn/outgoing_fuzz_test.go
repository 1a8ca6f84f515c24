package conn

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"realmconf/rpc/internal/frame"
)

// FuzzResponse sends anything as the response to an Outgoing request. The
// request must take at most one response, and a result only if encoding/json reads the
// same result in a response with the request's id.
func FuzzResponse(f *testing.F) {
	const yes = `{"action":"accept","content":{"decision":"yes"}}`
	response := func(result string) string { return `{"jsonrpc":"2.0","id":"ID","result":` + result + `}` }
	for _, seed := range []string{
		response(yes),
		response("null"),
		`[` + response(yes) + `]`,
		`{"jsonrpc":"2.0","id":"ID","error":{"code":1,"message":"x"}}`,
		`[` + response(yes) + `,` + response(`{"action":"decline"}`) + `]`,
		`{"jsonrpc":"2.0","id":"ID","method":"ping","result":` + yes + `}`,
		`{"jsonrpc":"2.0","id":"\u0049D","result":` + yes + `}`,
		`{"jsonrpc":"2.0","id":"ID","id":"x","result":` + yes + `}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		o := &outgoing{log: slog.New(slog.DiscardHandler)}
		r, ok := o.open(1)
		if !ok {
			t.Fatal("the first request was refused")
		}
		body := []byte(strings.ReplaceAll(string(input), "ID", r.ID))
		for range 2 {
			for _, response := range parse(frame.Frame{Body: body}, new(message)).responses {
				o.deliver(response)
			}
		}
		select {
		case response := <-r.Response:
			if response.Result != nil && !hasResult(body, r.ID, response.Result) {
				t.Fatalf("%s: got the result %s", body, response.Result)
			}
		default:
			if len(o.requests) != 1 {
				t.Fatalf("%s: closed without a response", body)
			}
		}
		if len(r.Response) > 0 {
			t.Fatalf("%s: a second response", body)
		}
	})
}

// hasResult reports whether encoding/json reads a response with an id and a
// result in a message.
func hasResult(body []byte, id string, result []byte) bool {
	var frames []json.RawMessage
	if body[0] != '[' {
		frames = append(frames, body)
	} else if json.Unmarshal(body, &frames) != nil {
		return false
	}
	for _, text := range frames {
		var frame map[string]any
		var raw map[string]json.RawMessage
		if json.Unmarshal(text, &frame) != nil || json.Unmarshal(text, &raw) != nil || frame["id"] != id || frame["jsonrpc"] != "2.0" {
			continue
		}
		_, failed := frame["error"]
		_, asks := frame["method"]
		if bytes.Equal(raw["result"], result) && !failed && !asks {
			return true
		}
	}
	return false
}
