package mcp

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/rpc/internal/conn"
	"realmconf/rpc/internal/frame"
	"realmconf/schema/tree"
	"realmconf/tools"
	"realmconf/tools/policy"
	"realmconf/tools/review"
)

// questionCatalog returns a catalog whose calls a script controls. The writes
// "ask …" are held before until a person says yes; the rest of their name is the script's.
func questionCatalog(s *script) *catalog {
	set := func(ctx context.Context, caller tools.Caller, params tree.Object) (json.RawMessage, error) {
		name, asks := strings.CutPrefix(params["n"].(string), "ask ")
		if asks {
			if _, err := held(ctx, caller, params); err != nil {
				return nil, err
			}
		}
		return s.call(true)(ctx, caller, tree.Object{"n": name})
	}
	return catalogOf(s.call(false), set)
}

// runScript runs a test with a dialogue over a questionCatalog.
func runScript(t *testing.T, names []string, test func(s *script, d *dialogue)) {
	s := new(script)
	converse(t, questionCatalog(s), settings{}, func(d *dialogue) {
		*s = *newScript(names) // made in the bubble
		test(s, d)
	})
}

// TestAsk_order expects later calls to run while a call waits for a person, and
// that call to take its place after them.
func TestAsk_order(t *testing.T) {
	runScript(t, []string{"w1", "w2", "r3", "w4", "r5", "r6"}, func(s *script, d *dialogue) {
		d.say(scriptLine("w1") + heldCall("ask w2"))
		id := d.question("ask w2")
		d.say(scriptLine("r3"))
		want(t, "before the writes before it are done", s.began(), "w1")
		s.end("w1")
		d.wantID("w1")
		want(t, "while the person thinks", s.began(), "r3")
		s.end("r3")
		d.wantID("r3")
		d.say(scriptLine("w4") + scriptLine("r5"))
		want(t, "a write", s.began(), "w4")
		s.end("w4")
		d.wantID("w4")
		want(t, "and a read after it", s.began(), "r5")
		d.say(answerTo(id, yes))
		want(t, "after the answer, the read being there first", s.began(), "")
		d.say(scriptLine("r6"))
		want(t, "and what comes after the answer", s.began(), "")
		s.end("r5")
		d.wantID("r5")
		want(t, "in its new place", s.began(), "w2")
		s.end("w2")
		d.wantID("ask w2")
		want(t, "what came after the answer", s.began(), "r6")
		s.end("r6")
		d.wantID("r6")
	})
}

// wantID reads the reply to a call, which must be a result.
func (d *dialogue) wantID(name string) {
	d.t.Helper()
	d.isResult(d.read(), name)
}

// isResult is wantID for a message that was read already.
func (d *dialogue) isResult(frame tree.Object, name string) {
	d.t.Helper()
	if frame["id"] != name || frame["result"] == nil {
		d.t.Fatalf("got %v, want the result of %s", frame, name)
	}
}

// TestAsk_newPlace cancels a call in its new place in the order, or ends the
// input.
func TestAsk_newPlace(t *testing.T) {
	for _, end := range []string{"without reply", "with reply", "not cancelled"} {
		t.Run(end, func(t *testing.T) {
			runScript(t, []string{"r1", "w2", "r3"}, func(s *script, d *dialogue) {
				s.end("w2")
				d.say(heldCall("ask w2"))
				id := d.question("ask w2")
				d.say(scriptLine("r1"))
				want(t, "a read", s.began(), "r1")
				d.say(answerTo(id, yes))
				synctest.Wait()
				d.say(scriptLine("r3"))
				time.Sleep(2 * leadTime)
				want(t, "what comes after the answer", s.began(), "")
				switch end {
				case "without reply":
					d.say(cancelNotification(`"ask w2"`))
					want(t, "after the cancellation", s.began(), "r3")
				case "with reply":
					d.say(cancelRequest(`"ask w2"`))
					d.wantAnswer("ask w2", "-32800")
					want(t, "after the cancellation", s.began(), "r3")
				default:
					_ = d.in.Close()
				}
				s.end("r1")
				d.wantID("r1")
				if end == "not cancelled" {
					d.wantID("ask w2")
				}
				s.end("r3")
				d.wantID("r3")
			})
		})
	}
}

// TestAsk_handsOff expects a ping to be answered at once while a call asks.
func TestAsk_handsOff(t *testing.T) {
	now := func(ctx context.Context, caller tools.Caller, params tree.Object) (json.RawMessage, error) {
		_, err := caller.Ask(ctx, policy.Question{Message: fmt.Sprint("change ", params["n"], "?")})
		return json.RawMessage(`{"done":1}`), err
	}
	converse(t, catalogOf(echo, now), settings{}, func(d *dialogue) {
		start := time.Now()
		d.say(heldCall("a") + pingOf(`"p"`) + "\n")
		question, pong := d.read(), d.read()
		if question["id"] == "p" { // the ping may be first
			question, pong = pong, question
		}
		id := d.isQuestion(question, "a")
		d.isResult(pong, "p")
		if waited := time.Since(start); waited > frame.FlushDelay {
			t.Errorf("answered after %v, want at once", waited)
		}
		d.say(pingOf(`"q"`) + "\n")
		start = time.Now()
		d.wantID("q")
		if waited := time.Since(start); waited != 0 {
			t.Errorf("answered after %v, want at once: nothing follows", waited)
		}
		d.say(answerTo(id, yes))
		d.wantAnswer("a", "done")
	})
}

// TestAsk_answerAfterManyRequests sends as many requests as may wait before the
// answer.
func TestAsk_answerAfterManyRequests(t *testing.T) {
	const most = 1024
	var names []string
	for i := range most {
		names = append(names, fmt.Sprint("r", i))
	}
	runScript(t, append(names, "w", "r"), func(s *script, d *dialogue) {
		s.end("w")
		s.log = make(chan string, 2*most)
		d.say(heldCall("ask v"))
		first := d.question("ask v")
		d.say(heldCall("ask w"))
		second := d.question("ask w")
		start := time.Now()
		for _, name := range names {
			d.say(scriptLine(name))
		}
		d.say(answerTo(first, `{"action":"decline"}`))
		d.wantAnswer("ask v", "declined")
		if took := time.Since(start); took > 2*leadTime {
			t.Errorf("answered after %v, want at once", took)
		}

		// One more than the limit: reading pauses before the answer.
		d.say(scriptLine("r"))
		go d.say(answerTo(second, yes))
		d.wantAnswer("r", "1012")
		if took := time.Since(start); took > stallTime+2*frame.FlushDelay {
			t.Errorf("refused after %v, want %v", took, stallTime)
		}
		for _, name := range names {
			s.end(name)
		}
		done := map[any]bool{}
		for range len(names) + 1 { // the call overtakes those that have not begun
			if frame := d.read(); frame["result"] != nil {
				done[frame["id"]] = true
			}
		}
		if len(done) != most+1 || !done["ask w"] {
			t.Errorf("got %d results, want those of %d reads and of the call that asked", len(done), most)
		}
	})
}

// TestAsk_limits expects calls that wait for a person not to count against the
// limits of requests, and to have a limit of their own.
func TestAsk_limits(t *testing.T) {
	converse(t, catalogOf(echo, held), settings{Limits: conn.Limits{InFlight: 2, InFlightMemory: 1 << 20}}, func(d *dialogue) {
		start := time.Now()
		var ids []string
		for i := range review.MaxQuestions {
			name := fmt.Sprint("a", i)
			d.say(heldCall(name))
			ids = append(ids, d.isQuestion(d.read(), name))
		}
		d.say(heldCall("b"))
		d.wantAnswer("b", "busy")
		d.say(strings.Replace(pingOf(`"p"`), `"ping"`, `"ping","x":"`+strings.Repeat("x", 1000)+`"`, 1) + "\n")
		d.wantID("p")
		if waited := time.Since(start); waited != 0 {
			t.Errorf("everything took %v, want no time", waited)
		}
		time.Sleep(review.LeastYesTime)
		d.say(answerTo(ids[3], yes))
		d.wantAnswer("a3", "done")
		d.say(heldCall("c"))
		ids[3] = d.question("c")
		for i, id := range ids {
			d.say(answerTo(id, yes))
			if i == 3 {
				d.wantAnswer("c", "done")
			} else {
				d.wantAnswer(fmt.Sprint("a", i), "done")
			}
		}
		d.say(heldCall("d"))
		d.say(answerTo(d.question("d"), yes))
		d.wantAnswer("d", "done")
	})
}

// TestCheckBatch_refusedBatchIsRemoved expects a refused batch not to count
// against the limits any more.
func TestCheckBatch_refusedBatchIsRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		batch := "[" + strings.Repeat(pingOf("1")+",", 9) + pingOf("1") + "]\n"
		talk(t, catalogOf(echo, echo), settings{Limits: conn.Limits{InFlight: 10}}, handshake+batch+batch+getLine(1)+getLine(2)+batch)
		if took := time.Since(start); took >= stallTime {
			t.Errorf("took %v, want no wait for room", took)
		}
	})
}
