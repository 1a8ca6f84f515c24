//go:build unix

package realm_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"realmconf/runtime/realm"
	"realmconf/runtime/store/storetest"
)

// A process of this program that was killed right after it had made the
// manifest left its lock beside it. A write loads first, and so has read the
// manifest already; it removes the lock nevertheless. A read does not.
func TestOpen_firstWriteRemovesDeadManifestLock(t *testing.T) {
	root := t.TempDir()
	s, err := realm.Open(realm.Selection{Realm: "team", StateRoot: root}, 1)(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	lock := filepath.Join(root, "team", ".realm_manifest.lock")
	for path, text := range map[string]string{
		lock: "realm-manifest-lock\nrealmconf .realm_manifest.tmp.019a0000-0000-7000-8000-000000000001\n",
		filepath.Join(root, "team", "realm_manifest.json"): `{"realm_id":"team","backend":"sqlite","origin":"explicit","created_at":"7"}`,
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(lock); err != nil {
		t.Errorf("after a read: got %v, want the lock untouched", err)
	}
	if err := storetest.Increment(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(lock); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after a write: got %v, want the lock gone", err)
	}
}
