//go:build linux || darwin

package review

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/schema/tree/treetest"
	"realmconf/tools/policy"
)

// A directory that is not the user's alone is refused by both sides, with what to do,
// and nothing in it is changed.
func TestPlace_refused(t *testing.T) {
	for name, tt := range map[string]struct {
		plant func(place string) error
		want  string
	}{
		"a link":       {func(place string) error { return os.Symlink(filepath.Dir(place), place) }, "is a symbolic link: remove it"},
		"a bad link":   {func(place string) error { return os.Symlink("/nowhere", place) }, "is a symbolic link: remove it"},
		"a file":       {func(place string) error { return os.WriteFile(place, nil, 0o600) }, "is not a directory: remove it"},
		"mode 0755":    {func(place string) error { return mkdir(place, 0o755) }, "has mode 0755, and nobody but you may use it: chmod 700 it"},
		"mode 0770":    {func(place string) error { return mkdir(place, 0o770) }, "has mode 0770"},
		"mode 0500":    {func(place string) error { return mkdir(place, 0o500) }, "has mode 0500"},
		"another's":    {func(place string) error { return firstError(mkdir(place, 0o700), os.Chown(place, 12345, -1)) }, "belongs to another user (12345): remove it"},
		"a named pipe": {func(place string) error { return syscall.Mkfifo(place, 0o600) }, "is not a directory"},
	} {
		t.Run(name, func(t *testing.T) {
			place := filepath.Join(privateDir(t), "sockets")
			if err := tt.plant(place); err != nil && os.Geteuid() == 0 {
				t.Fatal(err)
			} else if err != nil { // only root can give a directory away
				if err := checkPlace(place, os.Geteuid()+1); err == nil || !strings.Contains(err.Error(), "belongs to another user") {
					t.Errorf("got %v", err)
				}
				return
			}
			before := socketsIn(t, place)
			if offer := New(Options{Directory: place}).Open(about("a", 1), false); offer != policy.NoOffer {
				t.Errorf("the server offers %q", offer)
			}
			if _, err := listen(places(place), New(Options{})); !fault.Is(err, fault.Storage) || !strings.Contains(err.Error(), place+" "+tt.want) {
				t.Errorf("the server: got %v, want %q", err, tt.want)
			}
			if all, problems := (Client{place}).List(t.Context()); len(all) > 0 || len(problems) != 1 || !strings.Contains(problems[0].Error(), place+" "+tt.want) {
				t.Errorf("the client: got %v, %v, want %q", all, problems, tt.want)
			}
			if after := socketsIn(t, place); len(after) != len(before) {
				t.Errorf("got %v, was %v", after, before)
			}
		})
	}
}

// The client says so where no server would make a socket in the directory of its
// options: what is above it is another user's to exchange.
func TestClient_List_unsafeParent(t *testing.T) {
	root := privateDir(t)
	wide, good, link := filepath.Join(root, "wide"), filepath.Join(root, "good"), filepath.Join(root, "link")
	if err := firstError(mkdir(wide, 0o777), mkdir(filepath.Join(wide, "sockets"), 0o700), mkdir(good, 0o700), os.Symlink(good, link)); err != nil {
		t.Fatal(err)
	}
	for place, want := range map[string]string{
		filepath.Join(wide, "sockets"):            wide + " is not a directory to which only you may write",
		filepath.Join(wide, "none"):               wide + " is not a directory to which only you may write",
		link + "/":                                link + " is not a directory to which only you may write",
		link + "/.":                               link + " is not a directory to which only you may write",
		filepath.Join(root, "missing", "sockets"): filepath.Join(root, "missing") + " does not exist",
	} {
		if all, problems := (Client{place}).List(t.Context()); len(all) > 0 || len(problems) != 1 || problems[0].Error() != want {
			t.Errorf("%s: got %v, %v, want %q", place, all, problems, want)
		}
	}
	for _, place := range []string{good, filepath.Join(root, "none")} {
		if all, problems := (Client{place}).List(t.Context()); len(all) > 0 || len(problems) > 0 {
			t.Errorf("%s: got %v, %v, want nothing", place, all, problems)
		}
	}
}

// privateDir returns a directory to which only the user may write.
func privateDir(t *testing.T) string {
	t.Helper()
	directory := treetest.Dir(t)
	if err := os.Chmod(directory, 0o700); err != nil {
		t.Fatal(err)
	}
	return directory
}

func mkdir(path string, mode fs.FileMode) error {
	return firstError(os.Mkdir(path, 0o700), os.Chmod(path, mode))
}

// firstError returns the first error.
func firstError(list ...error) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

// Where no directory can be made, the next place is taken; without one, the error says
// why, and which flag helps.
func TestListen_otherPlace(t *testing.T) {
	root := privateDir(t)
	wide := filepath.Join(root, "wide")
	if err := mkdir(wide, 0o777); err != nil {
		t.Fatal(err)
	}
	unusable := []string{filepath.Join(root, "missing", "sockets"), filepath.Join(wide, "sockets"), "/dev/null/sockets"}
	good := filepath.Join(root, "good")
	d, err := listen(append(unusable, good), New(Options{}))
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	if filepath.Dir(d.(*socket).path) != good {
		t.Errorf("got %s", d.(*socket).path)
	}
	_, err = listen(unusable, New(Options{}))
	if !fault.Is(err, fault.Storage) {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{"missing does not exist", wide + " is not a directory to which only you may write", "/dev/null is not a directory", "start the server with --review-directory"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
	if left := socketsIn(t, wide); len(left) > 0 {
		t.Errorf("made %v", left)
	}
}

// The path of a socket has a limit.
func TestListen_longPath(t *testing.T) {
	place := filepath.Join(privateDir(t), strings.Repeat("x", maxPath))
	if _, err := listen(places(place), New(Options{})); !fault.Is(err, fault.Storage) || !strings.Contains(err.Error(), "too long a path for a socket") {
		t.Errorf("got %v", err)
	}
	if left := socketsIn(t, place); len(left) > 0 {
		t.Errorf("made %v", left)
	}
}

// The user's own places do not come from the environment.
func TestPlaces(t *testing.T) {
	t.Setenv("HOME", "/elsewhere")
	t.Setenv("XDG_RUNTIME_DIR", "/elsewhere")
	for _, place := range places("") {
		if strings.HasPrefix(place, "/elsewhere") || !filepath.IsAbs(place) || !strings.HasSuffix(place, directoryName) {
			t.Errorf("got %s", place)
		}
	}
	if got := places("/mine"); len(got) != 1 || got[0] != "/mine" {
		t.Errorf("got %v", got)
	}
	if home := homeOf(0); home != "/root" && home != "/var/root" {
		t.Errorf("root's home: got %q", home)
	}
	if home := homeOf(1 << 30); home != "" {
		t.Errorf("the home of a user that is not there: got %q", home)
	}
}
