package mcp

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"realmconf/rpc/internal/conn"
	"realmconf/runtime"
	"realmconf/runtime/store"
)

// A subscriber is not notified of what its reply had: the watch, which others began
// before, may come to that later.
func TestSubscriptions_knownFromTheReply(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.DiscardHandler)
	limits := conn.Limits{Line: 1 << 20, Reply: 1 << 20, InFlight: 1, InFlightMemory: 1 << 20}
	s := &subscriptions{conn: conn.New(strings.NewReader(""), &out, limits, log), log: log}
	at := func(generation uint64) *runtime.Snapshot {
		return &runtime.Snapshot{Version: store.Version{Generation: generation}}
	}
	known := &runtime.Effective{Snapshot: at(5)}
	for name, tt := range map[string]struct {
		open        *subscription
		reply, next func()
	}{
		"a change of the configuration": {
			&subscription{kind: watch, since: at(5).Version},
			func() { s.notify(&runtime.Event{Version: at(5).Version, Opaque: true}) },
			func() { s.notify(&runtime.Event{Version: at(6).Version, Opaque: true}) },
		},
		"another text under the same number": {
			&subscription{kind: watch, since: at(5).Version},
			func() { s.notify(&runtime.Event{Version: at(4).Version, Opaque: true}) },
			func() {
				other := store.Version{Generation: 5, Digest: store.DigestOf([]byte("another text"))}
				s.notify(&runtime.Event{Version: other, Opaque: true})
			},
		},
		"a change of what agents run with": {
			&subscription{kind: watch, view: "effective", sinceEffective: known},
			func() { s.notifyEffective(&runtime.EffectiveEvent{Effective: known, Previous: known, Opaque: true}) },
			func() {
				s.notifyEffective(&runtime.EffectiveEvent{Refusal: errors.New("no"), Previous: known, Opaque: true})
			},
		},
	} {
		s.open = []*subscription{tt.open}
		if tt.reply(); out.Len() > 0 {
			t.Errorf("%s: got %s for what the reply had", name, out.String())
		}
		if tt.next(); strings.Count(out.String(), methodChanged) != 1 {
			t.Errorf("%s: got %q, want one notification of what comes after", name, out.String())
		}
		out.Reset()
	}
}
