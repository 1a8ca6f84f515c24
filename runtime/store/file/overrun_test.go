//go:build linux || darwin

package file

import (
	"os"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store/storetest"
)

// TestCompareAndSwap_peerBetweenTheExchanges lets a peer take the lock over and
// commit between the two exchanges. The peer's state must stay. The fault must be
// generation_conflict if the peer's config is in place too, and outcome_unknown if
// this commit's config is.
func TestCompareAndSwap_peerBetweenTheExchanges(t *testing.T) {
	for _, tt := range []struct {
		name string
		peer func(r realm)
		want fault.Kind
		text string
	}{
		{"a whole commit", func(r realm) {
			r.replace("config.toml", "by the peer")
			r.replace(stateName, "{\n  \"generation\": 2\n}")
		}, fault.GenerationConflict, "by the peer"},
		{"its state alone", func(r realm) {
			r.replace(stateName, "{\n  \"generation\": 2\n}")
		}, fault.OutcomeUnknown, "new"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newFastRealm(t)
			commit(t, r.open(), "old")
			done := false
			s := open(r.options(), faulty{say: serial(func(op, name string) (bool, error) {
				if op == "exchange" && name == stateName && !done {
					done = true
					tt.peer(r)
				}
				return true, nil
			})}, newTestClock(), "boot")
			state := load(t, s)
			err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "new"))
			if !fault.Is(err, tt.want) {
				t.Errorf("got error %v, want %s", err, tt.want)
			}
			if got, want := r.get(stateName), "{\n  \"generation\": 2\n}"; got != want {
				t.Errorf("the state is %q, want the peer's %q", got, want)
			}
			if got := r.get("config.toml"); got != tt.text {
				t.Errorf("the text is %q, want %q", got, tt.text)
			}
			os.Remove(r.path(LockName))
			got := load(t, open(r.options(), disk.OS{}, newTestClock(), "boot"))
			if string(got.Text) != tt.text || got.Pending {
				t.Errorf("Load = %q (pending %v), want %q", got.Text, got.Pending, tt.text)
			}
			commit(t, s, "next")
			if !r.somewhere("new") || !r.somewhere(tt.text) {
				t.Error("one of the two texts is lost")
			}
			r.audit(new(ledger))
			r.tidy()
		})
	}
}
