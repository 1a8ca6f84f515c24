package cli

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The entry in a host's settings must start the program also after an upgrade.
func TestLaunch_words(t *testing.T) {
	dir := t.TempDir()
	file := func(path ...string) string {
		t.Helper()
		full := filepath.Join(append([]string{dir}, path...)...)
		if err := errors.Join(os.MkdirAll(filepath.Dir(full), 0o700), os.WriteFile(full, []byte(`{"version": "1.2.3"}`), 0o700)); err != nil {
			t.Fatal(err)
		}
		return full
	}
	versioned, other := file("v 1", "realmconf"), file("other", "realmconf")
	link := filepath.Join(dir, "bin", "realmconf")
	if err := errors.Join(os.Mkdir(filepath.Dir(link), 0o700), os.Symlink(filepath.Join("..", "v 1", "realmconf"), link)); err != nil {
		if runtime.GOOS == "windows" { // which allows links to few users
			link = versioned
		} else {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	cached := file("_npx", "ad6c", "node_modules", "realmconf-linux-x64", "bin", "realmconf")
	file("_npx", "ad6c", "node_modules", "realmconf-linux-x64", "package.json")
	npx := []string{"npx", "-y", "realmconf@1.2.3"}
	if runtime.GOOS == "windows" {
		npx = append([]string{"cmd", "/c"}, npx...)
	}
	relative, err := filepath.Rel(dir, link)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name       string
		executable string
		argument   string
		found      string // on the path; "" if it is not there
		want       []string
	}{
		{"a link on the path", versioned, "realmconf", link, []string{link}},
		{"a link by its relative path", versioned, relative, relative, []string{link}},
		{"another program on the path", versioned, "realmconf", other, []string{versioned}},
		{"not on the path", versioned, "realmconf", "", []string{versioned}},
		{"the cache of npx", cached, cached, cached, npx},
		{"go run", file("go-build1", "b001", "exe", "realmconf"), "realmconf", "", nil},
	} {
		l := launch{tt.executable, tt.argument, func(name string) (string, error) {
			if tt.found == "" || name != tt.argument {
				return "", os.ErrNotExist
			}
			return tt.found, nil
		}}
		got, err := l.words()
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if (err != nil) != (tt.want == nil) || err != nil && !strings.Contains(err.Error(), "go run removes this program") {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}
