package mcp

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/schema/tree"
	"realmconf/tools"
	"realmconf/tools/review"
)

// results are results of a question, with the outcome of the call.
var results = []struct{ name, result, want string }{
	{"yes", yes, "done"},
	{"yes, and more", `{"_meta":{},"action":"accept","content":{"decision":"yes","x":[1]},"y":null}`, "done"},
	{"no", `{"action":"accept","content":{"decision":"no"}}`, "declined"},
	{"later", `{"action":"accept","content":{"decision":"later"}}`, "cancelled"},
	{"later in capitals", `{"action":"accept","content":{"decision":"Later"}}`, "unclear"},
	{"the name of later", `{"action":"accept","content":{"decision":"Not now"}}`, "unclear"},
	{"decline with later", `{"action":"decline","content":{"decision":"later"}}`, "declined"},
	{"no choice", `{"action":"accept","content":{}}`, "unclear"},
	{"no content", `{"action":"accept"}`, "unclear"},
	{"content is yes", `{"action":"accept","content":"yes"}`, "unclear"},
	{"yes as a boolean", `{"action":"accept","content":{"decision":true}}`, "unclear"},
	{"no as a boolean", `{"action":"accept","content":{"decision":false}}`, "unclear"},
	{"yes as a number", `{"action":"accept","content":{"decision":1}}`, "unclear"},
	{"yes in capitals", `{"action":"accept","content":{"decision":"Yes"}}`, "unclear"},
	{"yes with a space", `{"action":"accept","content":{"decision":"yes "}}`, "unclear"},
	{"the name of yes", `{"action":"accept","content":{"decision":"Yes, make this change"}}`, "unclear"},
	{"yes in a list", `{"action":"accept","content":{"decision":["yes"]}}`, "unclear"},
	{"yes and no", `{"action":"accept","content":{"decision":["no","yes"]}}`, "unclear"},
	{"an empty text", `{"action":"accept","content":{"decision":""}}`, "unclear"},
	{"null for the choice", `{"action":"accept","content":{"decision":null}}`, "unclear"},
	{"the box of an older form", `{"action":"accept","content":{"approve":true}}`, "unclear"},
	{"another member", `{"action":"accept","content":{"Decision":"yes"}}`, "unclear"},
	{"beside content", `{"action":"accept","decision":"yes"}`, "unclear"},
	{"content is a list", `{"action":"accept","content":[{"decision":"yes"}]}`, "unclear"},
	{"decline", `{"action":"decline"}`, "declined"},
	{"decline with yes", `{"action":"decline","content":{"decision":"yes"}}`, "declined"},
	{"cancel", `{"action":"cancel"}`, "cancelled"},
	{"cancel with yes", `{"action":"cancel","content":{"decision":"yes"}}`, "cancelled"},
	{"no action", `{"content":{"decision":"yes"}}`, "unclear"},
	{"action in capitals", `{"action":"Accept","content":{"decision":"yes"}}`, "unclear"},
	{"action is true", `{"action":true,"content":{"decision":"yes"}}`, "unclear"},
	{"action is null", `{"action":null,"content":{"decision":"yes"}}`, "unclear"},
	{"empty", `{}`, "unclear"},
	{"a list", `[` + yes + `]`, "unclear"},
	{"text", `"accept"`, "unclear"},
	{"true", `true`, "unclear"},
	{"null", `null`, "cancelled"},
}

// TestReadAnswer_results answers a call of both eras with each result.
func TestReadAnswer_results(t *testing.T) {
	for _, tt := range results {
		t.Run(tt.name, func(t *testing.T) {
			converse(t, catalogOf(echo, held), settings{}, func(d *dialogue) {
				d.say(heldCall("a"))
				d.say(answerTo(d.question("a"), tt.result))
				d.wantAnswer("a", tt.want)
			})
			synctest.Test(t, func(t *testing.T) {
				in := connectModern(t, catalogOf(echo, held), settings{})
				state := in.wantQuestion(modernCall(""))
				time.Sleep(review.LeastYesTime)
				in.wantOutcome(modernCall(`,"requestState":"`+state+`","inputResponses":{"approve":`+tt.result+`}`), tt.want)
			})
		})
	}
}

// TestAnswerAfter_atOnce: no result that comes in less than a tenth of a second is a
// person's answer, whatever it says, in both eras; and no yes in less than a second and a
// half. Nothing else may answer the question later.
func TestAnswerAfter_atOnce(t *testing.T) {
	for _, tt := range results {
		t.Run(tt.name, func(t *testing.T) {
			least := review.LeastAnswerTime
			if tt.want == "done" {
				least = review.LeastYesTime
			}
			for wait, want := range map[time.Duration]string{0: "automatic", least - time.Millisecond: "automatic", least: tt.want} {
				converse(t, catalogOf(echo, held), settings{}, func(d *dialogue) {
					d.say(heldCall("a"))
					id := d.isQuestion(d.read(), "a")
					time.Sleep(wait)
					d.say(answerTo(id, tt.result))
					d.wantAnswer("a", want)
					d.say(answerTo(id, yes))
				})
				synctest.Test(t, func(t *testing.T) {
					in := connectModern(t, catalogOf(echo, held), settings{})
					state := in.wantQuestion(modernCall(""))
					time.Sleep(wait)
					in.wantOutcome(modernCall(`,"requestState":"`+state+`","inputResponses":{"approve":`+tt.result+`}`), want)
				})
			}
		})
	}
}

// TestForm_exactBytes compares a question byte for byte, in both eras.
func TestForm_exactBytes(t *testing.T) {
	const schema = `"requestedSchema":{"properties":{"decision":{"enum":["no","yes","later"],"enumNames":["No","Yes, make this change","Not now"],"title":"Allow this change?","type":"string"}},"required":["decision"],"type":"object"}}`
	converse(t, catalogOf(echo, held), settings{}, func(d *dialogue) {
		d.say(heldCall("a"))
		got, err := d.out.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		id := got[len(`{"id":"`):][:len("realmconf-")+26]
		if want := `{"id":"` + id + `","jsonrpc":"2.0","method":"elicitation/create","params":{"message":"change a?",` + schema + "}\n"; got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
		d.say(cancelNotification(`"a"`))
		got, err = d.out.ReadString('\n')
		want := `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"reason":"the call that asked has ended","requestId":"` + id + `"}}` + "\n"
		if err != nil || got != want {
			t.Errorf("got %s, %v\nwant %s", got, err, want)
		}
	})
	got := ask(t, catalogOf(echo, held), settings{}, modernCall(""))
	_, state, _ := strings.Cut(got, `"requestState":"`)
	state, _, _ = strings.Cut(state, `"`)
	want := `{"id":1,"jsonrpc":"2.0","result":{"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"realmconf","title":"Realm configuration","version":"devel"}},` +
		`"inputRequests":{"approve":{"method":"elicitation/create","params":{"message":"change a?","mode":"form",` + schema + `}},` +
		`"requestState":"` + state + `","resultType":"input_required"}}`
	if got != want || len(state) < 50 {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// TestAsk_whichClients expects a question only to a client that calls a tool and
// has declared that it can show a form.
func TestAsk_whichClients(t *testing.T) {
	legacy := func(revision, capabilities string) string {
		return handshakeWith(revision, capabilities) + heldCall("a")
	}
	now := func(capabilities string) string {
		return line("tools/call", version+`,"io.modelcontextprotocol/clientCapabilities":`+capabilities, `"name":"config_set","arguments":{"n":"a"}`) + "\n"
	}
	plain := `{"jsonrpc":"2.0","id":1,"method":"config/set","params":{"n":"a"}}` + "\n"
	for _, tt := range []struct {
		name, in string
		want     bool
	}{
		{"2025-11-25", legacy("2025-11-25", asksForms), true},
		{"2025-06-18", legacy("2025-06-18", asksForms), true},
		{"2025-03-26", legacy("2025-03-26", asksForms), false},
		{"2025-03-26, in a batch", handshakeWith("2025-03-26", asksForms) + "[" + strings.TrimSpace(heldCall("a")) + "]\n", false},
		{"2024-11-05", legacy("2024-11-05", asksForms), false},
		{"an unknown revision", legacy("2027-01-01", asksForms), true},
		{"forms", legacy("2025-11-25", `{"elicitation":{"form":{}}}`), true},
		{"forms and URLs", legacy("2025-11-25", `{"elicitation":{"form":{},"url":{}}}`), true},
		{"URLs only", legacy("2025-11-25", `{"elicitation":{"url":{}}}`), false},
		{"something else", legacy("2025-06-18", `{"elicitation":{"schemaValidation":true}}`), true},
		{"form is not an object", legacy("2025-11-25", `{"elicitation":{"form":true}}`), false},
		{"elicitation is true", legacy("2025-11-25", `{"elicitation":true}`), false},
		{"elicitation is null", legacy("2025-11-25", `{"elicitation":null}`), false},
		{"nothing declared", legacy("2025-11-25", `{}`), false},
		{"the last initialize declares nothing", handshakeWith("2025-11-25", asksForms) + legacy("2025-11-25", `{}`), false},
		{"a method", handshakeWith("2025-11-25", asksForms) + plain, false},
		{"2026-07-28", now(asksForms), true},
		{"2026-07-28, forms", now(`{"elicitation":{"form":{}}}`), true},
		{"2026-07-28, URLs only", now(`{"elicitation":{"url":{}}}`), false},
		{"2026-07-28, nothing declared", handshakeWith("2025-11-25", asksForms) + now(`{}`), false},
		{"2026-07-28, a method", line("config/set", version+`,"io.modelcontextprotocol/clientCapabilities":`+asksForms, `"n":"a"`), false},
		{"2026-07-28 leaves nothing for later requests", now(asksForms) + legacy("2025-11-25", `{}`), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := false
			note := func(_ context.Context, caller tools.Caller, _ tree.Object) (json.RawMessage, error) {
				got = caller.Ask != nil
				return json.RawMessage("{}"), nil
			}
			talk(t, catalogOf(echo, note), settings{}, tt.in)
			if got != tt.want {
				t.Errorf("got %t, want %t", got, tt.want)
			}
		})
	}
}

// TestAsk_otherResponses sends responses to no open question, and then the
// answer.
func TestAsk_otherResponses(t *testing.T) {
	converse(t, catalogOf(echo, held), settings{}, func(d *dialogue) {
		d.say(heldCall("a")) // one after the other: calls that wait for a person have no order
		a := d.question("a")
		d.say(heldCall("b"))
		b := d.question("b")
		if a == b {
			t.Fatalf("two questions have the id %s", a)
		}
		d.say(answerTo("realmconf-", yes) + answerTo("a", yes) + answerTo(a+"x", yes) + answerTo(strings.ToLower(a), yes))
		for _, id := range []string{"1", "null", "[]", "{}", `["` + a + `"]`} {
			d.say(`{"jsonrpc":"2.0","id":` + id + `,"result":` + yes + "}\n")
		}
		d.say(`{"jsonrpc":"2.0","result":` + yes + "}\n" + `{"jsonrpc":"2.0","error":{"code":1,"message":"x"}}` + "\n")
		d.say(cancelNotification(`"`+a+`"`) + cancelRequest(`"`+a+`"`)) // not the client's requests
		d.say(answerTo(b, `{"action":"decline"}`) + answerTo(b, yes))
		d.wantAnswer("b", "declined")
		d.say(answerTo(b, yes) + answerTo(a, yes) + answerTo(a, `{"action":"decline"}`))
		d.wantAnswer("a", "done")
		d.say(answerTo(a, yes) + heldCall("c"))
		d.say(answerTo(d.question("c"), `{"action":"cancel"}`))
		d.wantAnswer("c", "cancelled")
	})
}

// TestAsk_malformedResponses expects a response that is not well-formed to end
// the question that it names.
func TestAsk_malformedResponses(t *testing.T) {
	for name, response := range map[string]string{
		"an error":           `{"jsonrpc":"2.0","id":"ID","error":{"code":-32601,"message":"no forms here"}}`,
		"an empty error":     `{"jsonrpc":"2.0","id":"ID","error":null}`,
		"a result and error": `{"jsonrpc":"2.0","id":"ID","result":` + yes + `,"error":{"code":1,"message":"x"}}`,
		"no version":         `{"id":"ID","result":` + yes + `}`,
		"an old version":     `{"jsonrpc":"1.0","id":"ID","result":` + yes + `}`,
		"a member twice":     `{"jsonrpc":"2.0","id":"ID","result":{"action":"decline","action":"accept","content":{"decision":"yes"}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			converse(t, catalogOf(echo, held), settings{}, func(d *dialogue) {
				d.say(heldCall("a"))
				d.say(strings.Replace(response, "ID", d.question("a"), 1) + "\n")
				d.wantAnswer("a", "cancelled")
			})
		})
	}
}

// TestAsk_framings answers in a batch, after headers, and with another spelling
// of the id.
func TestAsk_framings(t *testing.T) {
	again := handshakeWith("2025-03-26", "{}")
	for name, frame := range map[string]func(id string) string{
		"a batch of its own": func(id string) string { return again + "[" + strings.TrimSpace(answerTo(id, yes)) + "]\n" },
		"a batch with a request": func(id string) string {
			return again + "[" + strings.TrimSpace(answerTo(id, yes)) + "," + pingOf("7") + "]\n"
		},
		"a batch with another": func(id string) string {
			return again + "[" + strings.TrimSpace(answerTo("x", yes)) + "," + strings.TrimSpace(answerTo(id, yes)) + "]\n"
		},
		"headers":                  func(id string) string { return withHeader(strings.TrimSpace(answerTo(id, yes))) },
		"escapes":                  func(id string) string { return answerTo(strings.Replace(id, "realmconf", `r\u0065almconf`, 1), yes) },
		"after another initialize": func(id string) string { return handshakeWith("2024-11-05", "{}") + answerTo(id, yes) },
	} {
		t.Run(name, func(t *testing.T) {
			converse(t, catalogOf(echo, held), settings{}, func(d *dialogue) {
				d.say(heldCall("a"))
				d.say(frame(d.question("a")))
				for {
					line, err := d.out.ReadString('\n')
					if err != nil {
						t.Fatal(err)
					}
					if strings.Contains(line, `"id":"a"`) {
						if !strings.Contains(line, `"structuredContent":{"done":"a"}`) {
							t.Errorf("got %s, want the result, as the revision of its request has it", line)
						}
						break
					}
				}
				synctest.Wait()
				d.drain()
			})
		})
	}
}

// TestAsk_refusedBatch expects a response in a refused batch to have no effect.
func TestAsk_refusedBatch(t *testing.T) {
	converse(t, catalogOf(echo, held), settings{}, func(d *dialogue) {
		d.say(heldCall("a"))
		id := d.question("a")
		d.say("[" + strings.TrimSpace(answerTo(id, yes)) + "]\n")
		line, err := d.out.ReadString('\n')
		if err != nil || !strings.Contains(line, "batches are not part of MCP") {
			t.Errorf("got %s, %v, want a refusal", line, err)
		}
		d.say(answerTo(id, `{"action":"decline"}`))
		d.wantAnswer("a", "declined")
	})
}

// TestAsk_contentLength expects a question in the framing of its call.
func TestAsk_contentLength(t *testing.T) {
	converse(t, catalogOf(echo, held), settings{}, func(d *dialogue) {
		d.say(withHeader(strings.TrimSpace(heldCall("a"))) + "\n")
		if frame := readWithHeader(t, d.out); frame["method"] != "elicitation/create" {
			t.Fatalf("got %v, want a question", frame)
		}
		d.say(cancelRequest(`"a"`)) // withdraws the question in the same framing
		header, _ := d.out.ReadString('\n')
		if !strings.HasPrefix(header, "Content-Length: ") {
			t.Errorf("got %q, want headers", header)
		}
		d.drain()
	})
}

func readFull(r *bufio.Reader, p []byte) (int, error) {
	for n := 0; n < len(p); {
		m, err := r.Read(p[n:])
		if n += m; err != nil {
			return n, err
		}
	}
	return len(p), nil
}

// TestAsk_noAnswer expects a question to end after ten minutes, and a later
// answer to have no effect.
func TestAsk_noAnswer(t *testing.T) {
	converse(t, catalogOf(echo, held), settings{}, func(d *dialogue) {
		start := time.Now()
		d.say(heldCall("a"))
		id := d.question("a")
		d.wantWithdrawn(id)
		if waited := time.Since(start); waited != review.Lifetime {
			t.Errorf("withdrawn after %v, want %v", waited, review.Lifetime)
		}
		d.wantAnswer("a", "expired")
		d.say(answerTo(id, yes) + heldCall("b"))
		id = d.question("b")
		time.Sleep(review.Lifetime - review.LeastYesTime - time.Nanosecond)
		d.say(answerTo(id, yes))
		d.wantAnswer("b", "done")
	})
}

// TestAsk_callIsCancelled expects a cancelled call to withdraw its question.
func TestAsk_callIsCancelled(t *testing.T) {
	converse(t, catalogOf(echo, held), settings{}, func(d *dialogue) {
		d.say(heldCall("a")) // one after the other: calls that wait for a person have no order
		a := d.question("a")
		d.say(heldCall("b"))
		b := d.question("b")
		d.say(cancelNotification(`"a"`))
		d.wantWithdrawn(a)
		d.say(cancelRequest(`"b"`))
		d.wantWithdrawn(b)
		d.wantAnswer("b", "-32800")
		d.say(answerTo(a, yes) + answerTo(b, yes) + pingOf(`"p"`) + "\n")
		if frame := d.read(); frame["id"] != "p" {
			t.Errorf("got %v, want the answer to the ping and nothing before it", frame)
		}
	})
}

// TestAsk_inputEnds expects a reply to every call, also to one that would ask
// after the end of the input.
func TestAsk_inputEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		later := make(chan struct{})
		slow := func(ctx context.Context, caller tools.Caller, params tree.Object) (json.RawMessage, error) {
			<-later
			return held(ctx, caller, params)
		}
		conn := connect(t.Context(), catalogOf(slow, held), settings{})
		d := &dialogue{connection: conn, t: t, out: bufio.NewReader(conn.out)}
		d.say(handshakeWith("2025-06-18", asksForms) + heldCall("a") + strings.Replace(heldCall("b"), "config_set", "config_get", 1))
		d.read()
		d.question("a")
		_ = conn.in.Close()
		synctest.Wait()
		close(later)
		got := map[any]string{}
		for range 2 {
			frame := d.read()
			got[frame["id"]] = outcomeOf(t, frame)
		}
		if got["a"] != "cancelled" || got["b"] != "cancelled" {
			t.Errorf("got %v, want both cancelled", got)
		}
		if err := <-conn.done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
}

// TestAsk_outputBreaks breaks the output before and after the question, and ends
// the context. Serve must return.
func TestAsk_outputBreaks(t *testing.T) {
	for _, asked := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			conn := connect(t.Context(), catalogOf(echo, held), settings{})
			d := &dialogue{connection: conn, t: t, out: bufio.NewReader(conn.out)}
			d.say(handshakeWith("2025-06-18", asksForms))
			d.read()
			if asked {
				d.say(heldCall("a"))
				d.question("a")
			}
			_ = conn.out.Close()
			d.say(heldCall("b"))
			if err := <-conn.done; err != nil {
				t.Errorf("asked %t: got %v, want nil", asked, err)
			}
			_ = conn.in.Close()
		})
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		conn := connect(ctx, catalogOf(echo, held), settings{})
		d := &dialogue{connection: conn, t: t, out: bufio.NewReader(conn.out)}
		d.say(handshakeWith("2025-06-18", asksForms) + heldCall("a"))
		d.read()
		id := d.question("a")
		cancel()
		d.wantWithdrawn(id)
		d.wantAnswer("a", "-32800")
		if err := <-conn.done; !errors.Is(err, context.Canceled) {
			t.Errorf("serve: got %v, want %v", err, context.Canceled)
		}
		_ = conn.in.Close()
	})
}

// TestAnswerAfter_slowReader: the time begins when the client has the question.
func TestAnswerAfter_slowReader(t *testing.T) {
	converse(t, catalogOf(echo, held), settings{}, func(d *dialogue) {
		d.say(heldCall("a"))
		time.Sleep(time.Second)
		d.say(answerTo(d.isQuestion(d.read(), "a"), yes))
		d.wantAnswer("a", "automatic")
	})
}
