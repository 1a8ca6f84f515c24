package mcp

import (
	"fmt"
	"testing"

	"realmconf/rpc/internal/conn"
	"realmconf/schema/tree"
)

// TestLastMeta_eachRequest sends requests whose _meta is that of the request before, or
// another one, and expects each request to have its own.
func TestLastMeta_eachRequest(t *testing.T) {
	s := newServer(nil, catalogOf(echo, echo), Options{Version: "1"})
	of := func(name string) string {
		return `{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},` +
			`"io.modelcontextprotocol/clientInfo":{"name":"` + name + `","version":"1"}}`
	}
	for i, tt := range []struct {
		params, client string
		refused        bool
	}{
		{`{"_meta":` + of("a") + `,"x":1}`, "a", false},
		{`{"_meta":` + of("a") + `,"x":1}`, "a", false},
		{`{"x":1, "_meta" : ` + of("a") + ` }`, "a", false},
		{`{"_meta":` + of("b") + `,"x":1}`, "b", false},
		{`{"x":1}`, "", false},
		{`{"_meta":{},"x":1}`, "", false},
		{`{"_meta":` + of("b") + `,"x":1}`, "b", false},
		{`{"x":1,"arguments":{"_meta":` + of("b") + `}}`, "", false},
		{`{"_meta":` + of("b") + `,"x":1,"_meta":` + of("b") + `}`, "", true},
		{`{"_meta":` + of("b") + `x,"x":1}`, "", true},
		{`{"_meta":[` + of("b") + `],"x":1}`, "", true},
		{`{"_meta":` + of("c") + `,"x":1}`, "c", false},
	} {
		r, err := s.read(&conn.Request{Method: "tools/call", RawParams: []byte(tt.params)})
		if refused := err != nil; refused != tt.refused {
			t.Fatalf("%d: got %v, want an error: %t", i, err, tt.refused)
		}
		if err != nil {
			continue
		}
		if got := r.meta.client.name; got != tt.client || r.modern() != (tt.client != "") {
			t.Errorf("%d: got client %q and revision %q, want %q", i, got, r.meta.revision, tt.client)
		}
		if _, left := r.params[keyMeta]; left || fmt.Sprint(r.params["x"]) == "<nil>" {
			t.Errorf("%d: got parameters %s, want them without _meta", i, tree.Append(nil, r.params))
		}
	}
}

// TestLastMeta_keepsLittle gives a long _meta, of which no copy is kept.
func TestLastMeta_keepsLittle(t *testing.T) {
	var l lastMeta
	long := fmt.Sprintf(`{"x":%q}`, make([]byte, maxLastMeta))
	if _, err := l.read(tree.Object{}, []byte(long)); err != nil || l.text != nil {
		t.Errorf("got %v and %d bytes, want none", err, len(l.text))
	}
}
