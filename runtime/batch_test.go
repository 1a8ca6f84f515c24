package runtime_test

import (
	"context"
	"testing"
	"testing/synctest"

	"realmconf.io/realmconf/runtime"
	"realmconf.io/realmconf/runtime/fault"
	"realmconf.io/realmconf/runtime/store"
)

// whileReviewed is a write during whose preparation something is done, every
// time that it is prepared.
func whileReviewed(do func(time int)) runtime.Write {
	times := 0
	return runtime.Write{Review: func(*runtime.Comparison) (*store.Approval, error) {
		times++
		do(times)
		return nil, nil
	}}
}

// entered begins a patch, and returns when that waits for its turn.
func entered(t *testing.T, rt *runtime.Runtime, tokens int64) (answer chan error) {
	in, answer := make(chan struct{}), make(chan error, 1)
	go func() {
		_, err := rt.Patch(t.Context(), agentPatch(tokens), runtime.Write{Entered: func() { close(in) }})
		answer <- err
	}()
	<-in
	return answer
}

func TestWhoComesWhileABatchIsPreparedJoinsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		counting := &countingStore{Store: newStore()}
		rt := runtimeOver(t, counting)
		var second chan error
		out, err := rt.Patch(t.Context(), agentPatch(1), whileReviewed(func(int) { second = entered(t, rt, 2) }))
		if err != nil {
			t.Fatal(err)
		}
		if err := <-second; err != nil {
			t.Fatal(err)
		}
		if got := counting.swaps.Load(); got != 1 {
			t.Errorf("took %d commits, want 1", got)
		}
		if got := turnTokens(get(t, rt)); out.After.Version.Generation != 1 || got != int64(2) {
			t.Errorf("the first made generation %d, and the last value is %v, want 1 and 2", out.After.Version.Generation, got)
		}
	})
}

func TestABatchThatNobodyWantsTakesNobodyAlong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		counting := &countingStore{Store: newStore()}
		rt := runtimeOver(t, counting)
		ctx, cancel := context.WithCancel(t.Context())
		var second chan error
		_, err := rt.Patch(ctx, agentPatch(1), whileReviewed(func(int) {
			cancel()
			synctest.Wait()
			second = entered(t, rt, 2)
		}))
		if fault.Of(err).Kind != fault.Cancelled {
			t.Errorf("the first: got %v, want cancelled", err)
		}
		if err := <-second; err != nil {
			t.Errorf("the second: %v", err)
		}
		if got := get(t, rt); got.Version.Generation != 1 || turnTokens(got) != int64(2) {
			t.Errorf("afterwards: generation %d with %v, want 1 with 2", got.Version.Generation, turnTokens(got))
		}
	})
}

func TestNobodyJoinsAfterAFreshStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		counting := &countingStore{Store: newStore()}
		counting.fail = func(swap int64) error {
			if swap == 1 {
				return fault.New(fault.GenerationConflict, "somebody was first")
			}
			return nil
		}
		rt := runtimeOver(t, counting)
		var second chan error
		_, err := rt.Patch(t.Context(), agentPatch(1), whileReviewed(func(time int) {
			if time == 2 {
				second = entered(t, rt, 2)
			}
		}))
		if err != nil {
			t.Fatal(err)
		}
		if err := <-second; err != nil {
			t.Fatal(err)
		}
		if got := counting.swaps.Load(); got != 3 {
			t.Errorf("took %d commits, want 3: one lost, one for each writer", got)
		}
	})
}
