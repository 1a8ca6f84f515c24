package mcp

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/rpc/internal/conn"
	"realmconf/schema/tree"
	"realmconf/tools"
	"realmconf/tools/policy"
	"realmconf/tools/review"
)

const formsMeta = version + `,"io.modelcontextprotocol/clientCapabilities":{"elicitation":{"form":{}}},"io.modelcontextprotocol/clientInfo":{"name":"new","version":"2"}`

// modernCall returns a call of config_set with n "a" and more params.
func modernCall(more string) string {
	return line("tools/call", formsMeta, `"name":"config_set","arguments":{"n":"a"}`+more)
}

// rounds is a connection of MCP 2026-07-28, where a call may take two rounds.
type rounds struct {
	t    *testing.T
	conn *connection
	out  *bufio.Reader
}

// connectModern begins a connection that ends with the test.
func connectModern(t *testing.T, c *catalog, opts settings) *rounds {
	conn := connect(context.WithoutCancel(t.Context()), c, opts)
	t.Cleanup(func() {
		_ = conn.in.Close()
		if err := <-conn.done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return &rounds{t: t, conn: conn, out: bufio.NewReader(conn.out)}
}

func (r *rounds) answer(request string) tree.Object {
	r.t.Helper()
	r.conn.send(r.t, request+"\n")
	line, err := r.out.ReadString('\n')
	if err != nil {
		r.t.Fatal(err)
	}
	frame, err := tree.DecodeObject([]byte(line))
	if err != nil {
		r.t.Fatal(err)
	}
	return frame
}

// wantQuestion sends a call whose result must be a question, and returns its state.
func (r *rounds) wantQuestion(request string) string {
	r.t.Helper()
	frame := r.answer(request)
	state, _, _ := tree.Pointer{"result", "requestState"}.Get(frame)
	text, _ := state.(string)
	if outcomeOf(r.t, frame) != "asks" || text == "" {
		r.t.Fatalf("got %v, want a question", frame)
	}
	return text
}

func (r *rounds) wantOutcome(request, want string) {
	r.t.Helper()
	if frame := r.answer(request); outcomeOf(r.t, frame) != want {
		r.t.Errorf("%s\ngot %v, want %s", request, frame, want)
	}
}

// approvalParams returns the params of a repeated call with a yes.
func approvalParams(state string) string {
	return `,"requestState":` + strconv.Quote(state) + `,"inputResponses":{"approve":` + yes + `}`
}

// TestInput_otherCalls sends the yes to one call with other calls, which must be
// asked again.
func TestInput_otherCalls(t *testing.T) { synctest.Test(t, testOtherCalls) }

func testOtherCalls(t *testing.T) {
	c := catalogOf(held, held)
	in := connectModern(t, c, settings{})
	state := in.wantQuestion(modernCall(""))
	foreign := connectModern(t, c, settings{}).wantQuestion(modernCall(""))
	again := approvalParams(state)
	time.Sleep(review.LeastYesTime)
	parts := strings.SplitN(state, ".", 4) // the last is the MAC with the nonce before it
	stamp, running, mac := parts[1], parts[2], parts[2]+"."+parts[3]
	later := func(stamp string) string {
		ms, err := strconv.ParseInt(stamp, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return strconv.FormatInt(ms+1, 10)
	}
	flipped := []byte(mac)
	flipped[len(flipped)-5] ^= 'a' ^ 'b'
	call := func(arguments, more string) string {
		return line("tools/call", formsMeta, `"name":"config_set","arguments":`+arguments+more)
	}
	for _, tt := range []struct{ name, request, want string }{
		{"of another process", modernCall(approvalParams(foreign)), "asks"},
		{"for other arguments", call(`{"n":"b"}`, approvalParams(state)), "asks"},
		{"for more arguments", call(`{"n":"a","m":1}`, approvalParams(state)), "asks"},
		{"for arguments of another type", call(`{"n":["a"]}`, approvalParams(state)), "asks"},
		{"for another difference", call(`{"n":"a","subject":"other"}`, approvalParams(state)), "asks"},
		{"for another tool", strings.Replace(modernCall(approvalParams(state)), "config_set", "config_get", 1), "asks"},
		{"for another client", strings.Replace(modernCall(approvalParams(state)), `"name":"new"`, `"name":"other"`, 1), "asks"},
		{"for longer", modernCall(approvalParams("v3." + later(stamp) + "." + mac)), "asks"},
		{"for longer by the running clock", modernCall(approvalParams("v3." + stamp + "." + later(running) + "." + parts[3])), "asks"},
		{"with zeros before", modernCall(approvalParams("v3.0" + stamp + "." + mac)), "asks"},
		{"with a plus", modernCall(approvalParams("v3.+" + stamp + "." + mac)), "asks"},
		{"with one bit flipped", modernCall(approvalParams("v3." + stamp + "." + string(flipped))), "asks"},
		{"with another nonce", modernCall(approvalParams("v3." + stamp + "." + running + ".A" + parts[3])), "asks"},
		{"no number of the running clock", modernCall(approvalParams("v3." + stamp + ".A" + mac)), "asks"},
		{"cut short", modernCall(approvalParams(state[:len(state)-1])), "asks"},
		{"longer", modernCall(approvalParams(state + "A")), "asks"},
		{"without a seal", modernCall(approvalParams("v3." + stamp + ".")), "asks"},
		{"of another version", modernCall(approvalParams("v2." + stamp + "." + mac)), "asks"},
		{"invented", modernCall(approvalParams("v3.99999999999999." + strings.Repeat("A", 43))), "asks"},
		{"dots", modernCall(approvalParams(strings.Repeat(".", 10_000))), "asks"},
		{"no number", modernCall(approvalParams("v3.soon." + mac)), "asks"},
		{"an empty state", modernCall(approvalParams("")), "asks"},
		{"no state", modernCall(`,"inputResponses":{"approve":` + yes + `}`), "asks"},
		{"no answers", modernCall(`,"requestState":"` + state + `"`), "asks"},
		{"an answer to something else", modernCall(`,"requestState":"` + state + `","inputResponses":{"Approve":` + yes + `}`), "asks"},
		{"among the arguments", call(`{"n":"a"`+approvalParams(state)+`}`, ""), "asks"},
		{"state is a number", modernCall(`,"requestState":7`), "-32602"},
		{"state is null", modernCall(`,"requestState":null`), "-32602"},
		{"answers are a list", modernCall(`,"inputResponses":[` + yes + `]`), "-32602"},
		{"answers are null", modernCall(`,"inputResponses":null`), "-32602"},
		{"of a client that cannot ask", strings.Replace(modernCall(approvalParams(state)), `"elicitation":{"form":{}}`, ``, 1), "no_person"},
		{"in an older era", strings.Replace(handshakeWith("2025-11-25", `{}`), `"init"`, "1", 1) + strings.Replace(heldCall("a"), `"name"`, strings.TrimPrefix(approvalParams(state), ",")+`,"name"`, 1), "no_person"},
		{"the same, with members in another order", line("tools/call", formsMeta, strings.TrimPrefix(again, ",")+`,"arguments":{"n":"\u0061"},"name":"config_set"`), "done"},
		{"twice", modernCall(again), "asks"},
		{"three times", modernCall(again), "asks"},
	} {
		if before, after, two := strings.Cut(strings.TrimSpace(tt.request), "\n"); two {
			in.answer(before)
			tt.request = after
		}
		frame := in.answer(tt.request)
		if got := outcomeOf(t, frame); got != tt.want {
			t.Errorf("%s: got %v, want %s", tt.name, frame, tt.want)
		}
	}

	state = in.wantQuestion(modernCall(""))
	time.Sleep(review.LeastYesTime)
	in.wantOutcome(modernCall(strings.Replace(approvalParams(state), `"approve"`, `"x":1,"approve"`, 1)), "done")
}

// TestInput_secondAnswer expects a question to have one answer: after any other answer,
// a yes to the same question counts for nothing.
func TestInput_secondAnswer(t *testing.T) {
	for _, tt := range results {
		if tt.want == "done" {
			continue
		}
		for _, wait := range []time.Duration{0, review.LeastAnswerTime} {
			synctest.Test(t, func(t *testing.T) {
				in := connectModern(t, catalogOf(echo, held), settings{})
				state := in.wantQuestion(modernCall(""))
				time.Sleep(wait)
				in.answer(modernCall(`,"requestState":"` + state + `","inputResponses":{"approve":` + tt.result + `}`))
				time.Sleep(review.LeastYesTime)
				in.wantOutcome(modernCall(approvalParams(state)), "asks")
			})
		}
	}
}

// TestInput_answer_clocks expects a question to have expired as soon as one of the two
// clocks says so, in both eras: the running clock stops while the machine is suspended.
func TestInput_answer_clocks(t *testing.T) {
	asked := review.Instant{Wall: time.UnixMilli(1_800_000_000_000), Running: time.Hour}
	for name, tt := range map[string]struct {
		wall, running time.Duration
		want          policy.Answer
	}{
		"in time":   {review.Lifetime - time.Millisecond, review.Lifetime - time.Millisecond, policy.Accepted},
		"late":      {review.Lifetime, review.Lifetime, policy.Expired},
		"suspended": {review.Lifetime, time.Minute, policy.Expired},
		"set back":  {-time.Hour, review.Lifetime, policy.Expired},
		"set ahead": {time.Hour, time.Minute, policy.Expired},
		"at once":   {time.Minute, review.LeastYesTime - time.Millisecond, policy.Automatic},
	} {
		now := review.Instant{Wall: asked.Wall.Add(tt.wall), Running: asked.Running + tt.running}
		s, about := newStateSealer(), askedCall{tool: "config_set"}
		_, err := input{}.answer(t.Context(), s, asked, about, "")
		var question *inputRequired
		if !errors.As(err, &question) {
			t.Fatalf("got %v, want a question", err)
		}
		responses, err := tree.DecodeObject([]byte(`{"approve":` + yes + `}`))
		if err != nil {
			t.Fatal(err)
		}
		repeated := input{responses: responses, state: question.state}
		if got, err := repeated.answer(t.Context(), s, now, about, ""); err != nil || got != tt.want {
			t.Errorf("%s: got %s, %v, want %s", name, got, err, tt.want)
		}
		if got := answerIn(conn.Response{ID: json.RawMessage("1"), Result: json.RawMessage(yes)}, asked, now); got != tt.want {
			t.Errorf("%s, in an older era: got %s, want %s", name, got, tt.want)
		}
	}
}

// TestSeals_use takes one answer to a state, also if many were taken before, and keeps
// no more of them than fit.
func TestSeals_use(t *testing.T) {
	s, asked := newStateSealer(), review.Instant{Wall: time.UnixMilli(1_800_000_000_000)}
	after := func(d time.Duration) review.Instant {
		return review.Instant{Wall: asked.Wall.Add(d), Running: asked.Running + d}
	}
	for i := range maxUsed {
		if name := strconv.Itoa(i); !s.use(name, asked, asked) || s.use(name, asked, asked) {
			t.Fatalf("state %d: want it to count once", i)
		}
	}
	if s.use("one more", asked, after(review.Lifetime-1)) {
		t.Errorf("a state above the limit counts")
	}
	if !s.use("later", after(review.Lifetime), after(review.Lifetime)) || len(s.used) != 1 {
		t.Errorf("got %d states after their time, want 1", len(s.used))
	}
}

// TestInput_lateAnswer answers within ten minutes and after them.
func TestInput_lateAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := connect(t.Context(), catalogOf(echo, held), settings{})
		in := &rounds{t: t, conn: conn, out: bufio.NewReader(conn.out)}
		state := in.wantQuestion(modernCall(""))
		time.Sleep(review.Lifetime - time.Millisecond)
		in.wantOutcome(modernCall(approvalParams(state)), "done")
		time.Sleep(time.Millisecond)
		in.wantOutcome(modernCall(approvalParams(state)), "expired")
		in.wantOutcome(modernCall(strings.Replace(approvalParams(state), "accept", "decline", 1)), "expired")
		in.wantOutcome(modernCall(strings.Replace(approvalParams(state), "v3.", "v3.1", 1)), "asks")
		state = in.wantQuestion(modernCall(`,"requestState":"` + state + `"`)) // no answer yet
		time.Sleep(review.LeastYesTime)
		in.wantOutcome(modernCall(approvalParams(state)), "done")
		_ = conn.in.Close()
		if err := <-conn.done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
}

// TestInput_secondQuestion changes the effect of a call after the person's yes,
// which must not answer the new question.
func TestInput_secondQuestion(t *testing.T) {
	generation := byte(1)
	moves := func(ctx context.Context, caller tools.Caller, _ tree.Object) (json.RawMessage, error) {
		caller.OnQueued()
		q := policy.Question{Message: "sure?", Subject: policy.Fingerprint{generation}}
		if answer, err := caller.Ask(ctx, q); err != nil || answer != policy.Accepted {
			return nil, err
		}
		return json.RawMessage(`{"done":1}`), nil
	}
	synctest.Test(t, func(t *testing.T) {
		in := connectModern(t, catalogOf(echo, moves), settings{})
		state := in.wantQuestion(modernCall(""))
		time.Sleep(review.LeastYesTime)
		generation++
		state = in.wantQuestion(modernCall(approvalParams(state)))
		time.Sleep(review.LeastYesTime)
		in.wantOutcome(modernCall(approvalParams(state)), "done")
	})
}

// TestInput_questionAboveTheLimit expects an error for a question that is too
// large: the call has written nothing.
func TestInput_questionAboveTheLimit(t *testing.T) {
	got := ask(t, catalogOf(echo, held), settings{Limits: conn.Limits{Reply: 300}}, modernCall(""))
	if _, code, _, _ := outcome(t, got); code != 1010 {
		t.Errorf("got %s, want too_large, and not a write's shortest reply", got)
	}
}
