//go:build unix

package hosts

import (
	"os"
	"path/filepath"
	"strings"
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
	if _, err := inDirectory.Read(m); !fault.Is(err, fault.InvalidConfig) || !strings.Contains(err.Error(), filepath.Join(m.Project, ".vscode")+" is a link that leads out of the project: ") {
		t.Errorf("a directory that leads out of the project: got %v, want a refusal", err)
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

// New settings below a directory of the user's that is a link are where it leads.
func TestPlace_readLinkedDirectory(t *testing.T) {
	m := newMachine(t)
	dotfiles := t.TempDir()
	if err := os.Symlink(dotfiles, filepath.Join(m.Home, ".cursor")); err != nil {
		t.Fatal(err)
	}
	f, err := host(t, "cursor").Places[1].Read(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Replace([]byte("{}")); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(dotfiles, "mcp.json")); err != nil || string(got) != "{}" {
		t.Errorf("got %q, %v, want the new text", got, err)
	}
}

// The administrator takes no settings away from their user.
func TestFile_replaceOwner(t *testing.T) {
	if os.Geteuid() != 0 {
		return // only root can give files away
	}
	const user, group = 1234, 1235
	for _, hasFile := range []bool{true, false} {
		m := newMachine(t)
		if err := os.Chown(m.Home, user, group); err != nil {
			t.Fatal(err)
		}
		place := host(t, "cursor").Places[1]
		if hasFile {
			if err := os.Mkdir(filepath.Dir(place.In(m)), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(place.In(m), []byte("[]"), 0o640); err != nil {
				t.Fatal(err)
			}
			for _, path := range []string{filepath.Dir(place.In(m)), place.In(m)} {
				if err := os.Chown(path, user, group); err != nil {
					t.Fatal(err)
				}
			}
		}
		f, err := place.Read(m)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Replace([]byte("{}")); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{filepath.Dir(place.In(m)), place.In(m)} {
			info, err := os.Lstat(path)
			if err != nil {
				t.Fatal(err)
			}
			if sys := info.Sys().(*syscall.Stat_t); sys.Uid != user || sys.Gid != group {
				t.Errorf("%s, there before: %v: owner %d:%d, want %d:%d", path, hasFile, sys.Uid, sys.Gid, user, group)
			}
		}
	}
}
