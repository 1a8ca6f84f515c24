package file

import (
	"path/filepath"
	"testing"

	"realmconf/runtime/store"
	"realmconf/runtime/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Test(t, func(t *testing.T) func() store.Store {
		dir := filepath.Join(t.TempDir(), "realms", "team")
		return func() store.Store {
			return Open(Options{Document: filepath.Join(dir, "config.toml"), Dir: dir})
		}
	})
}
