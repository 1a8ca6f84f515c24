package mcp

import (
	"context"
	"encoding/json"
	"fmt"
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
		{`"result":{"roots":[]}`, ""},
		{`"result":{"roots":7}`, ""},
		{`"error":{"code":-32601,"message":"no roots"}`, ""},
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
	} {
		if got := pathOf(tt.address, tt.system); got != tt.want {
			t.Errorf("%s on %s: got %q, want %q", tt.address, tt.system, got, tt.want)
		}
	}
}
