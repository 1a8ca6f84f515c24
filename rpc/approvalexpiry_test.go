package rpc_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/rpc"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
	"realmconf/tools/review"
)

// TestServe_yesExpires answers on a page, and makes the call with the yes later: the
// question and the yes each have their ten minutes, and a yes at once is no person's.
func TestServe_yesExpires(t *testing.T) {
	for name, tt := range map[string]struct {
		beforeAnswer, beforeCall time.Duration
		wantAnswer, wantCall     string
	}{
		"in time":           {review.LeastYesTime, review.Lifetime - time.Second, "written", "written"},
		"a late answer":     {review.Lifetime, time.Second, "not_found", "approval_required"},
		"a late call":       {review.LeastYesTime, review.Lifetime, "written", "approval_required"},
		"an answer at once": {review.LeastYesTime / 2, time.Second, "approval_required", "approval_required"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				questions := review.New(review.Options{Directory: "/dev/null/sockets"}) // only the page has the question
				defer questions.Close()
				c := connect(t, operationsOver(t, policy.Policy{}, realmStore{Store: storeOf(t, "")}), rpc.Options{Questions: questions, ApproveInApp: true})
				defer c.close()
				exchange := func(method, params string) tree.Object {
					t.Helper()
					lines := c.send(`{"jsonrpc":"2.0","id":1,"method":"` + method + `","params":{` + appClient + `,` + params + `}}`)
					if len(lines) != 1 {
						t.Fatalf("got %q, want one reply", lines)
					}
					frame, err := tree.DecodeObject([]byte(lines[0]))
					if err != nil {
						t.Fatal(err)
					}
					result, _ := frame["result"].(tree.Object)
					return result
				}
				const call = `"name":"config_patch","arguments":{"patch":{"shell":{"program":"sh"}},"expected_generation":1}`
				exchange("resources/read", `"uri":"ui://realmconf/review"`)
				refused := exchange("tools/call", call)
				id, _, _ := tree.Pointer{"_meta", "io.realmconf/question", "digest"}.Get(refused)
				nonce, _, _ := tree.Pointer{"_meta", "io.realmconf/nonce"}.Get(refused)
				if text := string(tree.Append(nil, refused["content"])); !strings.Contains(text, "after a yes the page makes it. do not look") {
					t.Errorf("the model reads %s", text)
				}
				time.Sleep(tt.beforeAnswer)
				answer := string(tree.Append(nil, tree.Object{"question": id, "nonce": nonce, "decision": "yes"}))
				if got := outcomeOfCall(exchange("tools/call", `"name":"config_answer","arguments":`+answer)); got != tt.wantAnswer {
					t.Errorf("the answer: got %s, want %s", got, tt.wantAnswer)
				}
				time.Sleep(tt.beforeCall)
				if got := outcomeOfCall(exchange("tools/call", call)); got != tt.wantCall {
					t.Errorf("the call: got %s, want %s", got, tt.wantCall)
				}
			})
		})
	}
}
