//go:build linux || darwin

package file

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
	"realmconf/runtime/store/storetest"
)

// A cloned realm has a config that is a link to a file of the reader, a record
// with that file's text, and a left-over temporary file of the record's commit
// with another text. Without the user's word no link leads out of the realm's
// directory: every access is refused, and nothing is read or written there.
func TestStore_clonedLink(t *testing.T) {
	t.Parallel() // it waits
	const known = "export PATH=/bin\n"
	for name, act := range map[string]func(s *Store) error{
		"load":   func(s *Store) error { _, err := s.Load(t.Context()); return err },
		"list":   func(s *Store) error { _, err := s.List(t.Context(), 0, 10); return err },
		"record": func(s *Store) error { _, err := s.Record(t.Context(), 1); return err },
		"swap": func(s *Store) error {
			version := store.Version{Generation: 1, Digest: store.DigestOf([]byte(known))}
			return s.CompareAndSwap(t.Context(), version, storetest.Commit(store.State{Version: version, Next: 2}, "evil"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRealmOnDisk(t)
			s := r.open()
			commit(t, s, known)
			record, err := s.Record(t.Context(), 1)
			if err != nil {
				t.Fatal(err)
			}
			profile := filepath.Join(t.TempDir(), ".profile")
			leftover := ".realmconf-team-" + record.CommitID + ".config"
			if err := errors.Join(
				os.Remove(r.path(configName)), os.Remove(r.path(stateName)),
				os.WriteFile(profile, []byte(known), 0o600), os.Symlink(profile, r.path(configName)),
			); err != nil {
				t.Fatal(err)
			}
			r.put(leftover, "rm -rf ~\n")
			options := r.options()
			options.Rules = disk.Rules{}
			err = act(Open(options))
			if f := fault.Of(err); f == nil || f.Kind != fault.Storage || f.Data["reason"] != fault.Link {
				t.Errorf("got %v, want storage, link", err)
			} else if !strings.Contains(err.Error(), "--follow-links") || strings.Contains(err.Error(), profile) {
				t.Errorf("the text is %q, want one that says what to do and no path", err)
			}
			if got, err := os.ReadFile(profile); err != nil || string(got) != known {
				t.Errorf("the file holds %q, %v", got, err)
			}
			entries, err := os.ReadDir(filepath.Dir(profile))
			if err != nil || len(entries) != 1 {
				t.Errorf("got %v, %v beside the file", entries, err)
			}
		})
	}
}

// A file that a link leads to is not copied into the realm by a read.
func TestLoad_clonedLinkIsNotRecorded(t *testing.T) {
	for name, target := range map[string]string{"a private key": "", "the environment": "/proc/self/environ", "a device": "/dev/zero", "its directory": "."} {
		for links := disk.LinksInside; links <= disk.LinksAnywhere; links++ {
			r, target := r0(t), target
			if target == "" {
				if links != disk.LinksInside {
					continue // the file may be meant
				}
				target = filepath.Join(t.TempDir(), "key.toml")
				if err := os.WriteFile(target, []byte("secret"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Symlink(target, r.path(configName)); err != nil {
				t.Fatal(err)
			}
			options := r.options()
			options.Rules.Links = links
			state, err := Open(options).Load(t.Context())
			if f := fault.Of(err); f == nil || f.Data["reason"] != fault.Link {
				t.Errorf("%s, rule %d: got %q, %v; want storage, link", name, links, state.Text, err)
			}
			if entries, err := os.ReadDir(r.dir); err != nil || len(entries) != 1 {
				t.Errorf("%s, rule %d: the read left %v, %v", name, links, entries, err)
			}
		}
	}
}

// A write that finds other bytes than a configuration behind a link refuses before
// it copies them into the history, also when the state says that they are the
// current text; and it does not replace them.
func TestCompareAndSwap_linkToForeignText(t *testing.T) {
	const private = "-----BEGIN PRIVATE KEY-----\n"
	for name, known := range map[string]bool{"another program's change": false, "the state's own text": true} {
		t.Run(name, func(t *testing.T) {
			r := newRealmOnDisk(t)
			options := r.options()
			options.IsText = func(text []byte) bool { return string(text) != private }
			s := Open(options)
			commit(t, s, "a = 1\n")
			generation := uint64(1)
			if known {
				generation = 2
				r.put(stateName, string(state{2, store.DigestOf([]byte(private))}.encode()))
			}
			target := filepath.Join(t.TempDir(), "key.toml")
			old := time.Now().Add(-time.Hour)
			if err := errors.Join(
				os.WriteFile(target, []byte(private), 0o600), os.Chtimes(target, old, old),
				os.Remove(r.path(configName)), os.Symlink(target, r.path(configName)),
			); err != nil {
				t.Fatal(err)
			}
			for _, from := range []store.Version{{Generation: generation, Digest: store.DigestOf([]byte(private))}, {Generation: generation, Digest: store.DigestOf([]byte("a = 1\n"))}} {
				err := s.CompareAndSwap(t.Context(), from, storetest.Commit(store.State{Version: from, Next: generation + 1}, "a = 2\n"))
				if !known && !errors.Is(err, errForeignText) || err == nil {
					t.Errorf("got %v, want errForeignText", err)
				} else if f := fault.Of(err); errors.Is(err, errForeignText) && (f.Kind != fault.Storage || f.Data["reason"] != fault.Link) {
					t.Errorf("got %v, want storage, link", err)
				}
			}
			for _, e := range r.list(historyName) {
				if strings.Contains(r.get(historyName+"/"+e), "PRIVATE") {
					t.Errorf("%s has the text of the file behind the link", e)
				}
			}
			if got, err := os.ReadFile(target); err != nil || string(got) != private {
				t.Errorf("the file behind the link holds %q, %v; want it unchanged", got, err)
			}
		})
	}
}

// The way of a link is looked at again before the file behind it is replaced.
func TestCompareAndSwap_linkIsNotTheUsersAnyMore(t *testing.T) {
	t.Parallel() // it waits
	r := newRealmOnDisk(t)
	target := filepath.Join(t.TempDir(), "dotfiles.toml")
	if err := errors.Join(os.Mkdir(r.dir, 0o700), os.WriteFile(target, []byte("one"), 0o600), os.Symlink(target, r.path(configName))); err != nil {
		t.Fatal(err)
	}
	s := r.open()
	state := load(t, s)
	rules := s.options.Rules
	s.fs = faulty{OS: disk.Within(rules), say: func(op, name string) (bool, error) {
		if op == "exchange" {
			return true, os.Chmod(filepath.Dir(target), 0o777)
		}
		return true, nil
	}}
	s.history.fs, s.mutex.FS = s.fs, s.fs
	err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "two"))
	if f := fault.Of(err); f == nil || f.Kind != fault.Storage || f.Data["reason"] != fault.Link {
		t.Errorf("got %v, want storage, link", err)
	}
	if got, err := os.ReadFile(target); err != nil || string(got) != "one" {
		t.Errorf("the file behind the link holds %q, %v; want it unchanged", got, err)
	}
}

// In the place of any other file or directory of the realm a link is not
// followed: nothing at its end is read, written or removed.
func TestStore_linkForAnotherFile(t *testing.T) {
	t.Parallel() // it waits
	for _, name := range []string{stateName, LockName, guardName, historyName, historyName + "/1.json", historyName + "/.displaced", ".realmconf-team-01a205cf-7b0d-7d07-bd9c-a1e9a242d2b0.config", ".realmconf-team-01a205cf-7b0d-7d07-bd9c-a1e9a242d2b0.state"} {
		t.Run(name, func(t *testing.T) {
			r := newRealmOnDisk(t)
			commit(t, r.open(), "first")
			elsewhere := t.TempDir()
			target := filepath.Join(elsewhere, "file")
			if name == historyName {
				target = elsewhere
			}
			if err := errors.Join(
				os.WriteFile(filepath.Join(elsewhere, "file"), []byte("first"), 0o600),
				os.WriteFile(filepath.Join(elsewhere, "1.json"), []byte("{}"), 0o600),
				os.RemoveAll(r.path(name)), os.Symlink(target, r.path(name)),
			); err != nil {
				t.Fatal(err)
			}
			options := r.options()
			options.LockTimeout = 50 * time.Millisecond
			options.History = 2
			s := Open(options)
			for _, text := range []string{"second", "third", "fourth", "fifth"} {
				if state, err := s.Load(t.Context()); err == nil {
					_ = s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, text))
				}
			}
			entries, err := os.ReadDir(elsewhere)
			if err != nil || len(entries) != 2 {
				t.Errorf("got %v, %v at the end of the link", entries, err)
			}
			for file, want := range map[string]string{"file": "first", "1.json": "{}"} {
				if got, err := os.ReadFile(filepath.Join(elsewhere, file)); err != nil || string(got) != want {
					t.Errorf("%s at the end of the link holds %q, %v", file, got, err)
				}
			}
		})
	}
}
