package file

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree/treetest"
)

// peer counts up like a program of Meerkat: it takes the lock file alone, by
// polling, and does not know the guard, the history and the digest.
type peer struct{ realm }

func (p peer) increment() error {
	return p.change(func(text string) (string, error) {
		n, err := strconv.Atoi(text)
		return strconv.Itoa(n + 1), err
	})
}

// set replaces any text.
func (p peer) set(text string) error {
	return p.change(func(string) (string, error) { return text, nil })
}

// change is the peer's commit: lock, config, state without a digest, and unlock by
// name, even if the lock is another program's by then.
func (p peer) change(f func(text string) (string, error)) error {
	id := newID()
	if err := p.lock(id); err != nil {
		return err
	}
	defer p.removeLock(id)
	text, err := os.ReadFile(p.path("config.toml"))
	if err != nil {
		return err
	}
	raw, err := os.ReadFile(p.path(stateName))
	if err != nil {
		return err
	}
	var st struct {
		Generation uint64 `json:"generation"`
	}
	if err := json.Unmarshal(raw, &st); err != nil {
		return err
	}
	next, err := f(string(text))
	if err != nil {
		return err
	}
	if err := p.swap("config.toml", next); err != nil {
		return err
	}
	return p.swap(stateName, fmt.Sprintf("{\n  \"generation\": %d\n}", st.Generation+1))
}

func (p peer) lock(id string) error {
	if err := os.MkdirAll(p.removedLocks(), 0o700); err != nil {
		return err
	}
	for deadline := time.Now().Add(5 * time.Second); ; {
		f, err := os.OpenFile(p.path(LockName), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err == nil {
			_, err = f.WriteString("config-runtime-lock " + id)
			return errors.Join(err, f.Sync(), f.Close())
		}
		if !errors.Is(err, fs.ErrExist) {
			return err
		}
		if info, err := os.Stat(p.path(LockName)); err == nil && time.Since(info.ModTime()) > 30*time.Second {
			p.removeLock(id)
			continue
		}
		if time.Now().After(deadline) {
			return errors.New("timed out acquiring config lock")
		}
		<-time.After(20 * time.Millisecond)
	}
}

// removeLock removes the lock by its name, although it may be another program's by now.
// The file is kept outside the realm's directory, for locksRemoved.
func (p peer) removeLock(id string) {
	os.Rename(p.path(LockName), filepath.Join(p.removedLocks(), id+" "+newID()))
}

func (r realm) removedLocks() string { return r.dir + "-removed-locks" }

// locksRemoved counts the locks that peers removed by name: their own ones, and those
// of other programs that lived.
func (r realm) locksRemoved() (own, others int) {
	r.t.Helper()
	entries, err := os.ReadDir(r.removedLocks())
	if err != nil {
		r.t.Fatal(err)
	}
	for _, e := range entries {
		remover, _, _ := strings.Cut(e.Name(), " ")
		switch r.get(filepath.Join("..", filepath.Base(r.removedLocks()), e.Name())) {
		case "config-runtime-lock " + remover:
			own++
		case "config-runtime-lock": // that of realm.leave
		default: // it is empty if its owner had no time to write
			others++
		}
	}
	return own, others
}

func (p peer) swap(name, text string) error {
	tmp := p.path(".config.tmp." + newID())
	if err := os.WriteFile(tmp, []byte(text), 0o644); err != nil {
		return err
	}
	return os.Rename(tmp, p.path(name))
}

// A writer that hardly pauses and two peers that poll count up together: no update
// is lost, and no program starves.
func TestStore_peersLoseNoUpdate(t *testing.T) {
	t.Parallel() // it waits
	const peers, each = 2, 8
	own := treetest.Cases(150, 50)
	r := newRealm(t)
	s := r.open()
	commit(t, s, "0")
	var wg sync.WaitGroup
	for range peers {
		wg.Go(func() {
			for range each {
				if err := (peer{r}).increment(); err != nil {
					t.Errorf("peer: %v", err)
					return
				}
			}
		})
	}
	wg.Go(func() {
		for range own {
			if err := storetest.Increment(t.Context(), s); err != nil {
				t.Error(err)
				return
			}
		}
	})
	wg.Wait()
	want := own + peers*each
	wantState(t, r.open(), strconv.Itoa(want), uint64(want+1))
	r.tidy()
}
