//go:build unix

package file

import (
	"io/fs"
	"os"
	"slices"
	"testing"

	"realmconf/runtime/store"
)

// A config that is another user's and readable for everybody is told with every read
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
			os.Chown(r.path(documentName), tt.file, tt.file), os.Chmod(r.path(documentName), tt.mode),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		s := r.open()
		for range 3 {
			state := load(t, s)
			if got := slices.ContainsFunc(state.Notices, func(n store.Notice) bool { return n.Kind == store.Exposed }); got != tt.want {
				t.Errorf("%s: told %v, want %v", tt.name, got, tt.want)
			}
		}
		if err := os.Chmod(r.path(documentName), 0o600); err != nil {
			t.Fatal(err)
		}
		if state := load(t, s); len(state.Notices) > 0 {
			t.Errorf("%s, afterwards: %+v", tt.name, state.Notices)
		}
	}
}
