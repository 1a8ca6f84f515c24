package realm

import (
	"os"
	"path/filepath"
	"testing"

	"realmconf/runtime/fault"
)

func TestLocation_LockMirror(t *testing.T) {
	s := Selection{Realm: "team", StateRoot: t.TempDir()}
	first, err := Locate(s, Environment{})
	if err != nil {
		t.Fatal(err)
	}
	lock, err := first.LockMirror()
	if err != nil {
		t.Fatal(err)
	}
	second, err := Locate(s, Environment{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := second.LockMirror(); !fault.Is(err, fault.LockTimeout) {
		t.Errorf("while it is held: got %v, want lock_timeout", err)
	}
	lock.SetNote([]byte("a long note"))
	lock.SetNote([]byte("a note"))
	lock.Release()
	lock, err = second.LockMirror()
	if err != nil {
		t.Fatalf("after its release: %v", err)
	}
	if got := string(lock.Note()); got != "a note" {
		t.Errorf("got the note %q", got)
	}
	lock.Release()
	if info, err := os.Lstat(filepath.Join(first.StateDir, mirrorLockName)); err != nil || info.Size() != noteSize {
		t.Errorf("the lock file: %v, %v, want one of %d bytes", info, err, noteSize)
	}
}

func TestLocation_LockMirror_followsNoLink(t *testing.T) {
	l, err := Locate(Selection{Realm: "team", StateRoot: t.TempDir()}, Environment{})
	if err != nil {
		t.Fatal(err)
	}
	target := filepath.Join(t.TempDir(), "made")
	if err := os.MkdirAll(l.StateDir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, filepath.Join(l.StateDir, mirrorLockName)); err != nil {
		t.Fatal(err)
	}
	if _, err := l.LockMirror(); !fault.Is(err, fault.Storage) {
		t.Errorf("got %v, want a storage fault", err)
	}
	if _, err := os.Lstat(target); err == nil {
		t.Error("the file at the end of the link was made")
	}
}

func TestSelection_Sides(t *testing.T) {
	s := Selection{Realm: "team", Store: "etcd://127.0.0.1:1", StateRoot: "realms", FollowLinks: true, Mirrored: true}
	if err := s.Check(); err != nil {
		t.Errorf("both sides: %v", err)
	}
	local, shared := s.Sides()
	if err := local.Check(); err != nil || local.IsShared() || local.StateRoot != "realms" || !local.FollowLinks {
		t.Errorf("local: got %+v, %v", local, err)
	}
	if err := shared.Check(); err != nil || !shared.IsShared() || shared.StateRoot != "" {
		t.Errorf("shared: got %+v, %v", shared, err)
	}
	s.Mirrored = false
	if err := s.Check(); !fault.Is(err, fault.InvalidParams) {
		t.Errorf("without a mirror: got %v, want that --state-root is refused", err)
	}
}
