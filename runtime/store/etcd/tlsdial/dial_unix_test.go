//go:build unix

package tlsdial

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"realmconf/runtime/store/etcd"
)

// A pipe in the place of a certificate must not block, and a link to one is followed.
func TestNewConfig_pipe(t *testing.T) {
	dir := t.TempDir()
	pipe, link := filepath.Join(dir, "pipe"), filepath.Join(dir, "link")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := unix.Symlink("certificate", link); err != nil {
		t.Fatal(err)
	}
	writePair(t, filepath.Join(dir, "certificate"), filepath.Join(dir, "key"))
	if _, err := newConfig(etcd.Options{CACert: pipe}, "localhost:2379"); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("a pipe: got %v", err)
	}
	if _, err := newConfig(etcd.Options{CACert: link}, "localhost:2379"); err != nil {
		t.Errorf("a link: got %v", err)
	}
}
