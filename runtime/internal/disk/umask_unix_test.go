//go:build unix

package disk

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// What is created is usable for its owner, and for no one else, whatever the process's
// umask is.
func TestCreate_umask(t *testing.T) {
	for _, umask := range []int{0, 0o022, 0o077, 0o377, 0o477, 0o700, 0o777} {
		top := t.TempDir()
		sys := Within(Rules{Roots: []string{top}, Realm: top})
		dir := filepath.Join(top, "a", "b")
		before := unix.Umask(umask)
		err := MakeDir(sys, dir)
		var f File
		if err == nil {
			f, err = sys.Open(filepath.Join(dir, "file"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		}
		if after := unix.Umask(before); after != umask {
			t.Errorf("umask %04o is %04o afterwards", umask, after)
		}
		if err != nil {
			t.Errorf("umask %04o: %v", umask, err)
			continue
		}
		f.Close()
		for name, want := range map[string]fs.FileMode{filepath.Dir(dir): 0o700, dir: 0o700, filepath.Join(dir, "file"): 0o600} {
			if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
				t.Errorf("umask %04o: %s has mode %v (%v), want %v", umask, name, info.Mode().Perm(), err, want)
			}
		}
	}
}
