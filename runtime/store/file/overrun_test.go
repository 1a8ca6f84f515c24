//go:build linux || darwin

package file

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree/treetest"
)

// TestCompareAndSwap_peerBetweenTheExchanges lets a peer take the lock over and
// commit between the two exchanges. The peer's state must stay, and the fault must be
// outcome_unknown.
func TestCompareAndSwap_peerBetweenTheExchanges(t *testing.T) {
	for _, tt := range []struct {
		name string
		peer func(r realm)
		text string
	}{
		{"a whole commit", func(r realm) {
			r.replace("config.toml", "by the peer")
			r.replace(stateName, "{\n  \"generation\": 2\n}")
		}, "by the peer"},
		{"its state alone", func(r realm) {
			r.replace(stateName, "{\n  \"generation\": 2\n}")
		}, "new"},
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
			if !fault.Is(err, fault.OutcomeUnknown) {
				t.Errorf("got error %v, want outcome_unknown", err)
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

// Before any step of a commit a peer removes the lock by its name, as if it had seen a
// stale one, and counts up. The peer's update must never be lost. The commit's own must
// be there if it was acknowledged, and must not be there, also not below the peer's, if
// it was refused.
func TestCompareAndSwap_peerCountsUpInBetween(t *testing.T) {
	answers := make(map[fault.Kind]int)
	for n, acted := 1, true; acted; n += treetest.Cases(1, 3) {
		r := newFastRealm(t)
		commit(t, r.open(), "0")
		acted = false
		count, where := 0, ""
		s := open(r.options(), faulty{say: serial(func(op, name string) (bool, error) {
			if acted || !r.exists(LockName) {
				return true, nil
			}
			if count++; count == n {
				acted, where = true, fmt.Sprintf("step %d, before %s %s", n, op, name)
				if err := errors.Join(os.Remove(r.path(LockName)), (peer{r}).increment()); err != nil {
					t.Error(err)
				}
			}
			return true, nil
		})}, newTestClock(), "boot")
		_, err := increment(t.Context(), s)
		if !acted {
			break
		}
		var kind fault.Kind
		want := []string{"2"}
		switch {
		case fault.Is(err, fault.OutcomeUnknown):
			kind, want = fault.OutcomeUnknown, []string{"1", "2"}
		case err != nil:
			kind, want = fault.Of(err).Kind, []string{"1"}
		}
		answers[kind]++
		if got := r.get("config.toml"); !slices.Contains(want, got) {
			t.Errorf("%s: got error %v, and the number is %s, want one of %s", where, err, got, want)
		}
		commit(t, r.openLater(), "next")
		r.audit(new(ledger))
		r.tidy()
	}
	for _, kind := range []fault.Kind{"", fault.LockTimeout, fault.OutcomeUnknown} {
		if answers[kind] == 0 {
			t.Errorf("the answers are %v, want some of kind %q", answers, kind)
		}
	}
}

// Two peers have the lock one after the other, because the commit was stopped for long:
// the first counts up right before the config is exchanged, and the second reads the text
// of the commit, before that goes back. So the commit's text may be part of what the
// second one writes, and the answer must be outcome_unknown.
func TestCompareAndSwap_peerReadsWhatGoesBack(t *testing.T) {
	for name, writesBefore := range map[string]bool{"writes before": true, "writes after": false} {
		t.Run(name, func(t *testing.T) {
			r := newFastRealm(t)
			commit(t, r.open(), "old")
			exchanges := 0
			read, write := make(chan struct{}), make(chan struct{})
			var second sync.WaitGroup
			s := open(r.options(), faulty{say: serial(func(op, name string) (bool, error) {
				if op == "exchange" && name == "config.toml" {
					exchanges++
				}
				switch {
				case op == "exchange" && exchanges == 1:
					if err := errors.Join(os.Remove(r.path(LockName)), peer{r}.set("by the first")); err != nil {
						t.Error(err)
					}
				case op == "exchange" && exchanges == 2:
					second.Go(func() {
						err := peer{r}.change(func(text string) (string, error) {
							close(read)
							<-write
							return text + " and by the second", nil
						})
						if err != nil {
							t.Error(err)
						}
					})
					<-read
					if writesBefore {
						close(write)
						second.Wait()
					}
				}
				return true, nil
			})}, newTestClock(), "boot")
			state := load(t, s)
			err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "new"))
			if !writesBefore {
				close(write)
			}
			second.Wait()
			if got, want := r.get("config.toml"), "new and by the second"; got != want {
				t.Fatalf("the text is %q, want %q", got, want)
			}
			if !fault.Is(err, fault.OutcomeUnknown) {
				t.Errorf("got error %v, want outcome_unknown", err)
			}
			commit(t, r.openLater(), "next")
			r.audit(new(ledger))
			r.tidy()
		})
	}
}
