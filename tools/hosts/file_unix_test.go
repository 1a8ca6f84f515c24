//go:build unix

package hosts

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"realmconf/runtime/fault"
)

// What a project's file leads to is not touched: a project may come from a stranger. A
// link of the user's own is followed and stays.
func TestPlace_readLinks(t *testing.T) {
	m := newMachine(t)
	secret := filepath.Join(m.Home, "secret")
	if err := os.WriteFile(secret, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := host(t, "claude-code").Places[0]
	if err := os.Symlink(secret, file.In(m)); err != nil {
		t.Fatal(err)
	}
	if _, err := file.Read(m); !fault.Is(err, fault.InvalidConfig) {
		t.Errorf("a link in a project: got %v, want a refusal", err)
	}
	inDirectory := host(t, "vscode").Places[0]
	if err := os.Symlink(m.Home, filepath.Join(m.Project, ".vscode")); err != nil {
		t.Fatal(err)
	}
	if _, err := inDirectory.Read(m); err == nil {
		t.Error("a directory of a project that leads out of it was read")
	}
	if err := os.Remove(file.In(m)); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(file.In(m), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := file.Read(m); !fault.Is(err, fault.InvalidConfig) {
		t.Errorf("a pipe: got %v, want a refusal", err)
	}

	mine := host(t, "cline").Places[0]
	if err := os.MkdirAll(filepath.Dir(mine.In(m)), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, mine.In(m)); err != nil {
		t.Fatal(err)
	}
	f, err := mine.Read(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Replace([]byte("[]")); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(secret); err != nil || string(got) != "[]" {
		t.Errorf("got %q, %v, want the new text", got, err)
	}
	if info, err := os.Lstat(mine.In(m)); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("got %v, %v, want the link", info, err)
	}
}
