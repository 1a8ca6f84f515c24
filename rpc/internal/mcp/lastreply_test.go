package mcp

import (
	"encoding/json"
	"slices"
	"testing"
)

func TestLastReply_of(t *testing.T) {
	var l lastReply
	rendered := 0
	of := func(reply json.RawMessage, in revision) {
		l.of(reply, in, func() json.RawMessage { rendered++; return reply })
	}
	reply := json.RawMessage(`{"generation":1}`)
	for _, tt := range []struct {
		what  string
		reply json.RawMessage
		era   revision
		want  int
	}{
		{"the first", reply, revision20260728, 1},
		{"the same again", reply, revision20260728, 1},
		{"another revision", reply, "2025-06-18", 2},
		{"equal bytes elsewhere", slices.Clone(reply), "2025-06-18", 3},
		{"a part", reply[:4], "2025-06-18", 4},
		{"nil", nil, "2025-06-18", 5},
		{"nil again", nil, "2025-06-18", 6},
	} {
		if of(tt.reply, tt.era); rendered != tt.want {
			t.Errorf("%s: rendered %d times, want %d", tt.what, rendered, tt.want)
		}
	}
}
