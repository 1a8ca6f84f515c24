package runtime_test

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

// whileReviewed returns a write whose review calls a function.
func whileReviewed(do func()) runtime.Write {
	return runtime.Write{Judge: func(context.Context, *runtime.Comparison) (*store.Approval, error) {
		do()
		return nil, nil
	}}
}

// queue starts a patch, and returns once it is in the queue.
func queue(t *testing.T, rt *runtime.Runtime, tokens int64) (answer chan error) {
	in, answer := make(chan struct{}), make(chan error, 1)
	go func() {
		_, err := rt.Patch(t.Context(), agentPatch(tokens), runtime.Write{OnQueued: func() { close(in) }})
		answer <- err
	}()
	<-in
	return answer
}

// writeBehind queues a number of writes while the commit of another one is at the store's
// gate, opens the gate, and waits until all are answered.
func writeBehind(t *testing.T, rt *runtime.Runtime, counting *countingStore, number int64) {
	t.Helper()
	answers := []chan error{queue(t, rt, 100)}
	synctest.Wait() // until the first commit is at the gate
	for n := range number {
		answers = append(answers, queue(t, rt, 1+n))
	}
	close(counting.gate)
	for _, answer := range answers {
		if err := <-answer; err != nil {
			t.Error(err)
		}
	}
}

func TestBatch_laterWriteJoins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		counting := &countingStore{Store: newStore()}
		rt := runtimeOver(t, counting)
		var second chan error
		out, err := rt.Patch(t.Context(), agentPatch(1), whileReviewed(func() { second = queue(t, rt, 2) }))
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

func TestBatch_allContextsEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		counting := &countingStore{Store: newStore()}
		rt := runtimeOver(t, counting)
		ctx, cancel := context.WithCancel(t.Context())
		var second chan error
		_, err := rt.Patch(ctx, agentPatch(1), whileReviewed(func() {
			cancel()
			synctest.Wait()
			second = queue(t, rt, 2)
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

func TestBatch_smallerAfterLostRace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		counting := &countingStore{Store: newStore(), gate: make(chan struct{})}
		counting.fail = func(swap int64) error {
			if swap == 2 || swap == 3 {
				return fault.New(fault.GenerationConflict, "another program was first")
			}
			return nil
		}
		rt := runtimeOver(t, counting)
		writeBehind(t, rt, counting, 16)
		if want := []int{1, 16, 8, 4, 8, 4}; !slices.Equal(counting.sizes, want) {
			t.Errorf("got commits of %v, want %v: half as many after each lost race, and then twice as many", counting.sizes, want)
		}
		if got := turnTokens(get(t, rt)); got != int64(16) {
			t.Errorf("afterwards: got %v, want the last writer's 16", got)
		}
	})
}

// A write that expects no generation gets busy, and not a conflict, if other
// programs always commit first.
func TestBatch_alwaysLosesRace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		counting := &countingStore{Store: newStore(), gate: make(chan struct{})}
		counting.fail = func(swap int64) error {
			if 2 <= swap && swap < 2+64 {
				return fault.New(fault.GenerationConflict, "another program was first")
			}
			return nil
		}
		rt := runtimeOver(t, counting)
		first := queue(t, rt, 100)
		synctest.Wait()
		second, third := queue(t, rt, 1), queue(t, rt, 2)
		close(counting.gate)
		if err := <-first; err != nil {
			t.Error(err)
		}
		if err := <-second; !fault.Is(err, fault.Busy) {
			t.Errorf("got %v, want busy", err)
		}
		if err := <-third; err != nil {
			t.Errorf("the write behind it: %v", err)
		}
	})
}

func TestBatch_sharesCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		counting := &countingStore{Store: newStore(), gate: make(chan struct{})}
		rt := runtimeOver(t, counting)
		type answer struct {
			generation uint64
			err        error
		}
		answers := make(chan answer, 40)
		patch := func(tokens int64, expected *uint64) {
			out, err := rt.Patch(t.Context(), agentPatch(tokens), runtime.Write{Expected: expected})
			if err != nil {
				answers <- answer{err: err}
				return
			}
			answers <- answer{generation: out.After.Version.Generation}
		}
		go patch(1, nil)
		synctest.Wait() // until the first commit is at the gate
		for n := range 39 {
			go patch(int64(n+2), nil)
		}
		synctest.Wait()
		close(counting.gate)
		seen := map[uint64]bool{}
		for range 40 {
			a := <-answers
			if a.err != nil {
				t.Fatal(a.err)
			}
			seen[a.generation] = true
		}
		if len(seen) != 40 || !seen[1] || !seen[40] {
			t.Errorf("generations: got %v, want each of 1 to 40 once", seen)
		}
		if got := counting.swaps.Load(); got != 2 {
			t.Errorf("40 writers took %d commits, want 2", got)
		}
	})
}

func TestBatch_textLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		counting := &countingStore{Store: newStore(), gate: make(chan struct{})}
		rt := runtimeOver(t, counting)
		answers := make(chan error, 11)
		patch := func(prompt string) {
			_, err := rt.Patch(t.Context(), tree.Object{"agent": tree.Object{"system_prompt": prompt}}, runtime.Write{})
			answers <- err
		}
		go patch("first")
		synctest.Wait() // until it is at the gate; the others then gather in the queue
		for n := range 10 {
			go patch(fmt.Sprint(n) + strings.Repeat("x", 900_000))
		}
		synctest.Wait()
		close(counting.gate)
		for range 11 {
			if err := <-answers; err != nil {
				t.Error(err)
			}
		}
		// Five texts of 900 KB fit into one commit.
		if got := counting.swaps.Load(); got != 3 {
			t.Errorf("took %d commits, want 3", got)
		}
	})
}

func TestBatch_refusedMember(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		counting := &countingStore{Store: newStore(), gate: make(chan struct{})}
		rt := runtimeOver(t, counting)
		go rt.Patch(t.Context(), agentPatch(1), runtime.Write{})
		synctest.Wait()
		good, bad := make(chan error, 1), make(chan error, 1)
		go func() {
			_, err := rt.Patch(t.Context(), agentPatch(2), runtime.Write{Expected: expect(1)})
			good <- err
		}()
		synctest.Wait()
		go func() { // the member before it makes generation 2
			_, err := rt.Patch(t.Context(), agentPatch(3), runtime.Write{Expected: expect(1)})
			bad <- err
		}()
		synctest.Wait()
		close(counting.gate)
		if err := <-good; err != nil {
			t.Errorf("the good member: %v", err)
		}
		wantConflict(t, <-bad, 1, 2)
	})
}

// A refusal may be due to an earlier member of the batch. If the batch then
// fails, that member has changed nothing, and no client may learn of the refusal.
func TestBatch_refusedMemberThenFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := fault.New(fault.Storage, "no space is left")
		counting := &countingStore{Store: newStore(), gate: make(chan struct{})}
		rt := runtimeOver(t, counting)
		go rt.Patch(t.Context(), agentPatch(1), runtime.Write{})
		synctest.Wait()
		answers := make(chan error, 2)
		for tokens := range int64(2) { // the second is refused because of the first
			go func() {
				_, err := rt.Patch(t.Context(), agentPatch(10+tokens), runtime.Write{Expected: expect(1)})
				answers <- err
			}()
			synctest.Wait()
		}
		counting.fail = func(swap int64) error {
			if swap == 2 {
				return full
			}
			return nil
		}
		close(counting.gate)
		for range 2 {
			if err := <-answers; !fault.Is(err, fault.Storage) {
				t.Errorf("got %v, want the storage fault", err)
			}
		}
		if got := turnTokens(get(t, rt)); got != int64(1) {
			t.Errorf("afterwards: got %v, want 1", got)
		}
	})
}

// A write that comes alone is committed by the goroutine that asks for it: to wake another
// one takes longer than most of what a write computes.
func TestBatch_aloneWakesNoGoroutine(t *testing.T) {
	stack := ""
	counting := &countingStore{Store: newStore(), fail: func(int64) error {
		stack = string(debug.Stack())
		return nil
	}}
	if _, err := runtimeOver(t, counting).Patch(t.Context(), agentPatch(1), runtime.Write{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(stack, t.Name()) {
		t.Errorf("the commit was made by another goroutine:\n%s", stack)
	}
}

// TestBatch_panic lets the store panic in a commit of several writes: all of them end, and
// the next one is made.
func TestBatch_panic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		counting := &countingStore{Store: newStore(), gate: make(chan struct{}), fail: func(swap int64) error {
			if swap <= 2 {
				panic("a mistake in the store")
			}
			return nil
		}}
		rt := runtimeOver(t, counting)
		answers := []chan error{queue(t, rt, 1)}
		synctest.Wait() // until the first commit is at the gate
		for n := range int64(3) {
			answers = append(answers, queue(t, rt, 2+n))
		}
		close(counting.gate)
		for _, answer := range answers {
			if err := <-answer; err == nil || !strings.Contains(err.Error(), "panic") {
				t.Errorf("got %v, want the panic", err)
			}
		}
		if err := <-queue(t, rt, 9); err != nil || turnTokens(get(t, rt)) != int64(9) {
			t.Errorf("the write after them: %v, and the value is %v", err, turnTokens(get(t, rt)))
		}
	})
}

// countingStore counts its swaps, and blocks each one until a gate opens.
type countingStore struct {
	store.Store
	gate  chan struct{} // closed to open it; nil if it is always open
	swaps atomic.Int64
	sizes []int                  // of the commits, successful or not
	fail  func(swap int64) error // nil if none fails
}

func (c *countingStore) CompareAndSwap(ctx context.Context, from store.Version, next []store.Record) error {
	if c.gate != nil {
		<-c.gate
	}
	c.sizes = append(c.sizes, len(next)) // no lock: only the committer calls
	if n := c.swaps.Add(1); c.fail != nil {
		if err := c.fail(n); err != nil {
			return err
		}
	}
	return c.Store.CompareAndSwap(ctx, from, next)
}

// TestBatch_cancelledWriteBlocksNoOther reviews a write for as long as its client
// waits, which it does not any more: the write behind it is made at once.
func TestBatch_cancelledWriteBlocksNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := newRuntime(t)
		ctx, cancel := context.WithCancel(t.Context())
		first := make(chan error, 1)
		go func() {
			_, err := rt.Patch(ctx, agentPatch(1), runtime.Write{Judge: func(ctx context.Context, _ *runtime.Comparison) (*store.Approval, error) {
				<-ctx.Done() // a review of a large change looks at it now and then
				return nil, ctx.Err()
			}})
			first <- err
		}()
		synctest.Wait()
		second := queue(t, rt, 2)
		synctest.Wait()
		select {
		case err := <-second:
			t.Fatalf("the second write did not wait for the first one's review: %v", err)
		default:
		}
		cancel()
		if err := <-second; err != nil {
			t.Errorf("the second: %v", err)
		}
		if err := <-first; fault.Of(err).Kind != fault.Cancelled {
			t.Errorf("the first: got %v, want cancelled", err)
		}
		if got := turnTokens(get(t, rt)); got != int64(2) {
			t.Errorf("got %v, want the second write's 2", got)
		}
	})
}

// TestBatch_cancelledWhilePrepared cancels a write in each step that can take long.
// It must not be made, although no step fails.
func TestBatch_cancelledWhilePrepared(t *testing.T) {
	for name, write := range map[string]func(ctx context.Context, rt *runtime.Runtime, w runtime.Write) error{
		"patch": func(ctx context.Context, rt *runtime.Runtime, w runtime.Write) error {
			_, err := rt.Patch(ctx, agentPatch(1), w)
			return err
		},
		"operations": func(ctx context.Context, rt *runtime.Runtime, w runtime.Write) error {
			_, err := rt.Operate(ctx, []tree.Operation{{Op: "replace", Path: tree.Pointer{"rest", "port"}, Value: int64(1)}}, w)
			return err
		},
		"set": func(ctx context.Context, rt *runtime.Runtime, w runtime.Write) error {
			_, err := rt.Set(ctx, agentPatch(1), w)
			return err
		},
	} {
		for step := range 3 {
			ctx, cancel := context.WithCancel(t.Context())
			model := &cancelling{Model: meerkat.New(), cancel: cancel, step: step}
			rt := runtimeWith(t, model, newStore())
			w := runtime.Write{Judge: func(context.Context, *runtime.Comparison) (*store.Approval, error) {
				model.pass(2)
				return nil, nil
			}}
			if err := write(ctx, rt, w); fault.Of(err) == nil || fault.Of(err).Kind != fault.Cancelled {
				t.Errorf("%s cancelled in step %d: got %v, want cancelled", name, step, err)
			}
			if got := get(t, rt).Version.Generation; got != 0 {
				t.Errorf("%s cancelled in step %d made generation %d", name, step, got)
			}
		}
	}
}

// cancelling is a model that cancels a write in one step of its preparation.
type cancelling struct {
	*schema.Model
	cancel context.CancelFunc
	step   int
}

func (m *cancelling) pass(step int) {
	if step == m.step {
		m.cancel()
	}
}

func (m *cancelling) Reveal(given, prev tree.Object, lookup func(schema.Token, schema.Part) (any, bool)) (tree.Object, []schema.Issue) {
	m.pass(0)
	return m.Model.Reveal(given, prev, lookup)
}

func (m *cancelling) Check(next tree.Object, prev ...tree.Object) schema.Report {
	m.pass(1)
	return m.Model.Check(next, prev...)
}
