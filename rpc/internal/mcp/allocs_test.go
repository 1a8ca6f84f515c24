package mcp

import (
	"testing"

	"realmconf/rpc/internal/conn"
)

// TestBegin_allocations guards the cost of finding out what a request asks for.
func TestBegin_allocations(t *testing.T) {
	const most = 6
	s := newServer(nil, catalogOf(echo, echo), Options{Version: "1"})
	r := &conn.Request{Method: "config/get", RawParams: []byte(`{"path":"/agent/model"}`)}
	got := testing.AllocsPerRun(100, func() {
		if _, err := s.Begin(r); err != nil {
			t.Error(err)
		}
	})
	if got > most {
		t.Errorf("got %v allocations, want at most %v", got, most)
	}
}
