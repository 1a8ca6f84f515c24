//go:build unix

package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"realmconf/runtime/store"
)

// Every text in the history, whoever wrote it, has the rights of a record at most: the
// secrets of a config that has become private are in its earlier texts too.
func TestHistory_rightsOfKeptFiles(t *testing.T) {
	const id = "01890a5d-ac96-774b-bcce-b302099a8057"
	tests := []struct {
		name  string
		dir   fs.FileMode // of the realm
		build func(r realm) error
		want  fs.FileMode
	}{
		{"the replaced config", 0o755, func(r realm) error { return os.Chmod(r.path(configName), 0o644) }, 0o600},
		{"the replaced config, for its owner alone", 0o755, func(r realm) error { return os.Chmod(r.path(configName), 0o400|0o200) }, 0o600},
		{"the replaced config of a group", 0o770 | fs.ModeSetgid, func(r realm) error {
			return errors.Join(os.Chmod(r.path(historyName), 0o770|fs.ModeSetgid), os.Chmod(r.path(configName), 0o664))
		}, 0o660},
		{"a text that a crash left", 0o755, func(r realm) error {
			name := r.path(".realmconf-team-" + id + ".config")
			return errors.Join(os.WriteFile(name, []byte("secret"), 0o600), os.Chmod(name, 0o666))
		}, 0o600},
		{"another file that a crash left", 0o755, func(r realm) error {
			name := r.path(".realmconf-team-" + id + ".lock")
			return errors.Join(os.WriteFile(name, []byte("secret"), 0o600), os.Chmod(name, 0o644))
		}, 0o600},
		{"a damaged state", 0o755, func(r realm) error {
			return errors.Join(os.WriteFile(r.path(stateName), []byte("secret"), 0o600), os.Chmod(r.path(stateName), 0o644))
		}, 0o600},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newFastRealm(t)
			commit(t, r.open(), "a = 1\n")
			if err := errors.Join(os.Chmod(r.dir, tt.dir), os.Chmod(r.path(historyName), tt.dir), tt.build(r)); err != nil {
				t.Fatal(err)
			}
			commit(t, r.open(), "a = 2\n")
			kept := 0
			for _, name := range r.list(historyName) {
				info, err := os.Lstat(filepath.Join(r.path(historyName), name))
				if err != nil {
					t.Fatal(err)
				}
				if mode := info.Mode().Perm(); mode&^tt.want != 0 {
					t.Errorf("%s has mode %04o, want %04o at most", name, mode, tt.want)
				}
				if name == retiredName || strings.HasPrefix(name, displacedPrefix) || strings.HasPrefix(name, damagedPrefix) {
					kept++
				}
			}
			if kept == 0 {
				t.Error("no file was kept")
			}
		})
	}
}

// A left-over that is a hard link to another file of the user goes to the history by its
// name alone: the rights of the other file stay.
func TestHistory_rightsOfLinkedFile(t *testing.T) {
	r := newFastRealm(t)
	commit(t, r.open(), "a = 1\n")
	precious := filepath.Join(filepath.Dir(r.dir), "precious")
	leftover := r.path(".realmconf-team-01890a5d-ac96-774b-bcce-b302099a8057.config")
	if err := errors.Join(os.WriteFile(precious, []byte("precious"), 0o600), os.Chmod(precious, 0o644), os.Link(precious, leftover)); err != nil {
		t.Fatal(err)
	}
	commit(t, r.open(), "a = 2\n")
	info, err := os.Lstat(precious)
	if err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("the file has mode %v, %v, want 0644", info.Mode(), err)
	}
	if in := Inspect(r.options()); len(in.Displaced) != 1 || store.DigestOf([]byte(r.get(historyName+"/"+filepath.Base(in.Displaced[0])))) != store.DigestOf([]byte("precious")) {
		t.Errorf("kept: %q", in.Displaced)
	}
}
