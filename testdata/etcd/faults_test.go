package main

import (
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
	t.Parallel()
	c := startCluster(t, 1)
	official := newOfficial(t, clientv3.Config{Endpoints: c.endpoints()})
	storetest.TestFaults(t, func(t *testing.T) storetest.Place {
		p := newProxy(t, c.nodes[0].client)
		o := newOptions([]string{p.address()})
		return storetest.Place{
			Open: openIn(t, o),
			LoseAnswer: func(applied bool) {
				if applied {
					p.disturb(breakAfter)
				} else {
					p.disturb(breakBefore)
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
	t.Parallel()
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
			p.disturb(delayCommit)
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
