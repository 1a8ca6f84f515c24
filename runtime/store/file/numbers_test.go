package file

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree/treetest"
)

// Commits, crashes of commits at any step, hand edits, peers, a state that is lost
// or restored, a realm that is opened again: in any order of these, a number that
// was once seen keeps its text.
func TestStore_numberKeepsItsText(t *testing.T) {
	for seed := range treetest.Cases[uint64](30, 2) / uint64(treetest.Stride(2)) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { wander(t, rand.New(rand.NewPCG(seed, 7))) })
	}
}

func wander(t *testing.T, rnd *rand.Rand) {
	r := newFastRealm(t)
	var l ledger
	c := newTestClock()
	s := open(r.options(), disk.OS{}, c, "boot")
	commit(t, s, "begin")
	crash := errors.New("crashed")
	look := func(what string) {
		if _, err := s.readView(t.Context(), store.NewHistoryBudget()); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		c.pass(longRestTime)
		state := load(t, s)
		if state.Pending {
			t.Errorf("%s: pending at %d", what, state.Version.Generation)
		}
		l.note(t, state.Version.Generation, string(state.Text))
		r.audit(&l)
		r.checkRecords(s)
	}
	for n := range 25 {
		text := fmt.Sprint("text ", rnd.IntN(4))
		what := ""
		switch rnd.IntN(7) {
		case 0, 1:
			what = "commit " + text
			state := load(t, s)
			err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, text, text+"!"))
			if err != nil && !fault.Is(err, fault.GenerationConflict) {
				t.Fatalf("%s: %v", what, err)
			}
		case 2:
			left := 1 + rnd.IntN(25)
			what = fmt.Sprintf("commit %s that crashes %d changes later", text, left)
			dying := open(r.options(), faulty{say: serial(func(op, _ string) (bool, error) {
				if changing(op) {
					left--
				}
				if left < 0 {
					return false, crash
				}
				return true, nil
			})}, c, "boot")
			if state, err := dying.Load(t.Context()); err == nil {
				_ = dying.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, text))
			}
		case 3:
			what = "hand edit " + text
			if r.exists(stateName) { // within one tick it looks like a peer's commit
				r.later(stateName, "config.toml", text)
			} else {
				r.put("config.toml", text)
			}
		case 4:
			what = "a peer's commit of " + text
			os.Remove(r.path(LockName)) // of a crashed process
			if err := (peer{r}).set(text); err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatalf("%s: %v", what, err)
			}
		case 5:
			what = "the state is lost"
			os.Remove(r.path(stateName))
		case 6:
			what = "opened anew"
			s = open(r.options(), disk.OS{}, c, "boot")
		}
		look(fmt.Sprintf("step %d, %s", n, what))
	}
	// A crashed commit may have bound a number within one tick of the clock
	// that stamps the history; the conflict that follows corrects that.
	state := load(t, s)
	err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "end"))
	if fault.Is(err, fault.GenerationConflict) {
		commit(t, s, "end")
	} else if err != nil {
		t.Error(err)
	}
	r.tidy()
}

// A commit that fails removes its record: for a process that has just listed it
// that is no error.
func TestHistory_recordRemovedWhileRead(t *testing.T) {
	r := newRealm(t)
	s := r.open()
	commit(t, s, "first")
	c, err := s.history.list()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.history.highest(store.NewHistoryBudget(), append(c, 7)); got != 1 || err != nil {
		t.Errorf("got %d, %v, want 1", got, err)
	}
	if got, err := s.history.highest(store.NewHistoryBudget(), catalog{7}); got != 0 || err != nil {
		t.Errorf("with nothing left: got %d, %v, want 0", got, err)
	}
}
