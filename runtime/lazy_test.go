package runtime

import (
	"sync"
	"testing"
)

func TestLazy_computesOnce(t *testing.T) {
	var l lazy[int]
	var wg sync.WaitGroup
	calls := 0
	for range 8 {
		wg.Go(func() {
			if got := l.get(func() int { calls++; return 7 }); got != 7 {
				t.Errorf("got %d, want 7", got)
			}
		})
	}
	wg.Wait()
	if calls != 1 {
		t.Errorf("computed %d times, want once", calls)
	}
}

func TestLazy_panicIsTriedAgain(t *testing.T) {
	var l lazy[int]
	func() {
		defer func() { _ = recover() }()
		l.get(func() int { panic("a mistake") })
	}()
	if got := l.get(func() int { return 7 }); got != 7 {
		t.Errorf("after a panic: got %d, want 7", got)
	}
}

func TestLazy_set(t *testing.T) {
	var l lazy[int]
	l.set(7)
	if got := l.get(func() int { t.Error("computed"); return 0 }); got != 7 {
		t.Errorf("got %d, want 7", got)
	}
}

func TestLazy_getAllocatesNothing(t *testing.T) {
	type holder struct {
		n int
		l lazy[int]
	}
	h := &holder{n: 7}
	if n := testing.AllocsPerRun(100, func() { h.l.get(func() int { return h.n }) }); n != 0 {
		t.Errorf("got %v allocations, want 0", n)
	}
}
