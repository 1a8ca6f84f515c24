package mcp

import (
	"bufio"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/schema/tree"
)

// withProgress returns a call whose client wants to know of its progress.
func withProgress(call, token string) string {
	return strings.Replace(call, `"params":{`, `"params":{"_meta":{"progressToken":`+token+`},`, 1)
}

// TestAsk_progress expects a notification every ten seconds while a question is open,
// under the client's own token, and none after the answer.
func TestAsk_progress(t *testing.T) {
	for _, token := range []string{`"t"`, `7`, `0`, `""`, `18446744073709551615`} {
		converse(t, catalogOf(echo, held), settings{}, func(d *dialogue) {
			d.say(withProgress(heldCall("a"), token))
			id := d.isQuestion(d.read(), "a")
			start := time.Now()
			for i := 1; i <= 3; i++ {
				got, err := d.out.ReadString('\n')
				want := fmt.Sprintf(`{"jsonrpc":"2.0","method":"notifications/progress","params":{"message":"waiting for a person's answer","progress":%d0,"progressToken":%s}}`+"\n", i, token)
				if waited := time.Since(start); err != nil || got != want || waited != time.Duration(i)*progressTime {
					t.Fatalf("after %v: got %s, %v\nwant after %v: %s", waited, got, err, time.Duration(i)*progressTime, want)
				}
			}
			d.say(answerTo(id, yes))
			d.wantAnswer("a", "done")
			time.Sleep(3 * progressTime)
			d.say(pingOf(`"p"`) + "\n")
			d.wantID("p")
		})
	}
}

// TestAsk_noProgress expects no notification if the client names no token for it, or
// none that MCP has, and after the end of the call.
func TestAsk_noProgress(t *testing.T) {
	for _, token := range []string{"", "null", "true", "1.5", "[]", "{}"} {
		call := heldCall("a")
		if token != "" {
			call = withProgress(call, token)
		}
		converse(t, catalogOf(echo, held), settings{}, func(d *dialogue) {
			d.say(call)
			id := d.isQuestion(d.read(), "a")
			time.Sleep(5 * progressTime)
			d.say(answerTo(id, yes))
			d.wantAnswer("a", "done")
		})
	}
	for name, end := range map[string]string{"cancelled": cancelNotification(`"a"`), "cancelled, with a reply": cancelRequest(`"a"`)} {
		t.Run(name, func(t *testing.T) {
			converse(t, catalogOf(echo, held), settings{}, func(d *dialogue) {
				d.say(withProgress(heldCall("a"), "1"))
				id := d.isQuestion(d.read(), "a")
				d.read()
				d.say(end)
				d.wantWithdrawn(id)
				if end == cancelRequest(`"a"`) {
					d.wantAnswer("a", "-32800")
				}
				time.Sleep(3 * progressTime)
				d.say(pingOf(`"p"`) + "\n")
				d.wantID("p")
			})
		})
	}
}

// TestAsk_progressModern: in MCP 2026-07-28 no call stays open, and so there is no
// progress of it.
func TestAsk_progressModern(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := connectModern(t, catalogOf(echo, held), settings{})
		call := func(more string) string {
			return strings.Replace(modernCall(more), `"_meta":{`, `"_meta":{"progressToken":1,`, 1)
		}
		state := in.wantQuestion(call(""))
		time.Sleep(3 * progressTime)
		in.wantOutcome(call(approvalParams(state)), "done")
	})
}

// TestAsk_progressFraming expects the notifications in the framing of the call.
func TestAsk_progressFraming(t *testing.T) {
	converse(t, catalogOf(echo, held), settings{}, func(d *dialogue) {
		d.say(withHeader(strings.TrimSpace(withProgress(heldCall("a"), "1"))) + "\n")
		for _, want := range []string{"elicitation/create", "notifications/progress", "notifications/progress"} {
			if frame := readWithHeader(t, d.out); frame["method"] != want {
				t.Errorf("got %v, want %s", frame, want)
			}
		}
		d.say(cancelRequest(`"a"`))
		d.drain()
	})
}

// readWithHeader reads a message after its headers.
func readWithHeader(t *testing.T, out *bufio.Reader) tree.Object {
	t.Helper()
	header, err := out.ReadString('\n')
	blank, _ := out.ReadString('\n')
	var n int
	if _, scanErr := fmt.Sscanf(header, "Content-Length: %d", &n); err != nil || scanErr != nil || blank != "\r\n" {
		t.Fatalf("got %q, %q, %v, want headers", header, blank, err)
	}
	body := make([]byte, n)
	if _, err := readFull(out, body); err != nil {
		t.Fatal(err)
	}
	frame, err := tree.DecodeObject(body)
	if err != nil {
		t.Fatalf("got %s, %v", body, err)
	}
	return frame
}
