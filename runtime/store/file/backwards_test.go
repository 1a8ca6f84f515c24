//go:build linux || darwin

package file

import (
	"fmt"
	"os"
	"strconv"
	"testing"

	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
	"realmconf/runtime/store/storetest"
)

// The state is restored from an old copy, and peers go on from there without a
// pause: one commits whenever this process is about to take the lock, so no text
// ever rests. A read gives the text a number all the same, and the write after it
// gets through.
func TestStore_stateWentBackwards(t *testing.T) {
	r := newFastRealm(t)
	peers, committed := false, 0
	s := open(r.options(), faulty{say: serial(func(op, name string) (bool, error) {
		if peers && op == "lock" {
			committed++
			return true, (peer{r}).increment()
		}
		return true, nil
	})}, newTestClock(), "boot")
	for n := range 20 {
		commit(t, s, strconv.Itoa(n))
	}
	r.replace(stateName, "{\n  \"generation\": 3\n}")
	if err := (peer{r}).increment(); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		peers = true
		state := load(t, s)
		peers = false
		if want := strconv.Itoa(20 + i + committed); string(state.Text) != want || state.Pending || state.Version.Generation <= 20 {
			t.Errorf("Load = %q at %d (pending %v), want %s above 20", state.Text, state.Version.Generation, state.Pending, want)
		}
		if err := storetest.Increment(t.Context(), s); err != nil {
			t.Error(err)
		}
		r.replace(stateName, "{\n  \"generation\": 3\n}") // and again
	}
	r.tidy()
}

// While the state is below a generation that was seen, and the lock is never free,
// a read answers with that generation and its text, as pending.
func TestLoad_stateWentBackwards(t *testing.T) {
	for name, byPeer := range map[string]bool{"a recorded generation": false, "a peer's, which has no record": true} {
		t.Run(name, func(t *testing.T) {
			r := newFastRealm(t)
			s := open(r.options(), faulty{say: serial(func(op, name string) (bool, error) {
				if op == "rename-new" && name == LockName {
					return false, os.ErrExist // another program has it, whenever one looks
				}
				return true, nil
			})}, newTestClock(), "boot")
			for n := 1; n <= 4; n++ {
				commit(t, r.open(), fmt.Sprint(n))
			}
			if byPeer {
				r.peerCommit("5", "5")
			}
			want := load(t, s)
			r.replace("config.toml", "another text")
			for _, st := range []string{"{\n  \"generation\": 3\n}", string(state{3, store.DigestOf([]byte("3"))}.encode())} {
				r.replace(stateName, st)
				r.put(LockName, "config-runtime-lock")
				got := load(t, s)
				if got.Version != want.Version || string(got.Text) != string(want.Text) || !got.Pending {
					t.Errorf("got %q at %d (pending %v), want %q at %d, pending", got.Text, got.Version.Generation, got.Pending, want.Text, want.Version.Generation)
				}
			}
		})
	}
}

// The realm's directory is moved away and comes back, with the very files that the
// first read keeps in memory. Meanwhile another directory was there, and its text got
// a higher number: the old text gets a number above that, and is reported as pending
// until then.
func TestLoad_directoryComesBack(t *testing.T) {
	r := newFastRealm(t)
	commit(t, r.open(), "one", "two")
	s := open(r.options(), disk.OS{}, aged(), "boot")
	wantState(t, s, "two", 2)
	away := r.dir + "-away"
	for n := range uint64(3) {
		if err := os.Rename(r.dir, away); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Load(t.Context()); err == nil {
			t.Error("a directory that is away is read")
		}
		r.put("config.toml", "new")
		wantState(t, s, "new", 2+(n+1)*leap+n)
		if err := os.RemoveAll(r.dir); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(away, r.dir); err != nil {
			t.Fatal(err)
		}
		if seen, err := s.Observe(t.Context()); err != nil || string(seen.Text) != "two" || !seen.Pending {
			t.Errorf("Observe = %q (pending %v), %v, want the text, pending", seen.Text, seen.Pending, err)
		}
		wantState(t, s, "two", 3+(n+1)*leap+n)
		wantState(t, s, "two", 3+(n+1)*leap+n) // out of memory
	}
}
