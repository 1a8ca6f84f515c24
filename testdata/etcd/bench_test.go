package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	"realmconf/runtime"
	"realmconf/runtime/store"
	"realmconf/runtime/store/etcd"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

// The benchmarks measure the store and a floor in turn, on three servers that flush what
// they commit, so that a busy machine slows down both. They report the ratio beside the
// times; "ns/op" would be the sum of the two, and is left out.

// text3KB is as long as a usual configuration.
var text3KB = strings.Repeat("x", 3000)

// paired runs two functions in turn, and reports their times and how many times longer
// the first one takes.
func paired(b *testing.B, measured, floor func() error) {
	b.Helper()
	var took [2]time.Duration
	rounds := 0
	for b.Loop() {
		for i := range took {
			i = (i + rounds) % len(took)
			begin := time.Now()
			if err := []func() error{measured, floor}[i](); err != nil {
				b.Fatal(err)
			}
			took[i] += time.Since(begin)
		}
		rounds++
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(took[0].Microseconds())/float64(rounds), "measured-µs")
	b.ReportMetric(float64(took[1].Microseconds())/float64(rounds), "bare-µs")
	b.ReportMetric(float64(took[0])/float64(took[1]), "times-bare")
}

// BenchmarkCompareAndSwap compares a commit with the bare transaction of the official
// client, which puts a text and a head. At most 2 times is the goal.
func BenchmarkCompareAndSwap(b *testing.B) {
	c, client := benchCluster(b)
	s := etcd.Open(newOptions(c.endpoints()))
	defer s.Close()
	state, err := s.Load(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	revision, key := int64(0), fmt.Sprintf("/bare/%d", realmNumber.Add(1))
	paired(b, func() error {
		next := storetest.Commit(state, text3KB)
		err := s.CompareAndSwap(b.Context(), state.Version, next)
		state = store.State{Version: next[0].Version, Next: next[0].Generation + 1}
		return err
	}, func() error {
		r, err := client.Txn(b.Context()).If(clientv3.Compare(clientv3.ModRevision(key), "=", revision)).
			Then(clientv3.OpPut(fmt.Sprintf("%s/generation/%d", key, revision), text3KB), clientv3.OpPut(key, "head")).Commit()
		if err == nil && !r.Succeeded {
			err = fmt.Errorf("revision %d is not current", revision)
		}
		if err == nil {
			revision = r.Header.Revision
		}
		return err
	})
}

// BenchmarkLoad compares a read of an unchanged realm with a bare range of the official
// client, both linearizable. At most 1.5 times is the goal.
func BenchmarkLoad(b *testing.B) {
	c, client := benchCluster(b)
	s := etcd.Open(newOptions(c.endpoints()))
	defer s.Close()
	state, err := s.Load(b.Context())
	if err == nil {
		err = s.CompareAndSwap(b.Context(), state.Version, storetest.Commit(state, text3KB))
	}
	if err == nil {
		_, err = client.Put(b.Context(), "/bare/read", strings.Repeat("x", 200))
	}
	if err != nil {
		b.Fatal(err)
	}
	paired(b, func() error {
		_, err := s.Load(b.Context())
		return err
	}, func() error {
		_, err := client.Get(b.Context(), "/bare/read")
		return err
	})
}

// BenchmarkPatch_inFlight makes 64 patches one after the other, and 64 at the same time,
// which share commits: "times-faster" of at least 6 is the goal.
func BenchmarkPatch_inFlight(b *testing.B) {
	const flight = 64
	c, _ := benchCluster(b)
	s := etcd.Open(newOptions(c.endpoints()))
	rt := runtime.New(func(context.Context) (store.Store, error) { return s, nil }, meerkat.New())
	defer rt.Close()
	n := 0
	patch := func(port int) error {
		_, err := rt.Patch(b.Context(), tree.Object{"rest": tree.Object{"port": int64(1024 + port%60000)}}, runtime.Write{})
		return err
	}
	var took [2]time.Duration
	rounds := 0
	for b.Loop() {
		begin := time.Now()
		for range flight {
			n++
			if err := patch(n); err != nil {
				b.Fatal(err)
			}
		}
		took[0] += time.Since(begin)
		begin = time.Now()
		var group sync.WaitGroup
		for range flight {
			n++
			port := n
			group.Go(func() {
				if err := patch(port); err != nil {
					b.Error(err)
				}
			})
		}
		group.Wait()
		took[1] += time.Since(begin)
		rounds++
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(took[0].Microseconds())/float64(rounds*flight), "alone-µs")
	b.ReportMetric(float64(took[1].Microseconds())/float64(rounds*flight), "in-flight-µs")
	b.ReportMetric(float64(took[0])/float64(took[1]), "times-faster")
}

func benchCluster(b *testing.B) (*cluster, *clientv3.Client) {
	b.Helper()
	c, err := newCluster(b.TempDir(), 3, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(c.stop)
	if err := c.start(b.Context(), b.Output()); err != nil {
		b.Fatal(err)
	}
	client, err := clientv3.New(clientv3.Config{Endpoints: c.endpoints()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { client.Close() })
	return c, client
}
