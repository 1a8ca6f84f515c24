package rpc_test

import (
	"bytes"
	"encoding/json"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/tools/txtar"

	"realmconf/rpc"
)

// FuzzServe sends any input. The server must end, write nothing but protocol, and
// answer each well-formed request once, with the bytes of its id. To any other
// line it may only reply with a refusal.
func FuzzServe(f *testing.F) {
	files, _ := filepath.Glob("../testdata/wire/*.txtar")
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range archive.Files {
			if part.Name == "client" {
				f.Add(part.Data)
				for _, line := range bytes.SplitAfter(part.Data, []byte("\n")) {
					f.Add(line)
				}
			}
		}
	}
	const ping = `{"jsonrpc":"2.0","id":1,"method":"ping"}`
	for _, seed := range []string{
		"Content-Length: 40\r\n\r\n" + ping, "content-type: x\ncontent-length:40\n\n" + ping + ping + "\n", "Content-Length: 41\n" + ping,
		"[" + ping + "," + ping + "]", `[1,[],{}]`, "Content-Length: 9999999999\r\n\r\n" + ping,
		`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}` + "\n" + ping,
		ping + "\n" + `{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":1}}`,
		`{"jsonrpc":"2.0","id":"realmconf-A","result":{"action":"accept","content":{"decision":"yes"}}}` + "\n" + ping,
		`[{"jsonrpc":"2.0","id":"realmconf-A","error":{"code":1,"message":"x"}},` + ping + `,{"result":0}]`,
		`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{` + modernMeta + `,"name":"config_patch","arguments":{"expected_generation":0,"patch":{"rest":{"port":1}}},"requestState":"v3.1.1.A","inputResponses":{"approve":{"action":"accept","content":{"decision":"yes"}}}}}`,
	} {
		f.Add([]byte(seed))
	}
	const maxLine = 4096
	f.Fuzz(func(t *testing.T, input []byte) {
		var out bytes.Buffer
		opts := rpc.Options{MaxLine: maxLine, MaxReply: 4 * maxLine, MaxInFlight: 3}
		if err := rpc.Serve(t.Context(), bytes.NewReader(input), &out, operations(t, ""), opts); err != nil {
			t.Fatalf("serve: %v", err)
		}
		got, refusals := readReplies(t, out.String())
		want, others, cancels := readRequests(input, maxLine)
		for id, n := range want {
			if got[id] < n && cancels {
				n = got[id]
			}
			if got[id] < n {
				t.Fatalf("%q: got %d answers to %s, want %d", input, got[id], id, n)
			}
			got[id] -= n
		}
		for _, n := range got {
			refusals += n // replies to lines that encoding/json takes for no request
		}
		if refusals > others {
			t.Fatalf("%q: got %d replies to no request, want at most %d", input, refusals, others)
		}
	})
}

// readRequests returns the ids of the well-formed requests of an input, and the
// number of its other lines, each of which may get one refusal. After a line
// that looks like a header the lines may be anything. If the input cancels a
// request, there may be fewer replies.
func readRequests(input []byte, maxLine int) (ids map[string]int, others int, cancels bool) {
	ids = make(map[string]int)
	for i, line := range bytes.Split(input, []byte("\n")) {
		if i == 0 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		if len(line) > maxLine {
			others++
			continue
		}
		line = bytes.Trim(line, " \t\r")
		if bytes.HasPrefix(bytes.ToLower(line), []byte("content-")) {
			return ids, len(input), cancels
		}
		id, kind, method := classify(line)
		switch method {
		case "subscriptions/listen":
			kind = other // it is answered only if it is refused
		case "notifications/cancelled", "$/cancelRequest":
			cancels = true
		}
		if kind == other && bytes.Contains(line, []byte("[")) {
			cancels = true // a batch may hold anything
		}
		switch kind {
		case request:
			ids[id]++
		case other:
			others += 1 + bytes.Count(line, []byte("{")) + bytes.Count(line, []byte(",")) // a batch gets many
		}
	}
	return ids, others, cancels
}

// readReplies checks that an output is nothing but replies, in one of the two
// framings, and counts by their ids those that are not refusals.
func readReplies(t *testing.T, out string) (ids map[string]int, refusals int) {
	ids = make(map[string]int)
	for len(out) > 0 {
		text, rest, ok := strings.Cut(out, "\n")
		if n, headers := strings.CutPrefix(text, "Content-Length: "); headers {
			size, err := strconv.Atoi(strings.TrimSuffix(n, "\r"))
			if rest, ok = strings.CutPrefix(rest, "\r\n"); err != nil || !ok || size > len(rest) {
				t.Fatalf("reply %q", out)
			}
			text, rest = rest[:size], rest[size:]
		}
		if !ok || !utf8.ValidString(text) {
			t.Fatalf("reply %q", out)
		}
		out = rest
		frames := []json.RawMessage{json.RawMessage(text)}
		if text[0] == '[' {
			if err := json.Unmarshal([]byte(text), &frames); err != nil || len(frames) == 0 {
				t.Fatalf("reply %q, %v", text, err)
			}
		}
		for _, frame := range frames {
			if id, refused := readReply(t, frame); refused {
				refusals++
			} else {
				ids[id]++
			}
		}
	}
	return ids, refusals
}

func readReply(t *testing.T, text json.RawMessage) (id string, refused bool) {
	var frame struct {
		JSONRPC string `json:"jsonrpc"`
		ID      json.RawMessage
		Method  string
		Result  json.RawMessage
		Error   *struct {
			Code    int
			Message string
		}
	}
	if err := json.Unmarshal(text, &frame); err != nil || frame.JSONRPC != "2.0" {
		t.Fatalf("reply %q, %v", text, err)
	}
	if frame.Method != "" && (frame.ID == nil || frame.Method == "elicitation/create") {
		return "", true // a notification or a question of the server, and not a reply
	}
	if (frame.Result == nil) == (frame.Error == nil) || frame.ID == nil {
		t.Fatalf("reply %q", text)
	}
	if frame.Error == nil {
		return string(frame.ID), false
	}
	if frame.Error.Message == "" || frame.Error.Code == -32603 {
		t.Fatalf("reply %q", text)
	}
	return string(frame.ID), frame.Error.Code == -32700 || frame.Error.Code == -32600
}

// The kinds of a line, as far as encoding/json can tell.
const (
	other   = iota
	silent  // gets no answer
	request // gets one
)

// classify reads a line by other means than the server. The kind is other if
// encoding/json cannot tell.
func classify(line []byte) (id string, kind int, name string) {
	if len(line) == 0 {
		return "", silent, ""
	}
	if line[0] != '{' || !utf8.Valid(line) || bytes.Contains(bytes.ToLower(line), []byte(`\ud`)) || depth(line) > 100 {
		return "", other, ""
	}
	members := make(map[string]string)
	in := json.NewDecoder(bytes.NewReader(line))
	_, _ = in.Token()
	count := 0
	for in.More() {
		name, err := in.Token()
		var value json.RawMessage
		if err != nil || in.Decode(&value) != nil {
			return "", other, ""
		}
		members[name.(string)] = string(value)
		count++
	}
	if _, err := in.Token(); err != nil || count != len(members) {
		return "", other, ""
	}
	if _, err := in.Token(); err != io.EOF {
		return "", other, ""
	}
	method, hasMethod := members["method"]
	id, hasID := members["id"]
	params, hasParams := members["params"]
	_, hasResult := members["result"]
	_, hasError := members["error"]
	if !hasMethod && (hasResult || hasError) {
		return "", silent, ""
	}
	if members["jsonrpc"] != `"2.0"` || !strings.HasPrefix(method, `"`) || hasResult || hasError ||
		(hasParams && params[0] != '{' && params[0] != '[') {
		return "", other, ""
	}
	_ = json.Unmarshal([]byte(method), &name)
	if !hasID {
		return "", silent, name
	}
	if number := strings.Trim(id, "-0123456789") == ""; !number && id[0] != '"' {
		return "", other, ""
	}
	return id, request, name
}

// depth returns at least the depth of nested brackets.
func depth(line []byte) int {
	return bytes.Count(line, []byte("[")) + bytes.Count(line, []byte("{"))
}
