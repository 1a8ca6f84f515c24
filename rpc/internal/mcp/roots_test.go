package mcp

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools"
)

const hasRoots = `{"roots":{"listChanged":true}}`

// rootsCatalog returns a catalog whose operations answer with the client's first root.
func rootsCatalog(roots *Roots) *catalog {
	first := func(ctx context.Context, _ tools.Caller, _ tree.Object) (json.RawMessage, error) {
		path, err := roots.First(ctx)
		return tree.Append(nil, tree.Object{"root": path}), err
	}
	return catalogOf(first, first)
}

// A client that declares roots is asked for them by the operation that needs them, and
// not before.
func TestRoots_first(t *testing.T) {
	for _, tt := range []struct{ response, want string }{
		{`"result":{"roots":[{"uri":"file:///a/b%20c"},{"uri":"file:///d"}]}`, "/a/b c"},
		{`"result":{"roots":[{"uri":"https://example.org/"},{"uri":"file:///d","name":"d"}]}`, "/d"},
	} {
		var roots Roots
		converse(t, rootsCatalog(&roots), settings{Options: Options{Roots: &roots}}, func(d *dialogue) {
			d.say(handshakeWith("2025-11-25", hasRoots))
			d.read()
			d.say(`{"jsonrpc":"2.0","id":1,"method":"config/get"}` + "\n")
			request := d.read()
			if request["method"] != "roots/list" || request["params"] != nil {
				t.Fatalf("got %v, want roots/list", request)
			}
			d.say(fmt.Sprintf(`{"jsonrpc":"2.0","id":%q,%s}`+"\n", request["id"], tt.response))
			if got, _, _ := (tree.Pointer{"result", "root"}).Get(d.read()); got != tt.want {
				t.Errorf("%s: got %v, want %q", tt.response, got, tt.want)
			}
		})
	}
}

// A client that declares roots and names none that can be used gets an error: the working
// directory may be any. It is asked again by the next operation.
func TestRoots_unusable(t *testing.T) {
	for _, response := range []string{
		`"result":{"roots":[]}`,
		`"result":{"roots":7}`,
		`"result":{"roots":null}`,
		`"result":{"roots":[{"uri":"file://other/a"},{"uri":"file://a"},{"uri":"/a"},{"uri":"file:///%zz"},{"uri":"file:///a%00"},{"uri":"https://example.org/"},{}]}`,
		`"result":{"roots":[{"uri":"file:///` + strings.Repeat("a", 64<<10) + `"}]}`,
		`"result":7`,
		`"error":{"code":-32601,"message":"no roots"}`,
	} {
		var roots Roots
		converse(t, rootsCatalog(&roots), settings{Options: Options{Roots: &roots}}, func(d *dialogue) {
			d.say(handshakeWith("2025-11-25", hasRoots))
			d.read()
			d.answerRoots(response)
			reply := d.read()
			reason, _, _ := (tree.Pointer{"error", "data", "reason"}).Get(reply)
			message, _, _ := (tree.Pointer{"error", "message"}).Get(reply)
			if reason != string(fault.Gone) || !strings.Contains(fmt.Sprint(message), "names no directory of this machine") {
				t.Errorf("%.80s: got %v", response, reply)
			}
			d.wantRoot(`"result":{"roots":[{"uri":"file:///a"}]}`, "/a")
		})
	}
}

// answerRoots makes a request that needs the realm, and answers the request for roots.
func (d *dialogue) answerRoots(response string) {
	d.t.Helper()
	d.say(`{"jsonrpc":"2.0","id":1,"method":"config/get"}` + "\n")
	request := d.read()
	if request["method"] != methodRoots {
		d.t.Fatalf("got %v, want %s", request, methodRoots)
	}
	d.say(fmt.Sprintf(`{"jsonrpc":"2.0","id":%q,%s}`+"\n", request["id"], response))
}

// wantRoot is answerRoots of which the root is the result.
func (d *dialogue) wantRoot(response, want string) {
	d.t.Helper()
	d.answerRoots(response)
	if got, _, _ := (tree.Pointer{"result", "root"}).Get(d.read()); got != want {
		d.t.Errorf("%s: got %v, want %q", response, got, want)
	}
}

// The client is asked once, and again after it has told that its roots are others, or has
// begun a new session.
func TestRoots_changed(t *testing.T) {
	var roots Roots
	converse(t, rootsCatalog(&roots), settings{Options: Options{Roots: &roots}}, func(d *dialogue) {
		d.say(handshakeWith("2025-11-25", hasRoots))
		d.read()
		const a, b = `"result":{"roots":[{"uri":"file:///a"}]}`, `"result":{"roots":[{"uri":"file:///b"}]}`
		d.wantRoot(a, "/a")
		known := func(want string) {
			t.Helper()
			d.say(`{"jsonrpc":"2.0","id":2,"method":"config/get"}` + "\n")
			if got, _, _ := (tree.Pointer{"result", "root"}).Get(d.read()); got != want {
				t.Errorf("got %v, want %q without a question", got, want)
			}
		}
		known("/a")
		d.say(`{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}` + "\n")
		d.wantRoot(b, "/b")
		known("/b")
		d.say(handshakeWith("2025-11-25", hasRoots))
		d.read()
		d.wantRoot(a, "/a")
		d.say(handshakeWith("2025-11-25", `{}`))
		d.read()
		known("/a")
	})
}

// The end of the input is no answer.
func TestRoots_end(t *testing.T) {
	var roots Roots
	synctest.Test(t, func(t *testing.T) {
		conn := connect(t.Context(), rootsCatalog(&roots), settings{Options: Options{Roots: &roots}})
		d := &dialogue{connection: conn, t: t, out: bufio.NewReader(conn.out)}
		d.say(handshakeWith("2025-11-25", hasRoots))
		d.read()
		d.say(`{"jsonrpc":"2.0","id":1,"method":"config/get"}` + "\n")
		d.read()
		_ = conn.in.Close()
		if kind, _, _ := (tree.Pointer{"error", "data", "kind"}).Get(d.read()); kind != string(fault.Busy) {
			t.Errorf("got %v, want busy", kind)
		}
		if err := <-conn.done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
}

// A client without roots is not asked: converse has none.
func TestRoots_notDeclared(t *testing.T) {
	var roots Roots
	converse(t, rootsCatalog(&roots), settings{Options: Options{Roots: &roots}}, func(d *dialogue) {
		d.say(`{"jsonrpc":"2.0","id":1,"method":"config/get"}` + "\n")
		if got, _, _ := (tree.Pointer{"result", "root"}).Get(d.read()); got != "" {
			t.Errorf("got %v, want no root", got)
		}
	})
}

// A client that does not answer gets an error for the call, and may repeat it.
func TestRoots_noAnswer(t *testing.T) {
	var roots Roots
	converse(t, rootsCatalog(&roots), settings{Options: Options{Roots: &roots}}, func(d *dialogue) {
		d.say(handshakeWith("2025-11-25", hasRoots))
		d.read()
		start := time.Now()
		d.say(`{"jsonrpc":"2.0","id":1,"method":"config/get"}` + "\n")
		id, _ := d.read()["id"].(string)
		d.wantWithdrawn(id)
		if kind, _, _ := (tree.Pointer{"error", "data", "kind"}).Get(d.read()); kind != string(fault.Busy) || time.Since(start) != rootsTime {
			t.Errorf("got %v after %v", kind, time.Since(start))
		}
		synctest.Wait()
	})
}

func TestPathOf(t *testing.T) {
	for _, tt := range []struct{ address, system, want string }{
		{"file:///home/u/my%20project", "linux", "/home/u/my project"},
		{"file://localhost/home/u", "linux", "/home/u"},
		{"file:/home/u", "linux", "/home/u"},
		{"FILE:///c%3A/Users/u", "windows", `c:\Users\u`},
		{"file://server/share", "linux", ""},
		{"https://example.org/home/u", "linux", ""},
		{"/home/u", "linux", ""},
		{"file:relative", "linux", ""},
		{"file:///%zz", "linux", ""},
		{"file:///a%00", "linux", ""},
	} {
		if got := pathOf(tt.address, tt.system); got != tt.want {
			t.Errorf("%s on %s: got %q, want %q", tt.address, tt.system, got, tt.want)
		}
	}
}
