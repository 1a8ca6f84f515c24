package file

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"realmconf/runtime/fault"
)

// stateChanger is a file system on which another program changes the state whenever it
// is read.
func stateChanger(r realm, reads *int, changed func(n int)) faulty {
	return faulty{say: serial(func(op, name string) (bool, error) {
		if op == "open" && name == stateName && *reads < 10_000 { // so that an endless read ends
			*reads++
			r.replace(stateName, fmt.Sprintf(`{"generation": %d}`, *reads+1))
			changed(*reads)
		}
		return true, nil
	})}
}

func TestReadView_changingState(t *testing.T) {
	r := newFastRealm(t)
	commit(t, r.open(), "a = 1\n")
	reads := 0
	s := open(r.options(), stateChanger(r, &reads, func(int) {}), newTestClock(), "boot")
	if _, err := s.Load(t.Context()); !fault.Is(err, fault.Busy) {
		t.Errorf("got %v, want busy", err)
	}
	if reads > 2*maxViews {
		t.Errorf("the state was read %d times", reads)
	}
}

func TestReadView_cancelled(t *testing.T) {
	r := newFastRealm(t)
	commit(t, r.open(), "a = 1\n")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	reads := 0
	s := open(r.options(), stateChanger(r, &reads, func(n int) {
		if n == 5 {
			cancel()
		}
	}), newTestClock(), "boot")
	if _, err := s.Load(ctx); !errors.Is(err, context.Canceled) || reads > 10 {
		t.Errorf("got %v after %d reads, want %v", err, reads, context.Canceled)
	}
}
