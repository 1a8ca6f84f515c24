package etcd

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Each caller gets a read that began after it came, and callers that wait share one.
func TestSharedReads_shareLaterRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reads := int64(0)
		l := sharedReads{read: func(context.Context) (*view, error) {
			reads++
			began := reads
			time.Sleep(time.Second)
			return &view{revision: began}, nil
		}}
		var wg sync.WaitGroup
		get := func(want int64) {
			wg.Go(func() {
				v, err := l.get(t.Context())
				if err != nil || v.revision != want {
					t.Errorf("got read %v, %v; want read %d", v, err, want)
				}
			})
		}
		get(1)
		time.Sleep(100 * time.Millisecond)
		for range 20 {
			get(2) // they come while the first read is running
		}
		time.Sleep(1500 * time.Millisecond)
		get(3)
		wg.Wait()
		get(4)
		wg.Wait()
	})
}

// A caller whose context ends does not end the read for the others.
func TestSharedReads_contextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := sharedReads{read: func(ctx context.Context) (*view, error) {
			time.Sleep(time.Second)
			return &view{}, ctx.Err()
		}}
		ctx, cancel := context.WithCancel(t.Context())
		first, second := make(chan error, 1), make(chan error, 1)
		go func() { _, err := l.get(ctx); first <- err }()
		synctest.Wait()
		go func() { _, err := l.get(t.Context()); second <- err }()
		synctest.Wait()
		cancel()
		if err := <-first; !errors.Is(err, context.Canceled) {
			t.Errorf("the cancelled caller: got %v", err)
		}
		if err := <-second; err != nil {
			t.Errorf("the other one: got %v, want no error", err)
		}
	})
}
