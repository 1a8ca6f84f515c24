package mcp

import (
	"strings"
	"testing"
)

// TestCheckBatch_revisions sends a batch in every revision.
func TestCheckBatch_revisions(t *testing.T) {
	const refusal = `{"error":{"code":-32600,"data":{"kind":"invalid_request"},"message":`
	initialize := func(revision string) string { return line("initialize", "", `"protocolVersion":"`+revision+`"`) }
	for _, tt := range []struct{ name, before, in, want string }{
		{name: "no initialize", in: "[" + pingOf("1") + "]", want: "[" + pong("1") + "]"},
		{name: "initialize", in: "[" + initialize("2025-03-26") + "]", want: "[" + refusal + `"initialize cannot be part of a batch: send it alone"},"id":1,"jsonrpc":"2.0"}]`},
		{name: "a revision in _meta", in: "[" + line("config/get", modernMeta, "") + "]", want: refusal + `"batches are not part of the protocol version that _meta names: send one request at a time"},"id":null,"jsonrpc":"2.0"}`},
		{name: "2025-03-26", before: initialize("2025-03-26"), in: "[" + pingOf("1") + "]", want: "[" + pong("1") + "]"},
		{name: "2025-03-26 and a revision in _meta", before: initialize("2025-03-26"), in: "[" + line("ping", modernMeta, "") + "]", want: refusal + `"batches are not part of the protocol version that _meta names: send one request at a time"},"id":null,"jsonrpc":"2.0"}`},
		{name: "2025-06-18", before: initialize("2025-06-18"), in: "[" + pingOf("1") + "]", want: refusal + `"batches are not part of MCP 2025-06-18: send one request at a time"},"id":null,"jsonrpc":"2.0"}`},
		{name: "2024-11-05", before: initialize("2024-11-05"), in: "[" + pingOf("1") + "]", want: refusal + `"batches are not part of MCP 2024-11-05: send one request at a time"},"id":null,"jsonrpc":"2.0"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := strings.Join(talk(t, catalogOf(echo, echo), settings{}, tt.before+"\n"+tt.in+"\n"), "\n")
			if tt.before != "" {
				_, got, _ = strings.Cut(got, "\n")
			}
			if got != tt.want {
				t.Errorf("got %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestCancel_initialize sends the request and its cancellation while a call
// before it occupies the leader.
func TestCancel_initialize(t *testing.T) {
	runScript(t, []string{"r1"}, func(s *script, d *dialogue) {
		d.say(scriptLine("r1") + line("initialize", "", "") + "\n" + cancelNotification("1"))
		s.end("r1")
		d.wantID("r1")
		if got := d.read(); got["id"] != int64(1) || got["result"] == nil {
			t.Errorf("got %v, want the result of initialize", got)
		}
	})
}
