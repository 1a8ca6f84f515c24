package main

import (
	"strings"
	"sync"
	"testing"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/etcd"
	"realmconf/runtime/store/storetest"
)

// answer is a call's result: a kind of fault and its reason, or success.
type answer struct {
	kind   fault.Kind // empty for success
	reason fault.Reason
}

// The answers of the table.
var (
	succeeds    = answer{}
	unreachable = answer{fault.Storage, fault.Unreachable}
	denied      = answer{fault.Storage, fault.Denied}
	full        = answer{fault.Storage, fault.Full}
	gone        = answer{fault.Storage, fault.Gone}
	unusable    = answer{fault.Storage, fault.IO}
	tooLarge    = answer{kind: fault.TooLarge}
	conflict    = answer{kind: fault.GenerationConflict}
	unknown     = answer{kind: fault.OutcomeUnknown}
)

// trace says whether the commit that a row of the table tries is in the history.
type trace int

const (
	uncertain trace = iota // both are right, or nobody can look
	made
	notMade
)

// event is something that happens to a realm, and what its callers are answered.
type event struct {
	name        string
	happen      func(t *testing.T, r *realm)
	read, write answer // of Load, and of a commit after it
	trace       trace
}

// realm is a realm with a store that something happens to.
type realm struct {
	options etcd.Options // of the store
	direct  etcd.Options // of a store that nothing happens to; without endpoints there is none
	store   store.Store  // opened by the event
	base    store.State  // what the commit is based on
	text    string       // of the commit
	watched chan struct{}
	late    []func() // called after the commit
}

// open opens the store with the options, and makes its first generation.
func (r *realm) open(t *testing.T) {
	t.Helper()
	r.store = openIn(t, r.options)()
	mustCommit(t, r.store, "one")
	r.base = mustLoad(t, r.store)
}

// watch watches the store until the test ends.
func (r *realm) watch(t *testing.T) {
	r.watched = make(chan struct{}, 100)
	s, calls := r.store, r.watched
	var watching sync.WaitGroup
	t.Cleanup(watching.Wait)
	watching.Go(func() { _ = s.Watch(t.Context(), func() { calls <- struct{}{} }) })
	<-calls
}

// TestStore_failures is the table of everything that may happen to a realm in etcd: the
// answers to a read and to a commit, whether the commit was made, and whether a watch
// goes on.
func TestStore_failures(t *testing.T) {
	t.Parallel()
	for _, e := range failures(t) {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			o := newOptions(nil)
			r := &realm{options: o, direct: o, base: store.State{Version: store.Empty(), Next: 1}, text: "tried"}
			e.happen(t, r)
			if r.store == nil {
				r.store = openIn(t, r.options)()
			}
			begin := time.Now()
			_, err := r.store.Load(t.Context())
			checkAnswer(t, "Load", err, e.read)
			next := storetest.Commit(r.base, r.text)
			checkAnswer(t, "CompareAndSwap", r.store.CompareAndSwap(t.Context(), r.base.Version, next), e.write)
			if took := time.Since(begin); took > 40*time.Second {
				t.Errorf("the answers took %v, want less than 40 s", took)
			}
			for _, f := range r.late {
				f()
			}
			if e.trace != uncertain {
				if got := isInHistory(t, openIn(t, r.direct)(), next[0].CommitID); got != (e.trace == made) {
					t.Errorf("the commit is in the history: %v, want %v", got, e.trace == made)
				}
			}
			if r.watched != nil {
				checkWatch(t, r)
			}
		})
	}
}

// checkAnswer checks the kind and reason of an error. Its text must name no disk and no
// password.
func checkAnswer(t *testing.T, call string, err error, want answer) {
	t.Helper()
	if err == nil || want.kind == "" {
		if err != nil || want.kind != "" {
			t.Errorf("%s: got %v, want %q %s", call, err, want.kind, want.reason)
		}
		return
	}
	f := fault.Of(err)
	if f.Kind != want.kind || want.kind == fault.Storage && f.Data["reason"] != want.reason {
		t.Errorf("%s: got %s %v (%v), want %s %s", call, f.Kind, f.Data["reason"], err, want.kind, want.reason)
	}
	for _, word := range []string{"disk", "hunter", "config.toml"} {
		if strings.Contains(f.Message, word) {
			t.Errorf("%s: got %q, which has %q", call, f.Message, word)
		}
	}
	isWrite := call == "CompareAndSwap"
	if want.kind == fault.Storage && strings.Contains(f.Message, "nothing was written") != isWrite {
		t.Errorf("%s: got %q, want that nothing was written: %v", call, f.Message, isWrite)
	}
}

// checkWatch commits directly, and waits until a call of the watch is followed by a read
// of that.
func checkWatch(t *testing.T, r *realm) {
	t.Helper()
	direct := openIn(t, r.direct)()
	mustCommit(t, direct, "last")
	for deadline := time.After(20 * time.Second); ; {
		select {
		case <-r.watched:
		case <-deadline:
			t.Fatal("the watch reported no change")
		}
		if state, err := r.store.Load(t.Context()); err == nil && string(state.Text) == "last" {
			return
		}
	}
}
