//go:build unix

package disk

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// The group's rights were granted to the members of that group.
func TestWithoutGroup(t *testing.T) {
	for _, tt := range []struct{ mode, want os.FileMode }{{0o640, 0o600}, {0o664, 0o644}, {0o600, 0o600}, {0o666, 0o666}} {
		if got := withoutGroup(tt.mode); got != tt.want {
			t.Errorf("mode %v without its group: got %v, want %v", tt.mode, got, tt.want)
		}
	}
}

// A file that is open without blocking would be one for the poller: commands that read a
// few files would make a poller first, and ask it about each.
func TestOpen_blocks(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := OS{}.Open(name, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	raw, err := f.(*os.File).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	err = raw.Control(func(fd uintptr) {
		flags, err := unix.FcntlInt(fd, unix.F_GETFL, 0)
		if err != nil || flags&unix.O_NONBLOCK != 0 || flags&unix.O_APPEND == 0 {
			t.Errorf("got the flags %#x, %v; want them to have O_APPEND and not O_NONBLOCK", flags, err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}
