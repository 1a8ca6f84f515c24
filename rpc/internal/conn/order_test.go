package conn

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/schema/tree"
)

// script is two operations under the control of a test: each call logs that it
// has begun, and ends when the test ends it.
type script struct {
	log  chan string
	gate map[string]chan struct{}
}

func newScript(names []string) *script {
	s := &script{log: make(chan string, 100), gate: make(map[string]chan struct{})}
	for _, name := range names {
		s.gate[name] = make(chan struct{})
	}
	return s
}

func (s *script) operations() operations { return operations{s.call(false), s.call(true)} }

// call returns an operation that names its calls by their parameter n. A write
// enters at once, unless its name contains "late".
func (s *script) call(writes bool) fake {
	return func(ctx context.Context, caller caller, params tree.Object) (json.RawMessage, error) {
		name := params["n"].(string)
		s.log <- name
		if writes && !strings.Contains(name, "late") {
			caller.Entered()
		}
		select {
		case <-s.gate[name]:
			return tree.Append(nil, tree.Object{"n": name}), nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// began returns the calls that have begun since its last call.
func (s *script) began() string {
	synctest.Wait()
	var names []string
	for len(s.log) > 0 {
		names = append(names, <-s.log)
	}
	slices.Sort(names) // calls that may run together begin in any order
	return strings.Join(names, " ")
}

func (s *script) end(name string) { close(s.gate[name]) }

// scriptLine returns a request whose id is its name: r… reads, w… writes.
func scriptLine(name string) string {
	method := "config/get"
	if name[0] == 'w' {
		method = "config/set"
	}
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%q,"method":%q,"params":{"n":%q}}`+"\n", name, method, name)
}

// answersOf returns a function that returns the ids of the new replies.
func answersOf(t *testing.T, conn *connection) func() string {
	ids := make(chan string, 100)
	go func() {
		out := bufio.NewScanner(conn.out)
		for out.Scan() {
			id, code, _, _ := outcome(t, out.Text())
			if code != 0 {
				id += fmt.Sprint(code)
			}
			ids <- id
		}
		close(ids)
	}()
	return func() string {
		time.Sleep(2 * leadTime)
		synctest.Wait()
		var got []string
		for len(ids) > 0 {
			got = append(got, strings.Trim(<-ids, `"`))
		}
		return strings.ReplaceAll(strings.Join(got, " "), `"`, "")
	}
}

// conduct runs a test with a connection in a bubble, and ends the connection. It does
// so twice: the second time the handler says of the reads that they are quick, which
// they are not.
func conduct(t *testing.T, names []string, test func(s *script, conn *connection, answers func() string)) {
	for _, isQuick := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s := newScript(names)
			conn := connect(t.Context(), s.operations(), options{isQuick: isQuick})
			answers := answersOf(t, conn)
			test(s, conn, answers)
			_ = conn.in.Close()
			if err := <-conn.done; err != nil {
				t.Errorf("serve: %v", err)
			}
			if t.Failed() {
				t.Logf("reads are said to be quick: %t", isQuick)
			}
		})
	}
}

func want(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

// TestOrder_readsAndWrites expects writes to enter without waiting for each
// other, a read to wait for the writes before it, and a write for the reads.
func TestOrder_readsAndWrites(t *testing.T) {
	conduct(t, []string{"r1", "r2", "w3", "w4", "r5", "r6", "w7", "r8"}, func(s *script, conn *connection, answers func() string) {
		for _, name := range []string{"r1", "r2", "w3", "w4", "r5", "r6", "w7", "r8"} {
			conn.send(t, scriptLine(name))
		}
		time.Sleep(2 * leadTime)
		want(t, "at first", s.began(), "r1 r2")
		s.end("r2")
		want(t, "with one read left", s.began(), "")
		s.end("r1")
		want(t, "after the reads", s.began(), "w3 w4")
		s.end("w4")
		want(t, "after the later write", s.began(), "")
		want(t, "answers, the later write's not before the earlier one's", answers(), "r1 r2")
		s.end("w3")
		want(t, "after both writes", s.began(), "r5 r6")
		want(t, "answers", answers(), "w3 w4")
		s.end("r5")
		s.end("r6")
		want(t, "the last write", s.began(), "w7")
		s.end("w7")
		want(t, "the last read", s.began(), "r8")
		s.end("r8")
		want(t, "answers", answers(), "r5 r6 w7 r8")
	})
}

// TestOrder_slowCalls expects a call without effect to overtake calls that wait.
func TestOrder_slowCalls(t *testing.T) {
	conduct(t, []string{"r1", "wlate2", "r3"}, func(s *script, conn *connection, answers func() string) {
		conn.send(t, scriptLine("r1")+scriptLine("wlate2")+scriptLine("r3")+`{"jsonrpc":"2.0","id":"ping","method":"ping"}`+"\n")
		time.Sleep(2 * leadTime)
		want(t, "answers", answers(), "ping")
		s.end("r1")
		want(t, "began", s.began(), "r1 wlate2")
		conn.send(t, `{"jsonrpc":"2.0","id":"again","method":"ping"}`+"\n")
		time.Sleep(2 * leadTime)
		want(t, "answers", answers(), "r1 again")
		s.end("wlate2")
		want(t, "began", s.began(), "r3")
		s.end("r3")
		want(t, "answers", answers(), "wlate2 r3")
	})
}

func cancelNotification(id string) string {
	return `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":` + id + `,"reason":"enough"}}` + "\n"
}

func cancelRequest(id string) string {
	return `{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":` + id + `}}` + "\n"
}

// TestCancel cancels calls that run and calls that wait, with and without a
// reply.
func TestCancel(t *testing.T) {
	conduct(t, []string{"r1", "w2", "w3", "w4", "r5", "r6"}, func(s *script, conn *connection, answers func() string) {
		for _, name := range []string{"r1", "w2", "w3", "w4", "r5", "r6"} {
			conn.send(t, scriptLine(name))
		}
		time.Sleep(2 * leadTime)
		conn.send(t, cancelRequest(`"w2"`)+cancelNotification(`"w3"`)) // both wait
		want(t, "cancelled while they wait", answers(), "w2-32800")
		conn.send(t, cancelNotification(`"r1"`)) // it runs
		want(t, "began", s.began(), "r1 w4")
		want(t, "cancelled while it runs", answers(), "")
		conn.send(t, cancelRequest(`"\u0077\u0034"`)) // w4, spelled another way
		want(t, "the reads after it", s.began(), "r5 r6")
		want(t, "answer", answers(), "w4-32800")
		s.end("r6")
		conn.send(t, cancelNotification(`"r6"`)+cancelRequest(`"r6"`)+cancelNotification(`"unknown"`)+cancelNotification("5")+cancelNotification("null")+
			`{"jsonrpc":"2.0","method":"notifications/cancelled"}`+"\n"+`{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":{}}}`+"\n")
		s.end("r5")
		got := answers()
		if got != "r6 r5" && got != "r5 r6" && got != "r5" { // r6's reply and its cancellation may cross
			t.Errorf("answers: got %q, want r5, and perhaps r6", got)
		}
	})
}

// TestCancel_idType cancels "7" and not 7.
func TestCancel_idType(t *testing.T) {
	conduct(t, []string{"r1", "r2"}, func(s *script, conn *connection, answers func() string) {
		conn.send(t, `{"jsonrpc":"2.0","id":7,"method":"config/get","params":{"n":"r1"}}`+"\n")
		conn.send(t, `{"jsonrpc":"2.0","id":"7","method":"config/get","params":{"n":"r2"}}`+"\n")
		time.Sleep(2 * leadTime)
		conn.send(t, cancelNotification(`"7"`))
		want(t, "answers", answers(), "")
		s.end("r1")
		s.end("r2")
		want(t, "answers", answers(), "7")
	})
}

// TestCancel_afterCommit cancels writes that are committed already: their result
// is the reply, unless the client wants none.
func TestCancel_afterCommit(t *testing.T) {
	commit := func(ctx context.Context, caller caller, _ tree.Object) (json.RawMessage, error) {
		caller.Entered()
		<-ctx.Done()
		return json.RawMessage(`{"generation":2}`), nil
	}
	synctest.Test(t, func(t *testing.T) {
		conn := connect(t.Context(), operations{echo, commit}, options{})
		answers := answersOf(t, conn)
		for _, id := range []string{"1", "2"} {
			conn.send(t, `{"jsonrpc":"2.0","id":`+id+`,"method":"config/set","params":{}}`+"\n")
		}
		synctest.Wait()
		conn.send(t, cancelNotification("1")+cancelRequest("2"))
		want(t, "answers", answers(), "2")
		_ = conn.in.Close()
		if err := <-conn.done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
}

// TestOrder_load sends 500 reads and writes at once. A read must see exactly the
// writes that were sent before it, and replies must keep the order. In the bubble no
// time passes while a goroutine can run: on a busy machine a read may well wait for
// longer than leadTime, and its reply then comes after the next one.
func TestOrder_load(t *testing.T) {
	for _, isQuick := range []bool{false, true} {
		testOrderLoad(t, options{isQuick: isQuick})
	}
}

func testOrderLoad(t *testing.T, opts options) {
	synctest.Test(t, func(t *testing.T) {
		var committed []string
		queue := make(chan func(), 1000)
		go func() {
			for commit := range queue {
				commit()
			}
		}()
		defer close(queue)
		write := func(_ context.Context, caller caller, params tree.Object) (json.RawMessage, error) {
			done := make(chan struct{})
			queue <- func() { committed = append(committed, params["n"].(string)); close(done) }
			caller.Entered()
			<-done
			return json.RawMessage("{}"), nil
		}
		read := func(context.Context, caller, tree.Object) (json.RawMessage, error) {
			return tree.Append(nil, tree.Object{"seen": strings.Join(committed, "")}), nil
		}
		var input strings.Builder
		sent, seen := "", map[string]string{}
		for i := range 500 {
			name := "w"
			if i%7 < 3 {
				name = "r"
			}
			fmt.Fprintf(&input, `{"jsonrpc":"2.0","id":"%d","method":"config/%s","params":{"n":"%d,"}}`+"\n", i, map[string]string{"r": "get", "w": "set"}[name], i)
			if name == "w" {
				sent += fmt.Sprintf("%d,", i)
			} else {
				seen[fmt.Sprintf("%q", fmt.Sprint(i))] = sent
			}
		}
		answers := talk(t, operations{read, write}, opts, input.String())
		if len(answers) != 500 {
			t.Fatalf("got %d answers, want 500", len(answers))
		}
		for i, answer := range answers {
			id, _, _, result := outcome(t, answer)
			if id != fmt.Sprintf("%q", fmt.Sprint(i)) {
				t.Fatalf("answer %d: got %s, want answers in the order of the requests", i, id)
			}
			if want, isRead := seen[id]; isRead && result["seen"] != want {
				t.Errorf("read %s: got %v, want %s", id, result["seen"], want)
			}
		}
	})
}

// TestCancel_forbidden sends a request that the handler does not let be
// cancelled, and its cancellation, while a call before it occupies the leader.
func TestCancel_forbidden(t *testing.T) {
	conduct(t, []string{"r1"}, func(s *script, conn *connection, answers func() string) {
		conn.send(t, scriptLine("r1")+pingOf("1")+"\n"+cancelNotification("1"))
		s.end("r1")
		want(t, "answers", answers(), "r1 1")
	})
}

// TestCancel_inBatch cancels requests of a batch: its list keeps the replies that
// are wanted.
func TestCancel_inBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript([]string{"r1", "r2", "r3"})
		conn := connect(t.Context(), s.operations(), options{})
		all := []string{scriptLine("r1"), scriptLine("r2"), scriptLine("r3")}
		conn.send(t, "["+strings.ReplaceAll(strings.Join(all, ","), "\n", "")+"]\n")
		_ = s.began()
		conn.send(t, cancelNotification(`"r1"`)+cancelRequest(`"r2"`))
		s.end("r3")
		got, err := bufio.NewReader(conn.out).ReadString('\n')
		want := `[{"error":{"code":-32800,"data":{"kind":"cancelled"},"message":"the request was cancelled before anything was changed"},"id":"r2","jsonrpc":"2.0"},{"id":"r3","jsonrpc":"2.0","result":{"n":"r3"}}]` + "\n"
		if err != nil || got != want {
			t.Errorf("got %s, %v\nwant %s", got, err, want)
		}
		_ = conn.in.Close()
		if err := <-conn.done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
}

// TestOrder_awaitPrevious gives back the place between two writes: the later one
// must still wait for the earlier one.
func TestOrder_awaitPrevious(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o order
		first, asks, last := takePlace(&o, true), takePlace(&o, true), takePlace(&o, true)
		o.enter(first)
		o.enter(asks)
		o.enter(last)
		previous, begun := false, false
		go func() { o.awaitPrevious(last); previous = true }()
		go func() { o.awaitBegunWrites(); begun = true }()
		synctest.Wait()
		o.leave(last) // cancelled
		o.leave(asks)
		synctest.Wait()
		if begun {
			t.Error("awaitBegunWrites did not wait for the first write")
		}
		next := takePlace(&o, true)
		o.enter(next)
		after := false
		go func() { o.awaitPrevious(next); after = true }()
		synctest.Wait()
		if after {
			t.Error("awaitPrevious did not wait for the first write")
		}
		o.leave(first)
		synctest.Wait()
		if !previous || !begun || !after {
			t.Errorf("after the first write: got %t, %t and %t, want every wait to end", previous, begun, after)
		}
		o.leave(next)
	})
}
