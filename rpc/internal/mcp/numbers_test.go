package mcp

import (
	"encoding/json"
	"testing"

	"realmconf/schema/tree"
)

func TestTrimFloats(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":2.0,"b":[-1.0,0.0,2.05,1.5],"c":10}`: `{"a":2,"b":[-1,0,2.05,1.5],"c":10}`,
		`{"1.0":"2.0, \"3.0\"","e":1e300}`:         `{"1.0":"2.0, \"3.0\"","e":1e300}`,
		`{"a":"\\","b":4.0}`:                       `{"a":"\\","b":4}`,
		`2.0`:                                      `2`,
		`{"a":1.01,"b":20.0}`:                      `{"a":1.01,"b":20}`,
	} {
		if got := string(trimFloats(json.RawMessage(text))); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

// The text of a tool's result is what JavaScript writes for its structured content.
func TestToolReply_wholeFloats(t *testing.T) {
	c := catalogOf(echo, echo)
	replies := talk(t, c, settings{}, handshakeWith("2025-11-25", "{}")+
		`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"config_get","arguments":{"a":2.0}}}`+"\n")
	_, _, _, result := outcome(t, replies[1])
	text, _, _ := tree.Pointer{"content", "0", "text"}.Get(result)
	structured, _, _ := tree.Pointer{"structuredContent", "a"}.Get(result)
	if text != `{"a":2}` || structured != int64(2) {
		t.Errorf("got text %v and structured content %v, want 2 in both", text, structured)
	}
}
