package file

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/runtime/store/storetest"
)

// A config without a write bit for its owner is not replaced, by whatever way it
// is reached and whoever else may write it, also by the administrator.
func TestCompareAndSwap_protectedConfig(t *testing.T) {
	t.Parallel() // it waits
	for _, mode := range []fs.FileMode{0o444, 0o400, 0o555, 0o464, 0o446} {
		for _, linked := range []bool{false, true} {
			r := newRealmOnDisk(t)
			commit(t, r.open(), "a = 1\n")
			name := r.path(configName)
			if linked {
				target := r.path("target.toml")
				if err := os.Rename(name, target); err != nil {
					t.Fatal(err)
				}
				if err := os.Symlink(filepath.Base(target), name); err != nil {
					t.Fatal(err)
				}
				name = target
			}
			if err := os.Chmod(name, mode); err != nil {
				t.Fatal(err)
			}
			s := r.open()
			state := load(t, s)
			err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "a = 2\n"))
			wantReason(t, err, fault.Denied)
			if err == nil || !strings.Contains(err.Error(), "--force") {
				t.Errorf("mode %v: got %v, want what to do", mode, err)
			}
			wantState(t, s, "a = 1\n", 1)
			r.tidy()

			o := r.options()
			o.Force = true
			commit(t, Open(o), "a = 3\n")
			wantState(t, s, "a = 3\n", 2)
			if info, err := os.Stat(name); err != nil || info.Mode() != mode {
				t.Errorf("after a forced write: mode %v, want %v", info.Mode(), mode)
			}
		}
	}
}

// The change of another program is recorded all the same: only the config is
// protected.
func TestLoad_protectedConfigOfAnEditor(t *testing.T) {
	t.Parallel() // it waits
	r := newRealm(t)
	commit(t, r.open(), "a = 1\n")
	r.put(configName, "a = 2\n")
	if err := os.Chmod(r.path(configName), 0o444); err != nil {
		t.Fatal(err)
	}
	wantState(t, r.open(), "a = 2\n", 2)
}

// CheckWritable gives the fault of a commit and changes nothing.
func TestCheckWritable(t *testing.T) {
	for what, protect := range map[string]func(r realm) error{
		"nothing": func(realm) error { return nil },
		"config":  func(r realm) error { return os.Chmod(r.path(configName), 0o444) },
		"directory": func(r realm) error {
			t.Cleanup(func() { os.Chmod(r.dir, 0o700) })
			return os.Chmod(r.dir, 0o500)
		},
		"history": func(r realm) error {
			t.Cleanup(func() { os.Chmod(r.path(historyName), 0o700) })
			return os.Chmod(r.path(historyName), 0o500)
		},
	} {
		r := newRealm(t)
		commit(t, r.open(), "a = 1\n")
		if err := protect(r); err != nil {
			t.Fatal(err)
		}
		s := r.open()
		state := load(t, s)
		checked := s.CheckWritable(t.Context())
		wantState(t, s, "a = 1\n", 1)
		err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "a = 2\n"))
		if (err == nil) != (checked == nil) {
			t.Errorf("%s: CheckWritable gives %v, and CompareAndSwap %v", what, checked, err)
		}
		if checked != nil {
			wantReason(t, checked, fault.Denied)
		}
	}
	if err := newRealm(t).open().CheckWritable(t.Context()); err != nil {
		t.Errorf("a realm without files: %v", err)
	}
}
