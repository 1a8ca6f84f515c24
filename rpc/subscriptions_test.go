package rpc_test

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/rpc"
	"realmconf/schema/tree"
	"realmconf/tools"
)

const modernMeta = `"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}`

// testClient is a client of a real server. It runs in a bubble.
type testClient struct {
	wire
	t     *testing.T
	lines chan string
}

func connect(t *testing.T, ops *tools.Operations, opts rpc.Options) *testClient {
	p := &testClient{wire: serveOnPipes(t.Context(), ops, opts), t: t, lines: make(chan string, 10_000)}
	go p.sendLines(p.lines, func(string) {})
	return p
}

// send sends requests, one a line, and returns the lines that came back.
func (p *testClient) send(lines ...string) []string {
	p.t.Helper()
	for _, line := range lines {
		if _, err := io.WriteString(p.in, line+"\n"); err != nil {
			p.t.Fatal(err)
		}
	}
	return p.output()
}

// output returns the lines that have come since the last call.
func (p *testClient) output() []string {
	time.Sleep(10 * time.Millisecond)
	synctest.Wait()
	var got []string
	for len(p.lines) > 0 {
		got = append(got, <-p.lines)
	}
	return got
}

func (p *testClient) close() {
	p.t.Helper()
	_ = p.in.Close()
	if err := <-p.done; err != nil {
		p.t.Errorf("serve: %v", err)
	}
}

// changes returns the notifications among the lines, with their subjects.
func changes(t *testing.T, lines []string) []string {
	t.Helper()
	var got []string
	for _, line := range lines {
		frame, err := tree.DecodeObject([]byte(line))
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		params, _ := frame["params"].(tree.Object)
		switch frame["method"] {
		case "notifications/resources/updated":
			meta, _ := params["_meta"].(tree.Object)
			got = append(got, fmt.Sprintf("%v %s", params["uri"], tree.Append(nil, meta["io.modelcontextprotocol/subscriptionId"])))
		case "config/changed":
			got = append(got, fmt.Sprintf("%v-%v own %v", params["previous_generation"], params["generation"], params["own"]))
		}
	}
	return got
}

func wantNotifications(t *testing.T, what string, lines []string, want ...string) {
	t.Helper()
	if got := strings.Join(changes(t, lines), "; "); got != strings.Join(want, "; ") {
		t.Errorf("%s: got %s, want %s", what, got, strings.Join(want, "; "))
	}
}

func patchAgent(id int, model string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"config/patch","params":{"patch":{"agent":{"model":%q}}}}`, id, model)
}

func watchLine(path string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":"w","method":"config/watch","params":{"path":%q}}`, path)
}

// TestSubscriptions_twoConnections expects each change once on each connection,
// by every kind of subscription, with own true only for its own changes.
func TestSubscriptions_twoConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ops := operations(t, "[agent]\nmodel = \"a\"\n")
		a, b := connect(t, ops, rpc.Options{}), connect(t, ops, rpc.Options{})
		a.send(watchLine("/agent"), watchLine("/agent/model"), watchLine(""))
		b.send(watchLine("/agent"),
			`{"jsonrpc":"2.0","id":"x","method":"subscriptions/listen","params":{`+modernMeta+`,"notifications":{"resourceSubscriptions":["realmconf://config"]}}}`,
			`{"jsonrpc":"2.0","id":7,"method":"subscriptions/listen","params":{`+modernMeta+`,"notifications":{"resourceSubscriptions":["realmconf://config/rest","realmconf://config/agent/model","realmconf://config"]}}}`)
		wantNotifications(t, "the writer", a.send(patchAgent(1, "b")), "1-2 own true")
		wantNotifications(t, "the other", b.output(), `realmconf://config "x"`, "realmconf://config/agent/model 7", "realmconf://config 7", "1-2 own false")
		b.send(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"x"}}`)
		wantNotifications(t, "the writer", b.send(`{"jsonrpc":"2.0","id":2,"method":"config/patch","params":{"patch":{"rest":{"port":9000}}}}`), "realmconf://config/rest 7", "realmconf://config 7")
		wantNotifications(t, "the other, which watches everything", a.output(), "2-3 own false")
		wantNotifications(t, "a write that changes nothing", a.send(patchAgent(3, "b")))
		a.close()
		wantNotifications(t, "after the other left", b.send(patchAgent(4, "c")), "realmconf://config/agent/model 7", "realmconf://config 7", "3-4 own true")
		b.close()
	})
}

// TestSubscriptions_slowClient makes a hundred commits while the client does not
// read: it gets few notifications, whose spans have no gap.
func TestSubscriptions_slowClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ops := operations(t, "[agent]\nmodel = \"a\"\n")
		writer := connect(t, ops, rpc.Options{})
		reader := serveOnPipes(t.Context(), ops, rpc.Options{})
		out := bufio.NewReader(reader.out)
		go func() { _, _ = io.WriteString(reader.in, watchLine("")+"\n") }()
		if line, err := out.ReadString('\n'); err != nil || !strings.Contains(line, `"generation":1`) {
			t.Fatalf("got %q, %v", line, err)
		}
		for i := range 100 {
			writer.send(patchAgent(i, fmt.Sprint("m", i)))
		}
		notified, count := "1", 0
		for notified != "101" {
			line, err := out.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			span := changes(t, []string{line})[0]
			from, to, _ := strings.Cut(strings.TrimSuffix(span, " own false"), "-")
			if from != notified {
				t.Fatalf("got %s after %s", span, notified)
			}
			notified = to
			count++
		}
		if count > 3 {
			t.Errorf("got %d notifications, want few", count)
		}
		_ = reader.in.Close()
		if err := <-reader.done; err != nil {
			t.Errorf("serve: %v", err)
		}
		writer.close()
	})
}

// TestSubscriptions_readAfterNotification expects a read after a notification to
// see the change.
func TestSubscriptions_readAfterNotification(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ops := operations(t, "[agent]\nmodel = \"a\"\n")
		writer, reader := connect(t, ops, rpc.Options{}), connect(t, ops, rpc.Options{})
		reader.send(watchLine(""))
		for i := range 20 {
			writer.send(patchAgent(i, fmt.Sprint("m", i)))
			notified := changes(t, reader.output())
			read := reader.send(`{"jsonrpc":"2.0","id":1,"method":"config/get","params":{"path":"/agent/model"}}`)
			if want := fmt.Sprintf(`"generation":%d`, i+2); len(notified) != 1 || !strings.Contains(read[0], want) {
				t.Errorf("notified %v, read %v, want one and %s", notified, read, want)
			}
		}
		writer.close()
		reader.close()
	})
}

func TestSubscriptions_manyChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := connect(t, operations(t, "[agent]\nmodel = \"a\"\n"), rpc.Options{})
		p.send(watchLine(""))
		lines := p.send(patchAgent(1, strings.Repeat("m", 70_000)))
		frame, err := tree.DecodeObject([]byte(lines[len(lines)-1]))
		if err != nil {
			t.Fatal(err)
		}
		params := frame["params"].(tree.Object)
		if _, has := params["changes"]; has || params["changes_omitted"] != true || params["generation"] != int64(2) {
			t.Errorf("got %.300s, want changes_omitted", lines[len(lines)-1])
		}
		p.close()
	})
}

func TestSubscriptions_limit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := connect(t, operations(t, "[agent]\nmodel = \"a\"\n"), rpc.Options{MaxSubscriptions: 3})
		p.send(watchLine(""), watchLine("/agent"), watchLine("/agent"))
		listen := `{"jsonrpc":"2.0","id":"x","method":"subscriptions/listen","params":{` + modernMeta + `,"notifications":{"resourceSubscriptions":["realmconf://config","realmconf://schema"]}}}`
		want := `{"error":{"code":1012,"data":{"kind":"busy","limit":3},"message":"a connection may have 3 subscriptions, and this would be one of 4: end some first"},"id":"x","jsonrpc":"2.0"}`
		if got := p.send(listen); len(got) != 1 || got[0] != want {
			t.Errorf("got %q\nwant %s", got, want)
		}
		p.send(`{"jsonrpc":"2.0","id":"u","method":"config/unwatch","params":{"path":"/agent"}}`)
		if got := p.send(listen); len(got) != 1 || !strings.Contains(got[0], "acknowledged") {
			t.Errorf("below the limit: got %q, want an acknowledgement", got)
		}
		p.close()
	})
}

// TestSubscriptions_contentLength expects notifications in the framing of their
// request, also if the request is part of a batch.
func TestSubscriptions_contentLength(t *testing.T) {
	for name, request := range map[string]string{
		"alone":      watchLine("/agent"),
		"in a batch": "[" + watchLine("/agent") + "]",
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := connect(t, operations(t, "[agent]\nmodel = \"a\"\n"), rpc.Options{})
				if _, err := fmt.Fprintf(p.in, "Content-Length: %d\r\n\r\n%s", len(request), request); err != nil {
					t.Fatal(err)
				}
				p.output()
				p.send(patchAgent(1, "b"))
				got := strings.Join(append(p.send(patchAgent(2, "b")), p.output()...), "\n") // the newline of the reply ends the last notification
				if !strings.Contains(got, `{"jsonrpc":"2.0","method":"config/changed"`) || !strings.Contains(got, `}{"id":2`) {
					t.Errorf("got %s, want a notification without a newline, and then a line", got)
				}
				_ = p.in.Close()
				<-p.done
			})
		})
	}
}

// TestSubscriptions_cancelledWhileAcknowledged cancels a listen while its acknowledgement is
// being written: its call has not ended, and its subscription is open already.
func TestSubscriptions_cancelledWhileAcknowledged(t *testing.T) {
	const listen = `{"jsonrpc":"2.0","id":"l","method":"subscriptions/listen","params":{"notifications":{"resourceSubscriptions":["realmconf://config"]},` + modernMeta + `}}`
	for _, tt := range []struct{ cancellation, want string }{
		{`{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"l"}}`, "the subscription was ended"},
		{`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"l"}}`, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := &testClient{wire: serveOnPipes(t.Context(), operations(t, "[agent]\n"), rpc.Options{}), t: t, lines: make(chan string, 100)}
			for _, line := range []string{listen, tt.cancellation} {
				_, _ = io.WriteString(p.in, line+"\n")
				synctest.Wait()
			}
			go p.sendLines(p.lines, func(string) {})
			got := p.output()
			if len(got) == 0 || !strings.Contains(got[0], "acknowledged") {
				t.Fatalf("got %q", got)
			}
			if reply := strings.Join(got[1:], "\n"); (tt.want == "") != (reply == "") || !strings.Contains(reply, tt.want) {
				t.Errorf("after %s: %q", tt.cancellation, reply)
			}
			got = p.send(`{"jsonrpc":"2.0","id":"w","method":"config/patch","params":{"patch":{"agent":{"model":"b"}}}}`)
			if len(got) != 1 || !strings.HasPrefix(got[0], `{"id":"w"`) {
				t.Errorf("after %s a write brings %q", tt.cancellation, got)
			}
			p.close()
		})
	}
}
