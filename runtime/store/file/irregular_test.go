//go:build linux || darwin

package file

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/store/storetest"
)

// A pipe in the place of any other file of the realm blocks no operation: the write
// is refused, or done.
func TestStore_pipeInTheRealm(t *testing.T) {
	for _, name := range []string{LockName, guardName, historyName, historyName + "/1.json", historyName + "/.displaced", ".realmconf-team-01a205cf-7b0d-7d07-bd9c-a1e9a242d2b0.config"} {
		t.Run(name, func(t *testing.T) {
			r := newRealm(t)
			commit(t, r.open(), "first")
			place := filepath.Join(r.dir, name)
			if err := os.RemoveAll(place); err != nil {
				t.Fatal(err)
			}
			if err := syscall.Mkfifo(place, 0o600); err != nil {
				t.Fatal(err)
			}
			options := r.options()
			options.LockTimeout = 50 * time.Millisecond
			s := Open(options)
			state, err := s.Load(t.Context())
			if err == nil {
				err = s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "second"))
			}
			for _, kind := range []fault.Kind{fault.Storage, fault.LockTimeout} {
				if fault.Is(err, kind) {
					err = nil
				}
			}
			if err != nil {
				t.Errorf("got %v, want success, storage or lock_timeout", err)
			}
		})
	}
}

// A realm that was read before and is gone is not created again by a read, even
// though its directory exists.
func TestLoad_emptiedRealm(t *testing.T) {
	r := newRealm(t)
	s := r.open()
	commit(t, s, "first")
	if err := os.RemoveAll(r.dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(r.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := s.Load(t.Context())
	if f := fault.Of(err); f == nil || f.Kind != fault.Storage || f.Data["reason"] != fault.Gone {
		t.Errorf("got %v, want a storage fault, gone", err)
	}
	if left, err := os.ReadDir(r.dir); err != nil || len(left) > 0 {
		t.Errorf("the read left %v, %v", left, err)
	}
}

// With a link from one file of the realm to the other, each write of one would
// change the other.
func TestLoad_configIsTheState(t *testing.T) {
	r := newRealmOnDisk(t)
	commit(t, r.open(), "first")
	if err := os.Remove(filepath.Join(r.dir, configName)); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(stateName, filepath.Join(r.dir, configName)); err != nil {
		t.Fatal(err)
	}
	if _, err := r.open().Load(t.Context()); !fault.Is(err, fault.Storage) || !strings.Contains(err.Error(), "are one file") {
		t.Errorf("got %v, want a refusal", err)
	}
}

// Anything but a regular file in the config's place is refused at once: a pipe
// would block, and a device never ends. In the state's place it is damage.
func TestLoad_irregularFiles(t *testing.T) {
	for name, put := range map[string]func(place string) error{
		"a pipe":             func(place string) error { return syscall.Mkfifo(place, 0o600) },
		"a link to a device": func(place string) error { return os.Symlink("/dev/zero", place) },
		"a directory":        func(place string) error { return os.Mkdir(place, 0o700) },
		"a huge file": func(place string) error {
			if err := os.WriteFile(place, nil, 0o600); err != nil {
				return err
			}
			return os.Truncate(place, maxText+1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRealm(t)
			commit(t, r.open(), "first")
			place := filepath.Join(r.dir, configName)
			if err := os.Remove(place); err != nil {
				t.Fatal(err)
			}
			if err := put(place); err != nil {
				t.Fatal(err)
			}
			_, err := r.open().Load(t.Context())
			if name == "a huge file" {
				if !fault.Is(err, fault.TooLarge) || r.exists(historyName+"/2.json") {
					t.Errorf("got %v, want too_large and no record", err)
				}
				return
			}
			want := configName + ": a directory, a pipe or a device"
			if name == "a link to a device" {
				want = configName + ": it is a link to a directory, a pipe, a device"
			}
			if !fault.Is(err, fault.Storage) || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want a storage fault that says what is there", err)
			}
		})
	}
}
