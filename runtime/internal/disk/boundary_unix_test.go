//go:build unix

package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"

	"realmconf/runtime/fault"
)

// tree makes a directory with root/a/b/file, and elsewhere/file beside root. The
// root is reached through a link.
func newTree(t *testing.T) (root, elsewhere string) {
	t.Helper()
	base := t.TempDir()
	root, elsewhere = filepath.Join(base, "link"), filepath.Join(base, "elsewhere")
	if err := errors.Join(
		os.MkdirAll(filepath.Join(base, "root", "a", "b"), 0o755),
		os.Mkdir(elsewhere, 0o755),
		os.Symlink("root", root),
		os.WriteFile(filepath.Join(root, "a", "b", "file"), []byte("mine"), 0o600),
		os.WriteFile(filepath.Join(elsewhere, "file"), []byte("not mine"), 0o600),
	); err != nil {
		t.Fatal(err)
	}
	return root, elsewhere
}

// accesses are those that open a file or change a name, on dir/file.
func accesses(sys FS, dir string) map[string]error {
	file, other := filepath.Join(dir, "file"), filepath.Join(dir, "other")
	opened := func(flag int, name string) error {
		f, err := sys.Open(name, flag, 0o600)
		if err == nil {
			err = f.Close()
		}
		return err
	}
	_, listed := sys.ReadDir(dir)
	return map[string]error{
		"open":       opened(os.O_RDONLY, file),
		"create":     opened(os.O_RDWR|os.O_CREATE|os.O_EXCL, other),
		"list":       listed,
		"exchange":   sys.Exchange(file, other),
		"rename":     sys.Rename(other, other+"2"),
		"rename new": sys.RenameNoReplace(other+"2", other),
		"link":       sys.Link(other, other+"3"),
		"mkdir":      sys.Mkdir(filepath.Join(dir, "new"), 0o700),
		"sync":       sys.SyncDir(dir),
		"remove":     errors.Join(sys.Remove(other), sys.Remove(other+"3"), sys.Remove(filepath.Join(dir, "new"))),
	}
}

func TestWithin(t *testing.T) {
	root, _ := newTree(t)
	sys := Within(Rules{Roots: []string{root}})
	for range 2 { // the second time the directories are open
		for what, err := range accesses(sys, filepath.Join(root, "a", "b")) {
			if err != nil && !errors.Is(err, errors.ErrUnsupported) {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
	if err := MakeDir(sys, filepath.Join(root, "c", "d")); err != nil {
		t.Errorf("make directories: %v", err)
	}
	if err := MakeDir(Within(Rules{Roots: []string{filepath.Join(root, "e", "f")}}), filepath.Join(root, "e", "f", "g")); err != nil {
		t.Errorf("make directories above a root: %v", err)
	}
}

// Whichever part of the path below the root is a link, no access takes place: not
// even when the directory was opened before.
func TestWithin_linkOnTheWay(t *testing.T) {
	for _, part := range []string{"a", "a/b"} {
		for _, opened := range []bool{false, true} {
			root, elsewhere := newTree(t)
			sys := Within(Rules{Roots: []string{root}})
			dir := filepath.Join(root, "a", "b")
			if opened {
				if _, err := sys.ReadDir(dir); err != nil {
					t.Fatal(err)
				}
			}
			place := filepath.Join(root, filepath.FromSlash(part))
			target := elsewhere
			if part == "a" {
				target = filepath.Dir(elsewhere)
				if err := os.Rename(elsewhere, filepath.Join(target, "b")); err != nil {
					t.Fatal(err)
				}
				elsewhere = filepath.Join(target, "b")
			}
			if err := errors.Join(os.Rename(place, place+".old"), os.Symlink(target, place)); err != nil {
				t.Fatal(err)
			}
			for what, err := range accesses(sys, dir) {
				if !errors.As(err, new(*fault.RefusedLink)) || !errors.Is(err, fault.ErrIrregular) {
					t.Errorf("%s for a link, opened before: %v: %s: got %v, want a refused link", part, opened, what, err)
				}
			}
			wantOnly(t, elsewhere, "file", "not mine")
		}
	}
}

// A link in the place of a file is not followed, with or without a boundary, whatever
// it leads to and however the file is opened.
func TestOpen_linkInThePlaceOfAFile(t *testing.T) {
	for _, target := range []string{"elsewhere/file", "elsewhere", "elsewhere/missing"} {
		for _, flag := range []int{os.O_RDONLY, os.O_RDWR, os.O_RDWR | os.O_CREATE, os.O_WRONLY | os.O_TRUNC, os.O_RDWR | os.O_CREATE | os.O_EXCL} {
			root, elsewhere := newTree(t)
			name := filepath.Join(root, "a", "b", "link")
			if err := os.Symlink(filepath.Join(filepath.Dir(root), target), name); err != nil {
				t.Fatal(err)
			}
			for what, sys := range map[string]FS{"no boundary": OS{}, "a boundary": Within(Rules{Roots: []string{root}})} {
				f, err := sys.Open(name, flag, 0o600)
				if err == nil {
					f.Close()
				}
				isRefused := errors.As(err, new(*fault.RefusedLink))
				if flag&os.O_EXCL != 0 {
					isRefused = errors.Is(err, fs.ErrExist)
				}
				if !isRefused {
					t.Errorf("a link to %s, flags %#x, %s: got %v, want a refusal", target, flag, what, err)
				}
			}
			wantOnly(t, elsewhere, "file", "not mine")
		}
	}
}

// Mkdir changes nothing at the other end of a link in the place of the directory.
func TestMkdir_linkInThePlaceOfADirectory(t *testing.T) {
	for _, target := range []string{"elsewhere", "elsewhere/missing"} {
		root, elsewhere := newTree(t)
		name := filepath.Join(root, "a", "b", "link")
		if err := errors.Join(os.Chmod(elsewhere, 0o755), os.Symlink(filepath.Join(filepath.Dir(root), target), name)); err != nil {
			t.Fatal(err)
		}
		for what, sys := range map[string]FS{"no boundary": OS{}, "a boundary": Within(Rules{Roots: []string{root}})} {
			if err := sys.Mkdir(name, 0o700); !errors.Is(err, fs.ErrExist) {
				t.Errorf("a link to %s, %s: got %v, want that the name exists", target, what, err)
			}
		}
		wantOnly(t, elsewhere, "file", "not mine")
		if info, err := os.Stat(elsewhere); err != nil || info.Mode().Perm() != 0o755 {
			t.Errorf("the directory at the other end has %v, %v", info.Mode(), err)
		}
	}
}

func wantOnly(t *testing.T, dir, name, text string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != name {
		t.Errorf("got %v, %v; want %s alone", entries, err, name)
	}
	if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != text {
		t.Errorf("got %q, %v; want %q", got, err, text)
	}
}

func TestWithin_outside(t *testing.T) {
	root, elsewhere := newTree(t)
	sys := Within(Rules{Roots: []string{root}, Realm: filepath.Join(root, "a", "b")})
	for what, err := range accesses(sys, elsewhere) {
		if !errors.As(err, new(*fault.RefusedLink)) {
			t.Errorf("%s: got %v, want a refusal", what, err)
		}
	}
	wantOnly(t, elsewhere, "file", "not mine")
}

// A directory that another one has replaced is not used any more.
func TestWithin_replacedDirectory(t *testing.T) {
	root, _ := newTree(t)
	sys := Within(Rules{Roots: []string{root}})
	dir := filepath.Join(root, "a", "b")
	if _, err := sys.ReadDir(dir); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Rename(dir, dir+".old"), os.Mkdir(dir, 0o700), os.WriteFile(filepath.Join(dir, "new"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if names, err := sys.ReadDir(dir); err != nil || !slices.Equal(names, []string{"new"}) {
		t.Errorf("got %q, %v; want the new directory's", names, err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := sys.ReadDir(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want ErrNotExist", err)
	}
}

// Remove takes away a link itself, and Read follows none.
func TestWithin_lastPart(t *testing.T) {
	root, elsewhere := newTree(t)
	sys := Within(Rules{Roots: []string{root}})
	name := filepath.Join(root, "a", "b", "link")
	if err := os.Symlink(filepath.Join(elsewhere, "file"), name); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(sys, name, 100); !errors.As(err, new(*fault.RefusedLink)) {
		t.Errorf("read: got %v, want a refused link", err)
	}
	if err := sys.Remove(name); err != nil {
		t.Error(err)
	}
	wantOnly(t, elsewhere, "file", "not mine")
}

func TestWithin_Resolve(t *testing.T) {
	root, elsewhere := newTree(t)
	realm := filepath.Join(root, "a")
	document := filepath.Join(realm, "config.toml")
	target := filepath.Join(elsewhere, "file.toml")
	if err := errors.Join(os.Rename(filepath.Join(elsewhere, "file"), target), os.Symlink(target, document)); err != nil {
		t.Fatal(err)
	}
	rules := Rules{Roots: []string{root}, Realm: realm}
	if _, err := Within(rules).Resolve(document); !errors.As(err, new(*fault.RefusedLink)) {
		t.Errorf("got %v, want a refused link", err)
	}
	rules.Links = LinksOwned
	sys := Within(rules)
	got, err := sys.Resolve(document)
	if err != nil || filepath.Base(filepath.Dir(got)) != "elsewhere" {
		t.Fatalf("got %q, %v; want %q", got, err, target)
	}
	if c, err := Read(sys, got, 100); err != nil || string(c.Bytes) != "not mine" {
		t.Errorf("got %q, %v", c.Bytes, err)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(got), "draft"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	draft := filepath.Join(filepath.Dir(got), "draft")
	if err := sys.Exchange(draft, got); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("exchange: %v", err)
	}
	// Others may write there now: nothing is replaced any more.
	if err := os.Chmod(elsewhere, 0o777); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{"exchange": sys.Exchange(draft, got), "rename": sys.Rename(draft, got), "link": sys.Link(draft, draft+"2"), "rename new": sys.RenameNoReplace(draft, draft+"2")} {
		if !errors.As(err, new(*fault.RefusedLink)) {
			t.Errorf("%s: got %v, want a refused link", what, err)
		}
	}
}

// Directories that are not used any more are closed.
func TestWithin_closesDirectories(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Logf("only Linux lists the open files")
		return
	}
	count := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	root, _ := newTree(t)
	before := count()
	for range 200 {
		if _, err := Within(Rules{Roots: []string{root}}).ReadDir(filepath.Join(root, "a", "b")); err != nil {
			t.Fatal(err)
		}
	}
	for range 100 {
		runtime.GC()
		if count() <= before+2 {
			return
		}
		runtime.Gosched()
	}
	t.Errorf("%d files are open, and %d were before", count(), before)
}

// TestCloseIdle closes the directories that are kept open at once, and not those that
// are in use.
func TestCloseIdle(t *testing.T) {
	root, _ := newTree(t)
	sys := Within(Rules{Roots: []string{root}})
	name := filepath.Join(root, "a", "b", "file")
	p, err := sys.at(name)
	if err != nil {
		t.Fatal(err)
	}
	isOpen := func() bool { var st unix.Stat_t; return unix.Fstat(p.fd, &st) == nil && uint64(st.Ino) == p.dir.ino }
	if CloseIdle(sys); !isOpen() {
		t.Error("a directory that is in use was closed")
	}
	if p.done(); isOpen() {
		t.Error("the directory is open after its last use")
	}
	if p, err = sys.at(name); err != nil {
		t.Fatal(err)
	}
	if p.done(); !isOpen() {
		t.Error("the directory was not kept open for the next access")
	}
	if CloseIdle(sys); isOpen() {
		t.Error("an idle directory was not closed")
	}
}

// TestWithin_manyDirectories opens more directories than the process may have open
// files, one after the other.
func TestWithin_manyDirectories(t *testing.T) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	low := limit
	low.Cur = 100
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &low); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
			t.Error(err)
		}
	}()
	root := t.TempDir()
	sys := Within(Rules{Roots: []string{root}})
	for i := range 400 {
		dir := filepath.Join(root, strconv.Itoa(i))
		if err := errors.Join(os.Mkdir(dir, 0o755), os.WriteFile(filepath.Join(dir, "file"), nil, 0o600)); err != nil {
			t.Fatal(err)
		}
		f, err := sys.Open(filepath.Join(dir, "file"), os.O_RDONLY, 0)
		if err != nil {
			t.Fatalf("directory %d: %v", i, err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A link whose target changes all the time admits only the directories of the last
// targets.
func TestWithin_Resolve_manyTargets(t *testing.T) {
	root, elsewhere := newTree(t)
	document := filepath.Join(root, "a", "config.toml")
	sys := Within(Rules{Roots: []string{root}, Realm: filepath.Join(root, "a"), Links: LinksAnywhere})
	var targets []string
	for i := range 10 * maxAdmitted {
		dir := filepath.Join(elsewhere, strconv.Itoa(i))
		target := filepath.Join(dir, "file")
		if err := errors.Join(os.Mkdir(dir, 0o755), os.WriteFile(target, nil, 0o600), os.RemoveAll(document), os.Symlink(target, document)); err != nil {
			t.Fatal(err)
		}
		got, err := sys.Resolve(document)
		if err != nil {
			t.Fatal(err)
		}
		targets = append(targets, got)
	}
	if n := len(sys.boundary.admitted); n != maxAdmitted {
		t.Errorf("%d directories are admitted, want %d", n, maxAdmitted)
	}
	for n, target := range targets[len(targets)-2:] { // the last, and one that an access may still use
		if _, err := Read(sys, target, 10); err != nil {
			t.Errorf("target %d of the last two: %v", n, err)
		}
	}
	if _, err := Read(sys, targets[0], 10); !errors.As(err, new(*fault.RefusedLink)) {
		t.Errorf("the first target: got %v, want a refused link", err)
	}
}
