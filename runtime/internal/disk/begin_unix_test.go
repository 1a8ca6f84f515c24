//go:build unix

package disk

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// The directory to which a root leads stays the same for all accesses of an operation,
// also while operations overlap, and the next operation follows the path again.
func TestBegin_rootChanges(t *testing.T) {
	root, elsewhere := newTree(t)
	if err := errors.Join(
		os.MkdirAll(filepath.Join(elsewhere, "a", "b"), 0o755),
		os.WriteFile(filepath.Join(elsewhere, "a", "b", "file"), []byte("not mine"), 0o600),
	); err != nil {
		t.Fatal(err)
	}
	lead := func(to string) {
		t.Helper()
		if err := errors.Join(os.Remove(root), os.Symlink(to, root)); err != nil {
			t.Fatal(err)
		}
	}
	sys := Within(Rules{Roots: []string{root}})
	read := func() string {
		t.Helper()
		c, err := Read(sys, filepath.Join(root, "a", "b", "file"), 100)
		if err != nil {
			t.Fatal(err)
		}
		return string(c.Bytes)
	}
	for range 2 {
		Begin(sys)
		first := read()
		lead(elsewhere)
		Begin(sys)
		if got := read(); got != first {
			t.Errorf("an operation read %q and then %q", first, got)
		}
		if err := sys.Mkdir(filepath.Join(root, "made"), 0o700); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Lstat(filepath.Join(elsewhere, "made")); err == nil {
			t.Error("the operation changed the directory to which the path leads since it began")
		}
		if err := sys.Remove(filepath.Join(root, "made")); err != nil {
			t.Error(err)
		}
		End(sys)
		End(sys)
		Begin(sys)
		if got := read(); got != "not mine" {
			t.Errorf("the next operation read %q, want the other file", got)
		}
		End(sys)
		lead("root")
		if got := read(); got != "mine" {
			t.Errorf("an access outside an operation read %q, want the first file", got)
		}
	}
}

// Where another user may change the path of a root, the directory that was opened first
// is used until it is removed: a program reads, and then writes what it has read.
func TestBegin_rootLedByOthers(t *testing.T) {
	root, elsewhere := newTree(t)
	if err := errors.Join(
		os.Chmod(filepath.Dir(root), 0o777),
		os.MkdirAll(filepath.Join(elsewhere, "a", "b"), 0o755),
		os.WriteFile(filepath.Join(elsewhere, "a", "b", "file"), []byte("not mine"), 0o600),
	); err != nil {
		t.Fatal(err)
	}
	sys := Within(Rules{Roots: []string{root}})
	read := func() string {
		t.Helper()
		Begin(sys)
		defer End(sys)
		c, err := Read(sys, filepath.Join(root, "a", "b", "file"), 100)
		if err != nil {
			t.Fatal(err)
		}
		return string(c.Bytes)
	}
	if got := read(); got != "mine" {
		t.Fatalf("read %q", got)
	}
	if err := errors.Join(os.Remove(root), os.Symlink(elsewhere, root)); err != nil {
		t.Fatal(err)
	}
	if got := read(); got != "mine" {
		t.Errorf("the next operation read %q, which another user may have put there", got)
	}
	if err := os.RemoveAll(filepath.Join(filepath.Dir(root), "root")); err != nil {
		t.Fatal(err)
	}
	if got := read(); got != "not mine" {
		t.Errorf("after the removal of the directory: read %q", got)
	}
}
