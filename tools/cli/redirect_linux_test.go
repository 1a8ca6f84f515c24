package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestOpenPage opens a browser on a file that leads to the address, and removes it.
func TestOpenPage(t *testing.T) {
	bin, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
	if err := unix.Mkfifo(out, 0o600); err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\n{ echo \"$@\"; stat -c %a \"$1\" \"$(dirname \"$1\")\"; cat \"$1\"; } > " + out + "\n"
	if err := os.WriteFile(filepath.Join(bin, "xdg-open"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	t.Setenv("TMPDIR", t.TempDir())
	sh := newShell(t, Terminal{})
	sh.session.Getenv = func(name string) string { return map[string]string{"DISPLAY": ":0"}[name] }
	const address = "http://127.0.0.1:1234/#SECRET"
	r, err := sh.session.openPage(address)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(out) // waits for the script
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitN(string(text), "\n", 4)
	if strings.Contains(lines[0], "SECRET") || !slices.Equal(lines[1:3], []string{"600", "700"}) || !strings.Contains(lines[3], address) {
		t.Errorf("the opener got %s", text)
	}
	r.remove()
	r.remove()
	left, err := os.ReadDir(os.Getenv("TMPDIR"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}

	sh.session.Getenv = func(string) string { return "" }
	if r, err := sh.session.openPage(address); err == nil || r != nil {
		t.Errorf("without a display: %v, %v", r, err)
	}
}
