package main

import (
	"fmt"
	"testing"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	"realmconf/runtime/store/etcd"
	"realmconf/runtime/store/storetest"
)

// A realm that is written often loses its old records as well, and never one that is
// younger than a minute.
func TestStore_pruneWhileBusy(t *testing.T) {
	t.Parallel()
	c := startCluster(t, 1)
	o := newOptions(c.endpoints())
	o.History = 3
	s := etcd.Open(o)
	const old, all = 10, 33
	for i := range all {
		state := mustLoad(t, s)
		next := storetest.Commit(state, fmt.Sprint(i))
		next[0].Time = time.Now()
		if i < old {
			next[0].Time = time.Now().AddDate(-1, 0, 0)
		}
		if err := s.CompareAndSwap(t.Context(), state.Version, next); err != nil {
			t.Fatal(err)
		}
	}
	s.Close() // waits for pruning
	kept, err := newOfficial(t, clientv3.Config{Endpoints: c.endpoints()}).Get(t.Context(), keyOf(o, "generation/"), clientv3.WithPrefix(), clientv3.WithCountOnly())
	if err != nil {
		t.Fatal(err)
	}
	if kept.Count < all-old || kept.Count >= all {
		t.Errorf("%d records are kept, want the %d young ones and not all %d", kept.Count, all-old, all)
	}
}
