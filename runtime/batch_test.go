package runtime_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
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
		_, err := rt.Patch(t.Context(), agentPatch(tokens), runtime.Write{Queued: func() { close(in) }})
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

// TestABatchThatLosesHasLessRoom: the longer a batch takes, the likelier is
// somebody else to be first again.
func TestABatchThatLosesHasLessRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		counting := &countingStore{Store: newStore(), gate: make(chan struct{})}
		counting.fail = func(swap int64) error {
			if swap == 2 || swap == 3 {
				return fault.New(fault.GenerationConflict, "somebody was first")
			}
			return nil
		}
		rt := runtimeOver(t, counting)
		answers := []chan error{entered(t, rt, 100)}
		synctest.Wait() // the first commit stands at the gate
		for n := range int64(16) {
			answers = append(answers, entered(t, rt, 1+n))
		}
		close(counting.gate)
		for _, answer := range answers {
			if err := <-answer; err != nil {
				t.Error(err)
			}
		}
		if want := []int{1, 16, 8, 4, 8, 4}; !slices.Equal(counting.sizes, want) {
			t.Errorf("got commits of %v, want %v: half the room after each loss, and twice the room after", counting.sizes, want)
		}
		if got := turnTokens(get(t, rt)); got != int64(16) {
			t.Errorf("afterwards: got %v, want the last writer's 16", got)
		}
	})
}

// TestWhoLosesForEverIsNotToldOfAConflict: it did not say what it expects.
func TestWhoLosesForEverIsNotToldOfAConflict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		counting := &countingStore{Store: newStore(), gate: make(chan struct{})}
		counting.fail = func(swap int64) error {
			if 2 <= swap && swap < 2+64 {
				return fault.New(fault.GenerationConflict, "somebody was first")
			}
			return nil
		}
		rt := runtimeOver(t, counting)
		first := entered(t, rt, 100)
		synctest.Wait()
		second, third := entered(t, rt, 1), entered(t, rt, 2)
		close(counting.gate)
		if err := <-first; err != nil {
			t.Error(err)
		}
		if err := <-second; !fault.Is(err, fault.Busy) {
			t.Errorf("got %v, want busy", err)
		}
		if err := <-third; err != nil {
			t.Errorf("the one behind it: %v", err)
		}
	})
}
