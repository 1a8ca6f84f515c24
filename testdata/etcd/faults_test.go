package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/etcd"
	"realmconf/runtime/store/storetest"
)

// newOfficial returns the official client.
func newOfficial(t *testing.T, config clientv3.Config) *clientv3.Client {
	t.Helper()
	config.DialTimeout = 10 * time.Second
	c, err := clientv3.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func keyOf(o etcd.Options, name string) string { return o.Prefix + "/" + o.Realm + "/" + name }

func TestFaults(t *testing.T) {
	c := startCluster(t, 1)
	official := newOfficial(t, clientv3.Config{Endpoints: c.endpoints()})
	storetest.TestFaults(t, func(t *testing.T) storetest.Place {
		p := newProxy(t, c.nodes[0].client)
		o := newOptions([]string{p.address()})
		return storetest.Place{
			Open: openIn(t, o),
			LoseAnswer: func(applied bool) {
				if applied {
					p.disturb(lostAfter)
				} else {
					p.disturb(lostBefore)
				}
			},
			InterruptWatch: p.cut,
			Prune: func(below uint64) {
				first, end := keyOf(o, "generation/"), keyOf(o, fmt.Sprintf("generation/%020d", below))
				if _, err := official.Delete(t.Context(), first, clientv3.WithRange(end)); err != nil {
					t.Fatal(err)
				}
			},
		}
	})
}

// A commit that was on its way while its connection broke must not be made after a fence
// has said that it was not.
func TestStore_lateCommit(t *testing.T) {
	c := startCluster(t, 1)
	for _, begun := range []bool{false, true} {
		t.Run(fmt.Sprintf("the realm exists: %v", begun), func(t *testing.T) {
			p := newProxy(t, c.nodes[0].client)
			o := newOptions([]string{p.address()})
			s := openIn(t, o)()
			if begun {
				mustCommit(t, s, "one")
			}
			before := mustLoad(t, s)
			p.disturb(arrivesLate)
			err := s.CompareAndSwap(t.Context(), before.Version, storetest.Commit(before, "late"))
			if !fault.Is(err, fault.GenerationConflict) {
				t.Errorf("got %v, want a conflict: the fence was first", err)
			}
			p.release()
			o.Endpoints = c.endpoints()
			direct := openIn(t, o)()
			for range 20 { // the late one arrives among these
				if now := mustLoad(t, direct); now.Version != before.Version {
					t.Fatalf("the late commit was made: generation %d", now.Version.Generation)
				}
			}
			mustCommit(t, s, "next")
			if now := mustLoad(t, direct); string(now.Text) != "next" || now.Version.Generation != before.Next {
				t.Errorf("afterwards: got %q at generation %d", now.Text, now.Version.Generation)
			}
		})
	}
}

// A commit whose answer was lost, and whose record is pruned before the fence comes, has
// an unknown outcome.
func TestStore_prunedBeforeFence(t *testing.T) {
	c := startCluster(t, 1)
	official := newOfficial(t, clientv3.Config{Endpoints: c.endpoints()})
	p := newProxy(t, c.nodes[0].client)
	o := newOptions([]string{p.address()})
	s := openIn(t, o)()
	mustCommit(t, s, "one")
	state := mustLoad(t, s)
	p.disturb(lostAfter)
	p.refuse(true) // so that the fence cannot come yet; the open connection stays
	result := make(chan error, 1)
	go func() {
		result <- s.CompareAndSwap(context.WithoutCancel(t.Context()), state.Version, storetest.Commit(state, "two"))
	}()
	o.Endpoints = c.endpoints()
	direct := openIn(t, o)()
	for mustLoad(t, direct).Version.Generation != 2 {
	}
	mustCommit(t, direct, "three")
	if _, err := official.Delete(t.Context(), keyOf(o, fmt.Sprintf("generation/%020d", 2))); err != nil {
		t.Fatal(err)
	}
	p.refuse(false)
	if err := <-result; !fault.Is(err, fault.OutcomeUnknown) {
		t.Errorf("got %v, want outcome_unknown", err)
	}
}

// A watch whose revision was compacted while it was away looks again.
func TestWatch_compacted(t *testing.T) {
	c := startCluster(t, 1)
	official := newOfficial(t, clientv3.Config{Endpoints: c.endpoints()})
	p := newProxy(t, c.nodes[0].client)
	o := newOptions([]string{p.address()})
	s := openIn(t, o)()
	o.Endpoints = c.endpoints()
	other := openIn(t, o)()
	calls := make(chan struct{}, 100)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- s.Watch(ctx, func() { calls <- struct{}{} }) }()
	<-calls
	p.refuse(true)
	p.cut()
	for i := range 3 {
		mustCommit(t, other, fmt.Sprint(i))
	}
	now, err := official.Get(t.Context(), keyOf(o, "head"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := official.Compact(t.Context(), now.Header.Revision, clientv3.WithCompactPhysical()); err != nil {
		t.Fatal(err)
	}
	p.refuse(false)
	mustCommit(t, other, "last")
	for deadline := time.After(20 * time.Second); ; {
		select {
		case <-calls:
		case <-deadline:
			t.Fatal("no call after the compaction")
		}
		if state, err := s.Load(t.Context()); err == nil && string(state.Text) == "last" {
			break
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Watch returned %v, want nil", err)
	}
}

// The table of what may happen to a call, and of the error that its caller gets.
func TestStore_failures(t *testing.T) {
	small := startCluster(t, 1, "--max-request-bytes=65536", "--quota-backend-bytes=2097152")
	official := newOfficial(t, clientv3.Config{Endpoints: small.endpoints()})
	for _, tt := range []struct {
		name    string
		prepare func(t *testing.T, o etcd.Options, s store.Store) store.Store
		read    fault.Kind // of Load; empty if it succeeds
		reason  fault.Reason
		write   fault.Kind // of a commit; empty if it is not tried
		text    string
	}{
		{"nobody listens", func(t *testing.T, o etcd.Options, _ store.Store) store.Store {
			address, err := freeAddress()
			if err != nil {
				t.Fatal(err)
			}
			o.Endpoints = []string{address}
			return openIn(t, o)()
		}, fault.Storage, fault.Unreachable, "", ""},
		{"the first of two is gone", func(t *testing.T, o etcd.Options, _ store.Store) store.Store {
			address, err := freeAddress()
			if err != nil {
				t.Fatal(err)
			}
			o.Endpoints = append([]string{address}, o.Endpoints...)
			return openIn(t, o)()
		}, "", "", "", ""},
		{"the request is too large", func(_ *testing.T, _ etcd.Options, s store.Store) store.Store { return s },
			"", "", fault.TooLarge, strings.Repeat("x", 100_000)},
		{"the head was removed", func(t *testing.T, o etcd.Options, s store.Store) store.Store {
			mustCommit(t, s, "one")
			if _, err := official.Delete(t.Context(), keyOf(o, "head")); err != nil {
				t.Fatal(err)
			}
			return s
		}, fault.Storage, fault.Gone, "", ""},
		{"the head is not realmconf's", func(t *testing.T, o etcd.Options, s store.Store) store.Store {
			if _, err := official.Put(t.Context(), keyOf(o, "head"), "hello"); err != nil {
				t.Fatal(err)
			}
			return s
		}, fault.Storage, fault.IO, "", ""},
		{"another cluster answers", func(t *testing.T, o etcd.Options, _ store.Store) store.Store {
			p := newProxy(t, small.nodes[0].client)
			o.Endpoints = []string{p.address()}
			s := openIn(t, o)()
			mustCommit(t, s, "one")
			p.mu.Lock()
			p.target = startCluster(t, 1).nodes[0].client
			p.mu.Unlock()
			p.cut()
			return s
		}, fault.Storage, fault.Gone, "", ""},
		{"the user has a password and etcd has no users", func(t *testing.T, o etcd.Options, _ store.Store) store.Store {
			o.User, o.Password = "root", "hunter2"
			return openIn(t, o)()
		}, fault.Storage, fault.Denied, "", ""},
		{"the database is full", func(t *testing.T, o etcd.Options, s store.Store) store.Store { // the last one: the alarm stays
			filler := string(bytes.Repeat([]byte("x"), 60_000))
			for i := 0; ; i++ { // the size is checked against what was written to the file
				if _, err := official.Put(t.Context(), fmt.Sprintf("/filler/%d", i), filler); err != nil {
					return s
				}
			}
		}, "", fault.Full, fault.Storage, "text"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := newOptions(small.endpoints())
			s := tt.prepare(t, o, openIn(t, o)())
			state, err := s.Load(t.Context())
			checkFault(t, "Load", err, tt.read, tt.reason)
			if tt.write != "" {
				err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, tt.text))
				checkFault(t, "CompareAndSwap", err, tt.write, tt.reason)
			}
		})
	}
}

// checkFault checks the kind and reason of an error. Its text must name no disk.
func checkFault(t *testing.T, call string, err error, kind fault.Kind, reason fault.Reason) {
	t.Helper()
	if kind == "" || err == nil {
		if kind != "" || err != nil {
			t.Errorf("%s: got %v, want a fault of kind %q", call, err, kind)
		}
		return
	}
	if !fault.Is(err, kind) || kind == fault.Storage && fault.Of(err).Data["reason"] != reason {
		t.Errorf("%s: got %v with %v, want %s with reason %s", call, err, fault.Of(err).Data, kind, reason)
	}
	if text := fault.Of(err).Message; strings.Contains(text, "disk") || strings.Contains(text, "hunter2") {
		t.Errorf("%s: got %q, which names a disk or a password", call, text)
	}
}

// Without a quorum, reads fail and commits have an unknown outcome, both after seconds.
func TestStore_noQuorum(t *testing.T) {
	t.Parallel()
	c := startCluster(t, 3)
	s := openIn(t, newOptions(c.endpoints()))()
	mustCommit(t, s, "one")
	state := mustLoad(t, s)
	c.nodes[1].kill()
	c.nodes[2].kill()
	begin := time.Now()
	err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "two"))
	checkFault(t, "CompareAndSwap", err, fault.OutcomeUnknown, "")
	_, err = s.Load(t.Context())
	checkFault(t, "Load", err, fault.Storage, fault.Unreachable)
	if took := time.Since(begin); took > 40*time.Second {
		t.Errorf("took %v, want less than 40 s", took)
	}
	for _, n := range c.nodes[1:] {
		if err := n.start(t.Output()); err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(30 * time.Second); ; {
		if _, err = s.Load(t.Context()); err == nil || time.Now().After(deadline) {
			break
		}
	}
	if err != nil {
		t.Errorf("Load with all servers again: %v", err)
	}
}

func mustLoad(t *testing.T, s store.Store) store.State {
	t.Helper()
	state, err := s.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func mustCommit(t *testing.T, s store.Store, text string) {
	t.Helper()
	state := mustLoad(t, s)
	if err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, text)); err != nil {
		t.Fatal(err)
	}
}
