//go:build unix

package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"realmconf/runtime/internal/disk"
	"realmconf/runtime/internal/filelock"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree/treetest"
)

// twoRealms are a realm with a secret and one of another user, who may change the
// directory above: root is a link to the directory of one of them.
type twoRealms struct {
	root              string
	secret, attackers realm
}

func newTwoRealms(t *testing.T) twoRealms {
	t.Helper()
	base := newFastRealm(t).dir
	r := twoRealms{filepath.Join(base, "root"), realm{t, filepath.Join(base, "secret", "team")}, realm{t, filepath.Join(base, "attackers", "team")}}
	commit(t, r.secret.open(), "a = 'secret'\n")
	commit(t, r.attackers.open(), "a = 'planted'\n")
	if err := os.Symlink("secret", r.root); err != nil {
		t.Fatal(err)
	}
	return r
}

// lead changes the directory of the root.
func (r twoRealms) lead() error {
	return errors.Join(os.Remove(r.root), os.Symlink("attackers", r.root))
}

// open returns a store of the realm below the root. It calls before each access of the
// file system.
func (r twoRealms) open(before func(op string)) *Store {
	o := realm{r.secret.t, filepath.Join(r.root, "team")}.options()
	o.Rules = disk.Rules{Roots: []string{r.root}, Realm: o.Dir}
	return open(o, faulty{OS: disk.Within(o.Rules), say: serial(func(op, _ string) (bool, error) {
		before(op)
		return true, nil
	})}, filelock.WallClock{}, "boot")
}

// leaked returns a file of the other user that has the secret, or nothing.
func (r twoRealms) leaked() (found string) {
	_ = filepath.WalkDir(r.attackers.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			if text, err := os.ReadFile(path); err == nil && strings.Contains(string(text), "secret") {
				found = path
			}
		}
		return nil
	})
	return found
}

// The directory above a realm is led elsewhere between two steps of a write, or of a read
// that makes a lost state again. The other steps of the operation do not go there: the
// text of one realm gets at no moment into a file of the other.
func TestStore_rootLedElsewhere(t *testing.T) {
	t.Parallel() // it waits
	for name, act := range map[string]func(s *Store) error{
		"a write": func(s *Store) error {
			state, err := s.Load(t.Context())
			if err != nil {
				return err
			}
			return s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, string(state.Text)+"b = 2\n"))
		},
		"a read of a lost state": func(s *Store) error {
			_, err := s.Load(t.Context())
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			for at := 1; ; at += treetest.Stride(5) {
				r := newTwoRealms(t)
				if strings.Contains(name, "lost") {
					if err := errors.Join(os.Remove(r.secret.path(stateName)), os.Remove(r.attackers.path(stateName))); err != nil {
						t.Fatal(err)
					}
				}
				steps, leaked := 0, ""
				err := act(r.open(func(op string) {
					if steps++; steps == at {
						if err := r.lead(); err != nil {
							t.Error(err)
						}
					}
					if steps > at && leaked == "" && changing(op) {
						leaked = r.leaked()
					}
				}))
				if leaked += r.leaked(); leaked != "" {
					t.Fatalf("led elsewhere at step %d: %s has the text of the other realm (the operation ended with %v)", at, leaked, err)
				}
				if steps < at {
					if err != nil || at < 20 {
						t.Errorf("in a directory that stays: %d steps, %v", steps, err)
					}
					return
				}
			}
		})
	}
}
