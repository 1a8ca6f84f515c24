//go:build unix

package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
)

// A config that is another user's and readable for everybody is reported with every read
// and write, also from the cache. One of this user, of a group that shares the
// directory, or in the administrator's directory is not.
func TestLoad_exposedConfig(t *testing.T) {
	if os.Geteuid() != 0 {
		return // only the administrator can be two users
	}
	const owner, other = 61001, 61002
	for _, tt := range []struct {
		name      string
		directory int
		dirMode   fs.FileMode
		file      int
		mode      fs.FileMode
		want      bool
	}{
		{"the user's own", 0, 0o755, 0, 0o644, false},
		{"another user's", owner, 0o755, owner, 0o644, true},
		{"another user's, for that user alone", owner, 0o755, owner, 0o600, false},
		{"another user's, for the group too", owner, 0o755, owner, 0o640, false},
		{"two users'", owner, 0o755, other, 0o644, true},
		{"a group's", owner, 0o775 | fs.ModeSetgid, owner, 0o664, false},
		{"in a directory that everybody may write", 0, 0o777, owner, 0o644, true},
		{"in this user's directory", 0, 0o755, owner, 0o644, false},
	} {
		r := newFastRealm(t)
		commit(t, r.open(), "a = 1\n")
		for _, err := range []error{
			os.Chown(r.dir, tt.directory, tt.directory), os.Chmod(r.dir, tt.dirMode),
			os.Chown(r.path(configName), tt.file, tt.file), os.Chmod(r.path(configName), tt.mode),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		s := r.open()
		for range 3 {
			state := load(t, s)
			if got := slices.ContainsFunc(state.Notices, func(n store.Notice) bool { return n.Kind == store.Exposed }); got != tt.want {
				t.Errorf("%s: reported %v, want %v", tt.name, got, tt.want)
			}
		}
		if err := os.Chmod(r.path(configName), 0o600); err != nil {
			t.Fatal(err)
		}
		if state := load(t, s); len(state.Notices) > 0 {
			t.Errorf("%s, afterwards: %+v", tt.name, state.Notices)
		}
	}
}

// The owner of the realm's directory, or of the one above, is named if that is another
// user.
func TestInspect_directoryOfAnother(t *testing.T) {
	if os.Geteuid() != 0 {
		return // only the administrator can be two users
	}
	for _, tt := range []struct {
		name       string
		dir, above int
		want       uint32
	}{
		{"both the administrator's", 0, 0, 0}, {"the directory", 61001, 0, 61001}, {"the one above", 0, 61002, 61002}, {"both", 61001, 61002, 61001},
	} {
		r := newFastRealm(t)
		commit(t, r.open(), "a = 1\n")
		if err := errors.Join(os.Chown(r.dir, tt.dir, -1), os.Chown(filepath.Dir(r.dir), tt.above, -1)); err != nil {
			t.Fatal(err)
		}
		var got uint32
		for _, p := range Inspect(r.options()).Peculiarities {
			if p.Kind == DirectoryOfAnother {
				got = p.Owner
			}
		}
		if got != tt.want {
			t.Errorf("%s: got user %d, want %d", tt.name, got, tt.want)
		}
	}
}

// Little room on the file system is named, of the realm's directory or of the nearest
// one above that exists.
func TestInspect_littleSpace(t *testing.T) {
	r := newFastRealm(t)
	s := r.open()
	for _, tt := range []struct {
		bytes, files uint64
		ok, want     bool
	}{
		{littleSpace, littleFiles, true, false}, {littleSpace - 1, littleFiles, true, true}, {littleSpace, littleFiles - 1, true, true}, {0, 0, true, true}, {0, 0, false, false},
	} {
		var got []Peculiarity
		var asked []string
		s.inspectSpace(func(p Peculiarity) { got = append(got, p) }, s.options.Document, func(dir string) (bytes, files uint64, ok bool) {
			asked = append(asked, dir)
			return tt.bytes, tt.files, tt.ok && dir == filepath.Dir(r.dir)
		})
		if (len(got) == 1) != tt.want || tt.want && (got[0].Path != filepath.Dir(r.dir) || got[0].Size != int64(tt.bytes) || got[0].Files != tt.files) {
			t.Errorf("%+v: got %+v, asked %q", tt, got, asked)
		}
	}
	var dirs []string
	s.inspectSpace(func(p Peculiarity) { dirs = append(dirs, p.Path) }, "/elsewhere/config.toml", func(dir string) (bytes, files uint64, ok bool) {
		return map[string]uint64{r.dir: 0, r.path(historyName): 1, "/elsewhere": 1 << 40}[dir], 1 << 20, true
	})
	if want := []string{r.dir, r.path(historyName)}; !slices.Equal(dirs, want) {
		t.Errorf("three file systems: got %q, want %q", dirs, want)
	}
	if bytes, files, ok := disk.FreeSpace(t.TempDir()); ok && (bytes == 0 || files == 0) {
		t.Errorf("the directory for temporary files has no room: %d bytes, %d files", bytes, files)
	}
}
