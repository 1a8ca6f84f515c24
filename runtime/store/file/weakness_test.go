//go:build linux || darwin

package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree/treetest"
)

// These tests are about weaknesses of Meerkat's own programs that realmconf must not
// have, and from which it must not suffer. Others are beside the code that they
// test.

// Several programs see the same dead lock. One that acts on the file that it saw must
// not take away the lock that another has made meanwhile.
//
// Peers do that to each other and to the stores: then updates may be lost, which no store
// can prevent, and only the history has every text that a store acknowledged. Such rounds
// are recognised and do not count. In all others every update is there, and every peer
// still has its lock when it ends.
func TestLock_onlyOneTakesOverAStaleLock(t *testing.T) {
	t.Parallel() // it waits
	const stores, peers = 4, 4
	for rounds := 10 / treetest.Stride(4); rounds > 0; {
		r := newFastRealm(t)
		commit(t, r.open(), "0")
		r.leave("config-runtime-lock", time.Minute)
		var acknowledged [stores]store.Version
		var errs [stores + peers]error
		var wg sync.WaitGroup
		for i := range stores {
			s := r.open()
			wg.Go(func() { acknowledged[i], errs[i] = increment(t.Context(), s) })
		}
		for i := range peers {
			wg.Go(func() { errs[stores+i] = (peer{r}).increment() })
		}
		wg.Wait()
		for i, v := range acknowledged {
			if errs[i] != nil {
				continue
			}
			records, err := parseRecords(v.Generation, []byte(r.get(filepath.Join(historyName, recordFile(v.Generation)))))
			if err != nil || records[0].Version != v {
				t.Errorf("version %v was acknowledged, and the history has %v, %v", v, records, err)
			}
		}
		own, others := r.locksRemoved()
		if others > 0 {
			continue
		}
		rounds--
		if err := errors.Join(errs[:]...); err != nil {
			t.Error(err)
		}
		if got := r.get("config.toml"); got != fmt.Sprint(stores+peers) {
			t.Errorf("the number is %s, want %d: an update was lost", got, stores+peers)
		}
		if own != peers {
			t.Errorf("%d of %d peers still had their lock when they ended", own, peers)
		}
	}
}

// increment is storetest.Increment, and returns the version that it committed.
func increment(ctx context.Context, s store.Store) (store.Version, error) {
	for {
		state, err := s.Load(ctx)
		if err != nil {
			return store.Version{}, err
		}
		n, err := strconv.Atoi(string(state.Text))
		if err != nil {
			return store.Version{}, err
		}
		next := storetest.Commit(state, strconv.Itoa(n+1))
		if err = s.CompareAndSwap(ctx, state.Version, next); !fault.Is(err, fault.GenerationConflict) {
			return next[0].Version, err
		}
	}
}

// A holder is stopped for 31 seconds, between any two steps of its commit. A peer
// takes its lock over and commits. When the holder goes on, it must not damage the
// peer's commit or a third program's lock, and its answer must be true.
func TestCompareAndSwap_holderStoppedFor31Seconds(t *testing.T) {
	for n := 1; stopped(t, n); n += treetest.Cases(1, 4) * treetest.Stride(3) {
	}
}

func stopped(t *testing.T, n int) bool {
	r := newFastRealm(t)
	commit(t, r.open(), "old")
	count, where := 0, ""
	s := open(r.options(), faulty{say: serial(func(op, name string) (bool, error) {
		if !r.exists(LockName) || where != "" {
			return true, nil
		}
		if count++; count == n {
			where = fmt.Sprintf("stopped at step %d before %s %s", n, op, name)
			at := time.Now().Add(-31 * time.Second)
			if err := os.Chtimes(r.path(LockName), at, at); err != nil {
				t.Fatal(err)
			}
			if err := (peer{r}).set("by the peer"); err != nil {
				t.Fatal(err)
			}
			r.put(LockName, "a third one's")
		}
		return true, nil
	})}, newTestClock(), "boot")
	state := load(t, s)
	err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "new"))
	if where == "" {
		return false
	}
	if r.exists(LockName) && r.get(LockName) != "a third one's" || !r.exists(LockName) {
		t.Errorf("%s: the third program's lock is gone", where)
	}
	os.Remove(r.path(LockName))
	c := newTestClock()
	next := open(r.options(), disk.OS{}, c, "boot")
	load(t, next)
	c.pass(longRestTime)
	got := load(t, next)
	switch {
	case err == nil && string(got.Text) != "by the peer": // it overwrote a whole commit
		t.Errorf("%s: acknowledged, and the text is %q", where, got.Text)
	case fault.Is(err, fault.OutcomeUnknown), err == nil:
	case string(got.Text) != "by the peer" || got.Pending:
		t.Errorf("%s: refused with %v, and the text is %q (pending %v)", where, err, got.Text, got.Pending)
	}
	if !r.somewhere("by the peer") {
		t.Errorf("%s: the peer's commit is nowhere (the answer: %v)", where, err)
	}
	commit(t, next, "next")
	r.audit(new(ledger))
	r.tidy()
	return true
}

// A lock file that cannot be removed ends in an error, not in a loop.
func TestLock_cannotBeTakenOver(t *testing.T) {
	for name, tt := range map[string]struct {
		prepare func(r realm)
		fail    func(op, name string) (bool, error)
		want    fault.Kind
	}{
		"a directory in its place": {
			prepare: func(r realm) {
				if err := os.Mkdir(r.path(LockName), 0o700); err != nil {
					r.t.Fatal(err)
				}
			},
			want: fault.Storage,
		},
		"may not be removed": {
			prepare: func(r realm) { r.leave("config-runtime-lock", time.Minute) },
			fail: func(op, name string) (bool, error) {
				if name == LockName && (op == "exchange" || op == "rename" || op == "remove") {
					return false, syscall.EPERM
				}
				return true, nil
			},
			want: fault.Storage,
		},
		"there again each time": {
			prepare: func(r realm) { r.leave("config-runtime-lock", time.Minute) },
			fail: func(op, name string) (bool, error) {
				if name == LockName && op == "exchange" {
					return false, syscall.ENOENT
				}
				return true, nil
			},
			want: fault.LockTimeout,
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRealm(t)
			commit(t, r.open(), "one")
			tt.prepare(r)
			steps := 0
			o := r.options()
			o.LockTimeout = time.Second
			s := open(o, faulty{say: serial(func(op, name string) (bool, error) {
				steps++
				if tt.fail != nil {
					return tt.fail(op, name)
				}
				return true, nil
			})}, newTestClock(), "boot")
			state := load(t, s)
			err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "two"))
			if !fault.Is(err, tt.want) {
				t.Errorf("got error %v, want %s", err, tt.want)
			}
			if steps > 1000 {
				t.Errorf("it took %d steps, want an end", steps)
			}
		})
	}
}

// On a full disk no try leaves a lock behind.
func TestLock_fullDisk(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	full := true
	s := open(r.options(), faulty{say: serial(func(op, name string) (bool, error) {
		if full && op == "write" {
			return false, syscall.ENOSPC
		}
		return true, nil
	})}, newTestClock(), "boot")
	state := load(t, s)
	for range 3 {
		err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "two"))
		wantReason(t, err, fault.Full)
		r.tidy()
	}
	wantState(t, r.open(), "one", 1)
	full = false
	commit(t, s, "two")
}

// A commit that has begun runs to its end, even if its caller is cancelled.
func TestCompareAndSwap_cancelled(t *testing.T) {
	for n := 1; ; n += treetest.Cases(1, 7) {
		r := newFastRealm(t)
		commit(t, r.open(), "one")
		ctx, cancel := context.WithCancel(t.Context())
		count, hit := 0, false
		s := open(r.options(), faulty{say: serial(func(op, name string) (bool, error) {
			if count++; count == n {
				hit = true
				cancel()
			}
			return true, nil
		})}, newTestClock(), "boot")
		state, err := s.Load(ctx)
		if err == nil {
			err = s.CompareAndSwap(ctx, state.Version, storetest.Commit(state, "two"))
		}
		cancel()
		if !hit {
			break
		}
		want := "two"
		if err != nil {
			want = "one"
			if !errors.Is(err, context.Canceled) {
				t.Errorf("step %d: got error %v, want context.Canceled", n, err)
			}
		}
		if a := r.audit(new(ledger)); a.text != want || !a.clean {
			t.Errorf("step %d: got error %v and the text %q (clean %v), want %q", n, err, a.text, a.clean, want)
		}
		r.tidy()
	}
}

// The time of this machine has no influence on the age of a lock.
func TestLock_wrongClock(t *testing.T) {
	for _, wrong := range []time.Duration{time.Hour, -time.Hour} {
		r := newRealm(t)
		commit(t, r.open(), "one")
		r.leave("config-runtime-lock", 0)
		c := newTestClock()
		c.pass(wrong)
		o := r.options()
		o.LockTimeout = time.Second
		s := open(o, disk.OS{}, c, "boot")
		state := load(t, s)
		if err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "two")); !fault.Is(err, fault.LockTimeout) {
			t.Errorf("clock wrong by %v: got error %v for a fresh lock, want lock_timeout", wrong, err)
		}
		r.leave("config-runtime-lock", 31*time.Second)
		commit(t, s, "two")
	}
}

// No commit is acknowledged before it is durable, in an order that leaves one whole
// generation at any loss of power.
func TestCompareAndSwap_orderOfFlushes(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	var rec recorder
	s := open(r.options(), faulty{say: rec.say}, newTestClock(), "boot")
	state := load(t, s)
	rec.take()
	if err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "two")); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, step := range rec.take() {
		op, name, _ := strings.Cut(step, " ")
		if op == "sync" || op == "syncdir" || op == "exchange" {
			if strings.HasPrefix(name, ".realmconf") {
				name = filepath.Ext(name)
			}
			got = append(got, op+" "+name)
		}
	}
	if len(got) > 3 {
		slices.Sort(got[:3]) // at the same time
	}
	want := []string{
		"sync .config", "sync .state", "sync 2.json", "syncdir config_history",
		"exchange config.toml", "exchange config_state.json", "syncdir team",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A crash leaves temporary files; they may hold secrets.
func TestSweep_temporaryFiles(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	dead := errors.New("dead")
	var names []string
	died := false
	s := open(r.options(), faulty{say: serial(func(op, name string) (bool, error) {
		if op == "create" && strings.HasPrefix(name, ".realmconf") {
			names = append(names, name)
		}
		if died = died || op == "exchange"; died {
			return false, dead
		}
		return true, nil
	})}, newTestClock(), "boot")
	state := load(t, s)
	if err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "two")); err == nil {
		t.Fatal("a commit without an exchange succeeded")
	}
	left := 0
	for _, name := range names {
		if info, err := os.Stat(r.path(name)); err == nil {
			left++
			if info.Mode() != 0o600 {
				t.Errorf("%s has mode %v, want 0600", name, info.Mode())
			}
		}
	}
	if left < 2 {
		t.Errorf("%d temporary files were left over, want at least 2", left)
	}
	commit(t, open(r.options(), disk.OS{}, newTestClock(), "boot"), "three")
	r.tidy()
	if a := r.audit(new(ledger)); len(a.kept) > 0 {
		t.Errorf("kept %q, want the commit's own text removed", a.kept)
	}
}

// Meerkat's programs do not agree on the place of the lock of the realm global. Both
// places are locked, in the same order by all.
func TestLock_bothLockFilesOfTheRealmGlobal(t *testing.T) {
	r := newRealm(t)
	second := filepath.Join(t.TempDir(), "realms", "global", LockName)
	o := r.options()
	o.PeerLocks = []string{second}
	o.LockTimeout = time.Second
	var held []string
	s := open(o, faulty{say: serial(func(op, name string) (bool, error) {
		if op == "exchange" && name == "config.toml" {
			for _, path := range []string{second, r.path(LockName)} {
				if b, err := os.ReadFile(path); err == nil && bytes.Contains(b, []byte(`"pid"`)) {
					held = append(held, path)
				}
			}
		}
		return true, nil
	})}, newTestClock(), "boot")
	commit(t, s, "one") // creates the directory of the second one
	commit(t, s, "two")
	if want := []string{second, r.path(LockName)}; !slices.Equal(held, want) {
		t.Errorf("held %q at the commit point, want %q", held, want)
	}
	if _, err := os.Stat(second); err == nil {
		t.Error("the second lock is still there")
	}
	if err := os.WriteFile(second, []byte("config-runtime-lock"), 0o644); err != nil {
		t.Fatal(err)
	}
	state := load(t, s)
	if err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "three")); !fault.Is(err, fault.LockTimeout) {
		t.Errorf("got error %v while a server has the second lock, want lock_timeout", err)
	}
	r.tidy()
	paths := open(o, disk.OS{}, newTestClock(), "boot").mutex.Files
	if !slices.IsSorted(paths) || len(paths) != 2 {
		t.Errorf("locks are taken in the order %q, want both, sorted", paths)
	}
}

// A read records an edit where no server of Meerkat has ever been, and creates no
// directory for the second lock.
func TestLoad_createsNoDirectoryForTheSecondLock(t *testing.T) {
	r := newRealm(t)
	r.put("config.toml", "by hand")
	o := r.options()
	second := filepath.Join(t.TempDir(), "realms", LockName)
	o.PeerLocks = []string{second}
	s := open(o, disk.OS{}, newTestClock(), "boot")
	wantState(t, s, "by hand", 1)
	wantRecord(t, s, 1, store.External, 0, "by hand")
	if _, err := os.Stat(filepath.Dir(second)); err == nil {
		t.Error("a read created the directory of the second lock")
	}
}
