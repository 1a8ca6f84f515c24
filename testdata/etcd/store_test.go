package main

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"go.etcd.io/etcd/server/v3/etcdmain"

	"realmconf/runtime/store"
	"realmconf/runtime/store/etcd"
	"realmconf/runtime/store/storetest"
)

// TestMain is the server if the environment says so, as main is.
func TestMain(m *testing.M) {
	if os.Getenv(serverVariable) != "" {
		etcdmain.Main(os.Args)
		return
	}
	code := m.Run()
	if err := built.remove(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// startCluster starts servers for a test.
func startCluster(t *testing.T, nodes int, extra ...string) *cluster {
	t.Helper()
	return startServers(t, "", nodes, append([]string{"--unsafe-no-fsync"}, extra...)...)
}

// startServers starts servers of a program for a test; without a name, of this one.
func startServers(t *testing.T, program string, nodes int, extra ...string) *cluster {
	t.Helper()
	c, err := newCluster(t.TempDir(), nodes, nil, extra...)
	if err != nil {
		t.Fatal(err)
	}
	c.program = program
	t.Cleanup(c.stop)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := c.start(ctx, t.Output()); err != nil {
		t.Fatal(err)
	}
	return c
}

// realmNumber makes the names of realms, one for each test.
var realmNumber atomic.Int64

func newOptions(endpoints []string) etcd.Options {
	return etcd.Options{Endpoints: endpoints, Prefix: "/test", Realm: fmt.Sprintf("realm-%d", realmNumber.Add(1))}
}

// openIn returns a function that opens a store, which the test closes.
func openIn(t *testing.T, o etcd.Options) func() store.Store {
	return func() store.Store {
		s := etcd.Open(o)
		t.Cleanup(s.Close)
		return s
	}
}

func TestStore(t *testing.T) {
	t.Parallel()
	for _, nodes := range []int{1, 3} {
		t.Run(fmt.Sprintf("%d nodes", nodes), func(t *testing.T) {
			c := startCluster(t, nodes)
			storetest.Test(t, func(t *testing.T) func() store.Store { return openIn(t, newOptions(c.endpoints())) })
		})
	}
}
