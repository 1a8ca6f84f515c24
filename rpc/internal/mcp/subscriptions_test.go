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
	"realmconf/schema/tree"
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
	compositionOf := func(own, parents uint64) *runtime.Effective {
		return &runtime.Effective{Snapshot: at(own), Chain: []runtime.Member{{Realm: "team", Generation: own}, {Realm: "global", Generation: parents}}}
	}
	known, changes := compositionOf(5, 3), []tree.Change{{Op: "add"}}
	shows := func(e *runtime.Effective) func() {
		return func() {
			s.notifyEffective(&runtime.EffectiveEvent{Effective: e, Previous: known, Changes: changes, Generation: e.Version.Generation})
		}
	}
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
		"the configuration can be read no more": {
			&subscription{kind: watch, since: at(5).Version},
			func() { s.notify(&runtime.Event{Version: at(4).Version, Previous: at(4).Version, Opaque: true}) },
			func() { s.notify(&runtime.Event{Version: at(5).Version, Previous: at(5).Version, Opaque: true}) },
		},
		"a change of what agents run with": {
			&subscription{kind: watch, view: "effective", sinceEffective: known},
			func() { s.notifyEffective(&runtime.EffectiveEvent{Effective: known, Previous: known, Opaque: true}) },
			func() {
				s.notifyEffective(&runtime.EffectiveEvent{Refusal: errors.New("no"), Previous: known, Opaque: true})
			},
		},
		"an older composition": {
			&subscription{kind: watch, view: "effective", sinceEffective: known}, shows(compositionOf(4, 3)), shows(compositionOf(6, 3)),
		},
		"an older composition of the parent": {
			&subscription{kind: watch, view: "effective", sinceEffective: known}, shows(compositionOf(5, 2)), shows(compositionOf(5, 4)),
		},
		"an older refusal": {
			&subscription{kind: watch, view: "effective", sinceEffective: known},
			func() {
				s.notifyEffective(&runtime.EffectiveEvent{Refusal: errors.New("no"), Previous: known, Opaque: true, Generation: 4})
			},
			func() {
				s.notifyEffective(&runtime.EffectiveEvent{Refusal: errors.New("no"), Previous: known, Opaque: true, Generation: 5})
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
