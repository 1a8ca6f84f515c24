package mcp

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools"
	"realmconf/tools/policy"
	"realmconf/tools/review"
)

// held is a write that needs a person's yes: it enters, is refused by the
// committer, asks, and enters again.
func held(ctx context.Context, caller tools.Caller, params tree.Object) (json.RawMessage, error) {
	required := fault.New(fault.ApprovalRequired, "a person must allow this: ask yours")
	if caller.Ask == nil {
		return nil, required.With("state", "no_person")
	}
	caller.OnQueued()
	subject := sha256.Sum256([]byte(fmt.Sprint(params["subject"])))
	answer, err := caller.Ask(ctx, policy.Question{Message: fmt.Sprint("change ", params["n"], "?"), Subject: subject})
	switch {
	case err != nil:
		return nil, err
	case answer != policy.Accepted:
		return nil, required.With("state", string(answer))
	}
	caller.OnQueued()
	reply := tree.Append(nil, tree.Object{"done": params["n"]})
	if caller.OnSuccess != nil {
		caller.OnSuccess(1, reply)
	}
	return reply, nil
}

// handshakeWith returns an initialize of a client with these capabilities.
func handshakeWith(revision, capabilities string) string {
	return `{"jsonrpc":"2.0","id":"init","method":"initialize","params":{"protocolVersion":"` + revision + `","capabilities":` + capabilities +
		`,"clientInfo":{"name":"old","version":"1"}}}` + "\n"
}

const asksForms = `{"elicitation":{}}`

// heldCall returns a call of config_set with its name as its id.
func heldCall(name string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%q,"method":"tools/call","params":{"name":"config_set","arguments":{"n":%[1]q}}}`+"\n", name)
}

// dialogue is a connection whose output is read line by line.
type dialogue struct {
	*connection
	t   *testing.T
	out *bufio.Reader
}

// converse runs a test with a connection of MCP 2025-11-25 in a bubble.
func converse(t *testing.T, c *catalog, opts settings, test func(d *dialogue)) {
	synctest.Test(t, func(t *testing.T) {
		conn := connect(t.Context(), c, opts)
		d := &dialogue{connection: conn, t: t, out: bufio.NewReader(conn.out)}
		d.say(handshakeWith("2025-11-25", asksForms))
		d.read()
		test(d)
		_ = conn.in.Close()
		if rest, err := d.out.ReadString('\n'); err == nil {
			t.Errorf("got %s after everything", rest)
		}
		if err := <-conn.done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
}

func (d *dialogue) say(text string) {
	d.t.Helper()
	d.send(d.t, text)
}

// read returns the next message of the server.
func (d *dialogue) read() tree.Object {
	d.t.Helper()
	line, err := d.out.ReadString('\n')
	if err != nil {
		d.t.Fatalf("read: %v", err)
	}
	frame, err := tree.DecodeObject([]byte(line))
	if err != nil {
		d.t.Fatalf("read %q: %v", line, err)
	}
	return frame
}

// question reads a question, as slowly as a person, and returns its id.
func (d *dialogue) question(about string) string {
	d.t.Helper()
	id := d.isQuestion(d.read(), about)
	time.Sleep(review.LeastYesTime)
	return id
}

// isQuestion is question for a message that was read already.
func (d *dialogue) isQuestion(frame tree.Object, about string) string {
	d.t.Helper()
	id, _ := frame["id"].(string)
	message, _, _ := tree.Pointer{"params", "message"}.Get(frame)
	if frame["method"] != "elicitation/create" || message != "change "+about+"?" || !strings.HasPrefix(id, "realmconf-") {
		d.t.Fatalf("got %v, want a question about %s", frame, about)
	}
	return id
}

// wantWithdrawn reads the notification that a question needs no answer any more.
func (d *dialogue) wantWithdrawn(id string) {
	d.t.Helper()
	frame := d.read()
	if about, _, _ := (tree.Pointer{"params", "requestId"}).Get(frame); frame["method"] != "notifications/cancelled" || about != id || frame["id"] != nil {
		d.t.Fatalf("got %v, want question %s withdrawn", frame, id)
	}
}

// wantAnswer reads the reply to a call and compares its outcomeOf.
func (d *dialogue) wantAnswer(name, want string) {
	d.t.Helper()
	frame := d.read()
	if got := outcomeOf(d.t, frame); frame["id"] != name || got != want {
		d.t.Fatalf("got %v: %q, want %q of %s", frame, got, want, name)
	}
}

// outcomeOf returns the reply to a call in a word: "done", the state of an
// approval that is required, another kind of fault, or an error number.
func outcomeOf(t *testing.T, frame tree.Object) string {
	t.Helper()
	if code, _, ok := (tree.Pointer{"error", "code"}).Get(frame); ok {
		return fmt.Sprint(code)
	}
	if kind, _, _ := (tree.Pointer{"result", "resultType"}).Get(frame); kind == "input_required" {
		return "asks"
	}
	content, _, _ := tree.Pointer{"result", "content"}.Get(frame)
	blocks, _ := content.([]any)
	if len(blocks) == 0 {
		return "nothing"
	}
	text, _, _ := tree.Pointer{"text"}.Get(blocks[len(blocks)-1])
	reply, err := tree.DecodeObject([]byte(text.(string)))
	switch {
	case err != nil:
		t.Fatalf("%v: %v", frame, err)
	case reply["done"] != nil:
		return "done"
	case reply["state"] != nil:
		return reply["state"].(string)
	}
	return fmt.Sprint(reply["kind"])
}

// answerTo returns a response to a question.
func answerTo(id, result string) string {
	return `{"jsonrpc":"2.0","id":"` + id + `","result":` + result + `}` + "\n"
}

const yes = `{"action":"accept","content":{"decision":"yes"}}`

// drain ends the input and reads the remaining replies.
func (d *dialogue) drain() {
	_ = d.in.Close()
	for {
		if _, err := d.out.ReadString('\n'); err != nil {
			return
		}
	}
}
