package file

import (
	"path/filepath"
	"testing"

	"realmconf/runtime/store"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree/treetest"
)

func TestStore(t *testing.T) {
	t.Parallel() // it waits
	storetest.Test(t, func(t *testing.T) func() store.Store {
		dir := filepath.Join(treetest.Dir(t), "realms", "team")
		return func() store.Store {
			return Open(Options{Document: filepath.Join(dir, "config.toml"), Dir: dir})
		}
	})
}
