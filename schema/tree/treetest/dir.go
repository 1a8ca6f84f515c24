package treetest

import (
	"os"
	"testing"
)

// MemoryDir returns an empty directory in memory, if the system has a file system for
// that, and else one as TempDir of package testing does. It is for tests with very many
// files or durable writes, and no loss of power. A link to a file in it is one to a
// file of the system.
func MemoryDir(tb testing.TB) string {
	tb.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "realmconf-test-")
	if err != nil {
		return tb.TempDir()
	}
	tb.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			tb.Error(err)
		}
	})
	return dir
}

// Dir returns an empty directory: on the disk in a complete run, and in memory in a
// short one, where a durable write takes half of the processor time and waits for
// nothing.
func Dir(tb testing.TB) string {
	tb.Helper()
	if testing.Short() {
		return MemoryDir(tb)
	}
	return tb.TempDir()
}
