package rpc

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"realmconf/schema/tree"
	"realmconf/tools"
)

// FuzzResponse sends anything as the answer to a question. It must take at most
// one answer, and that a yes only when encoding/json reads one, too, in a
// response with the question's id.
func FuzzResponse(f *testing.F) {
	for _, tt := range results {
		f.Add([]byte(answerTo("ID", tt.result)))
		f.Add([]byte("[" + strings.TrimSpace(answerTo("ID", tt.result)) + "]"))
	}
	for _, seed := range []string{
		`{"jsonrpc":"2.0","id":"ID","error":{"code":1,"message":"x"}}`,
		`[` + answerTo("ID", yes) + `,` + answerTo("ID", `{"action":"decline"}`) + `]`,
		`{"jsonrpc":"2.0","id":"ID","method":"ping","result":` + yes + `}`,
		`{"jsonrpc":"2.0","id":"\u0049D","result":` + yes + `}`,
		`{"jsonrpc":"2.0","id":"ID","id":"x","result":` + yes + `}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		q := &questions{log: Options{}.withDefaults().Log}
		id, answered, err := q.begin()
		if err != nil {
			t.Fatal(err)
		}
		body := []byte(strings.ReplaceAll(string(input), "ID", id))
		for range 2 {
			for _, r := range parse(frame{body: body}).responses {
				q.answer(r)
			}
		}
		select {
		case answer := <-answered:
			if answer == tools.Accepted && !reallyYes(body, id) {
				t.Fatalf("%s: taken for a yes", body)
			}
		default:
			if !q.isOpen(id) {
				t.Fatalf("%s: closed without an answer", body)
			}
		}
		if len(answered) > 0 {
			t.Fatalf("%s: answered twice", body)
		}
	})
}

// reallyYes reports whether encoding/json reads a yes to a question in a message.
func reallyYes(body []byte, id string) bool {
	frames := []json.RawMessage{body}
	if body[0] == '[' && json.Unmarshal(body, &frames) != nil {
		return false
	}
	for _, text := range frames {
		var frame map[string]any
		if json.Unmarshal(text, &frame) != nil || frame["id"] != id || frame["jsonrpc"] != "2.0" {
			continue
		}
		result, _ := frame["result"].(map[string]any)
		content, _ := result["content"].(map[string]any)
		_, failed := frame["error"]
		_, asks := frame["method"]
		if result["action"] == "accept" && content["approve"] == true && !failed && !asks {
			return true
		}
	}
	return false
}

// FuzzState: no text but the sealed one opens a seal.
func FuzzState(f *testing.F) {
	end := time.Unix(1_800_000_000, 0)
	key, about := sealKey{1}, consent{tool: "config_set", arguments: tree.Object{"n": "a"}, client: "c"}
	state := key.seal(about, end)
	for _, seed := range []string{state, state + ".", "v1..", "", "v1.-1.A", strings.Replace(state, "18", "19", 1), strings.ToLower(state)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		before, after := key.check(text, about, end.Add(-1)), key.check(text, about, end)
		if text == state && (before != sealed || after != outOfDate) || text != state && (before != broken || after != broken) {
			t.Errorf("%q: got %d before the end and %d after", text, before, after)
		}
		other := about
		other.subject[31]++
		if got := key.check(text, other, end.Add(-1)); got != broken {
			t.Errorf("%q: got %d for another question", text, got)
		}
	})
}
