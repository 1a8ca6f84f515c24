package runtime_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/meerkat"
)

// A store gives no generation to a text that no write may make.
func TestMaxText_isTheStores(t *testing.T) {
	if runtime.MaxText != store.MaxText {
		t.Errorf("the runtime's limit is %d, the store's %d", runtime.MaxText, store.MaxText)
	}
}

// limitedStore names limits of its own, and refuses commits that have more bytes.
type limitedStore struct {
	*countingStore
	limits store.Limits
	most   int // of the bytes of all texts
}

func (l *limitedStore) Limits() store.Limits { return l.limits }

func (l *limitedStore) CompareAndSwap(ctx context.Context, from store.Version, next []store.Record) error {
	size := 0
	for _, r := range next {
		size += len(r.Text)
	}
	if size > l.most {
		l.sizes = append(l.sizes, -len(next))
		return fault.New(fault.TooLarge, "%d bytes are too many for one commit: nothing was written", size)
	}
	return l.countingStore.CompareAndSwap(ctx, from, next)
}

func TestBatch_keepsTheStoresLimits(t *testing.T) {
	text := "# " + strings.Repeat("x", 96) + "\n" // each generation has more than 100 bytes, and fewer than 200
	for _, tt := range []struct {
		name   string
		limits store.Limits
		most   int
		want   []int // the records of each commit; negative if it was refused
	}{
		{"records", store.Limits{Records: 3, Bytes: 1 << 20}, 1 << 20, []int{1, 3, 3, 2}},
		{"bytes", store.Limits{Records: 64, Bytes: 600}, 1 << 20, []int{1, 4, 4}},
		{"less than one text", store.Limits{Records: 64, Bytes: 1}, 1 << 20, []int{1, 1, 1, 1, 1, 1, 1, 1, 1}},
		{"refused within the limits", store.Limits{Records: 64, Bytes: 1 << 20}, 600, []int{1, -8, 4, 4}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				counting := &countingStore{Store: storeHolding(t, text), gate: make(chan struct{})}
				rt := runtimeOver(t, &limitedStore{counting, tt.limits, tt.most})
				writeBehind(t, rt, counting, 8)
				if !slices.Equal(counting.sizes, tt.want) {
					t.Errorf("got commits of %v, want %v", counting.sizes, tt.want)
				}
				if got := turnTokens(get(t, rt)); got != int64(8) {
					t.Errorf("afterwards: got %v, want the last writer's 8", got)
				}
			})
		})
	}
}

// A text that the store does not take alone fails its own write only.
func TestBatch_oneRecordTooLarge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		counting := &countingStore{Store: newStore(), gate: make(chan struct{})}
		rt := runtimeOver(t, &limitedStore{counting, store.Limits{Records: 64, Bytes: 1 << 20}, 300})
		first := queue(t, rt, 100)
		synctest.Wait()
		large := make(chan error, 1)
		in := make(chan struct{})
		go func() {
			_, err := rt.Patch(t.Context(), map[string]any{"agent": map[string]any{"model": strings.Repeat("m", 400)}},
				runtime.Write{OnQueued: func() { close(in) }})
			large <- err
		}()
		<-in
		last := queue(t, rt, 7)
		close(counting.gate)
		if err := errors.Join(<-first, <-last); err != nil {
			t.Errorf("the writes around it: %v", err)
		}
		if err := <-large; !fault.Is(err, fault.TooLarge) {
			t.Errorf("the large one: got %v, want too_large", err)
		}
		if got := turnTokens(get(t, rt)); got != int64(7) {
			t.Errorf("afterwards: got %v, want 7", got)
		}
	})
}

// Opening a store may take long. It blocks no call whose context ends, and Close closes
// what was opened.
func TestRuntime_opensWithoutLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dialed := make(chan struct{})
		closing := &closingStore{Store: newStore()}
		rt := runtime.New(func(context.Context) (store.Store, error) {
			<-dialed
			return closing, nil
		}, meerkat.New())
		first := make(chan error, 1)
		go func() {
			_, err := rt.Version(t.Context())
			first <- err
		}()
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := rt.Version(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("a call with an ended context: got %v, want context.Canceled", err)
		}
		close(dialed)
		if err := <-first; err != nil {
			t.Error(err)
		}
		rt.Close()
		if closing.closed != 1 {
			t.Errorf("the store was closed %d times, want once", closing.closed)
		}
	})
}

type closingStore struct {
	store.Store
	closed int
}

func (c *closingStore) Close() { c.closed++ }
