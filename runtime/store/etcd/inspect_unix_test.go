//go:build unix

package etcd

import (
	"os"
	"path/filepath"
	"testing"

	"realmconf/runtime/store"
)

func TestInspectKey(t *testing.T) {
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for mode, want := range map[os.FileMode]int{0o600: 0, 0o400: 0, 0o640: 1, 0o604: 1} {
		if err := os.Chmod(key, mode); err != nil {
			t.Fatal(err)
		}
		found := 0
		(&Store{options: Options{Key: key}}).inspectKey(func(level store.Level, where, _, _ string, _ ...any) {
			found++
			if level != store.Warning || where != key {
				t.Errorf("mode %v: got %s at %s", mode, level, where)
			}
		})
		if found != want {
			t.Errorf("mode %v: got %d findings, want %d", mode, found, want)
		}
	}
	for _, absent := range []string{"", key + ".absent"} {
		(&Store{options: Options{Key: absent}}).inspectKey(func(store.Level, string, string, string, ...any) {
			t.Errorf("%q: got a finding", absent)
		})
	}
}
