//go:build linux

package file

import (
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"realmconf/runtime/store/storetest"
)

// kinds returns the kinds of peculiarities of a realm. It leaves out directories
// above the test's own.
func (r realm) kinds(o Options) []PeculiarityKind {
	var list []PeculiarityKind
	for _, p := range Inspect(o).Peculiarities {
		if strings.HasPrefix(p.Path, filepath.Dir(r.dir)) || p.Kind == SmallFilesOnly {
			list = append(list, p.Kind)
		}
	}
	return list
}

// A file in the history is foreign or kept, never both and never neither: a name
// that is only similar to that of a kept file is foreign, and no read tells of it.
func TestInspect_foreignNames(t *testing.T) {
	const id = "01a205cf-7b0d-7d07-bd9c-a1e9a242d2b0"
	for name, foreign := range map[string]bool{
		retiredName:                  false,
		"displaced-" + id + ".toml":  false,
		"displaced-" + id + ".bin":   false,
		"damaged-" + id + ".state":   false,
		"superseded-1.txt":           false,
		"displaced-" + id:            true,
		"displaced-" + id + ".state": true,
		"displaced-1.toml":           true,
		"displaced-.toml":            true,
		"damaged-" + id + ".toml":    true,
		"damaged-state":              true,
		"superseded-01.txt":          true,
		"superseded-1":               true,
		"superseded-" + id + ".txt":  true,
		".displaced-" + id + ".toml": true,
		"01.json":                    true,
		"notes":                      true,
	} {
		r := newFastRealm(t)
		commit(t, r.open(), "a = 1\n")
		r.put(historyName+"/"+name, "x")
		in := Inspect(r.options())
		isForeign := slices.ContainsFunc(in.Peculiarities, func(p Peculiarity) bool { return p.Kind == ForeignInHistory && p.Count == 1 })
		kept := len(in.Displaced) + len(in.Damaged) + len(in.Superseded)
		wantKept := 1
		if foreign || name == retiredName {
			wantKept = 0
		}
		if notices := load(t, r.open()).Notices; isForeign != foreign || kept != wantKept || len(notices) != wantKept {
			t.Errorf("%s: got foreign %v, %d kept files and the notices %v, want foreign %v and %d", name, isForeign, kept, notices, foreign, wantKept)
		}
	}
}

// The inspection names the files that a stranger may have put into the realm's
// directory, and opens no such file.
func TestInspect_peculiarities(t *testing.T) {
	replace := func(name string, put func(path string) error) func(r realm) error {
		return func(r realm) error {
			if err := os.RemoveAll(r.path(name)); err != nil {
				return err
			}
			return put(r.path(name))
		}
	}
	link := func(path string) error { return os.Symlink("/dev/null", path) }
	pipe := func(path string) error { return syscall.Mkfifo(path, 0o600) }
	sparse := func(size int64) func(path string) error {
		return func(path string) error {
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				return err
			}
			return os.Truncate(path, size)
		}
	}
	for _, tt := range []struct {
		name string
		do   func(r realm) error
		want []PeculiarityKind
	}{
		{"in good order", func(realm) error { return nil }, nil},
		{"a link for the state", replace(stateName, link), []PeculiarityKind{LinkInPlace}},
		{"a link for the guard", replace(guardName, link), []PeculiarityKind{LinkInPlace}},
		{"a link for the history", replace(historyName, func(path string) error { return os.Symlink("/etc", path) }), []PeculiarityKind{LinkInPlace}},
		{"a pipe for the state", replace(stateName, pipe), []PeculiarityKind{IrregularInPlace}},
		{"a file for the history", replace(historyName, sparse(1)), []PeculiarityKind{IrregularInPlace}},
		{"a hard link for the guard", func(r realm) error { return os.Link(r.path(guardName), r.path("other")) }, []PeculiarityKind{ManyNames}},
		{"a long config", func(r realm) error { return os.Truncate(r.path(configName), 6<<30) }, []PeculiarityKind{TooLong}},
		{"a long state", func(r realm) error { return os.Truncate(r.path(stateName), 6<<30) }, []PeculiarityKind{TooLong}},
		{"a long record", func(r realm) error { return sparse(9 << 20)(r.path("config_history/5.json")) }, []PeculiarityKind{TooLong}},
		{"files of others in the history", func(r realm) error {
			r.put("config_history/notes.txt", "x")
			r.put("config_history/007.json", "x")
			return os.Symlink("/etc/passwd", r.path("config_history/9.json"))
		}, []PeculiarityKind{ForeignInHistory}},
		{"a directory for everybody", func(r realm) error { return os.Chmod(r.dir, 0o777) }, []PeculiarityKind{ReplaceableByAll}},
		{"one with the sticky bit", func(r realm) error { return os.Chmod(r.dir, 0o777|fs.ModeSticky) }, nil},
		{"one above it", func(r realm) error { return os.Chmod(filepath.Dir(r.dir), 0o777) }, []PeculiarityKind{ReplaceableByAll}},
		{"a config that is the state", func(r realm) error {
			if err := os.Remove(r.path(stateName)); err != nil {
				return err
			}
			return os.Link(r.path(configName), r.path(stateName))
		}, []PeculiarityKind{OneFile}},
		{"a protected config", func(r realm) error { return os.Chmod(r.path(configName), 0o444) }, []PeculiarityKind{Protected}},
	} {
		r := newRealm(t)
		if err := os.Chmod(filepath.Dir(r.dir), 0o755); err != nil {
			t.Fatal(err)
		}
		commit(t, r.open(), "a = 1\n")
		if err := tt.do(r); err != nil {
			t.Fatal(err)
		}
		if got := r.kinds(r.options()); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

// Files of another user, marked and mounted ones: only the administrator can make
// them, and not in every container.
func TestInspect_peculiaritiesOfTheAdministrator(t *testing.T) {
	if os.Geteuid() != 0 {
		return // an ordinary user cannot make such files
	}
	r := newRealm(t)
	commit(t, r.open(), "a = 1\n")
	for _, name := range []string{configName, "config_history/1.json", historyName} {
		if err := os.Chown(r.path(name), 61001, 61001); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := r.kinds(r.options()), []PeculiarityKind{OwnedByAnother, OwnedByAnother, OwnedByAnother}; !slices.Equal(got, want) {
		t.Errorf("files of another user: got %v, want %v", got, want)
	}
	if err := os.Chmod(r.dir, 0o770|fs.ModeSetgid); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", configName, "config_history/1.json", historyName} {
		if err := os.Chown(r.path(name), -1, 61009); err != nil {
			t.Fatal(err)
		}
	}
	if got := r.kinds(r.options()); len(got) != 0 {
		t.Errorf("a directory that a group shares: got %v", got)
	}

	r = newRealm(t)
	commit(t, r.open(), "a = 1\n")
	config := r.path(configName)
	r.put("source", "a = 1\n")
	if err := unix.Mount(r.path("source"), config, "", unix.MS_BIND, ""); err == nil {
		if got := r.kinds(r.options()); !slices.Contains(got, MountedAlone) {
			t.Errorf("a file that is mounted alone: got %v", got)
		}
		s := r.open()
		state := load(t, s)
		err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "a = 2\n"))
		if err == nil || !strings.Contains(err.Error(), "mount the directory") {
			t.Errorf("a write to it: got %v", err)
		}
		if err := unix.Unmount(config, 0); err != nil {
			t.Fatal(err)
		}
	}

	f, err := os.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, mark := range []struct {
		flag int // of linux/fs.h
		kind PeculiarityKind
		ends string
	}{{0x10, Unchangeable, "chattr -i"}, {0x20, AppendOnly, "chattr -a"}} {
		if unix.IoctlSetPointerInt(int(f.Fd()), unix.FS_IOC_SETFLAGS, mark.flag) != nil {
			continue // this file system or process cannot
		}
		if got := r.kinds(r.options()); !slices.Contains(got, mark.kind) {
			t.Errorf("a file that %s changes: got %v", mark.ends, got)
		}
		s := r.open()
		state := load(t, s)
		err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "a = 2\n"))
		if err == nil || !strings.Contains(err.Error(), mark.ends) {
			t.Errorf("a write to a file that %s changes: got %v", mark.ends, err)
		}
		if err := unix.IoctlSetPointerInt(int(f.Fd()), unix.FS_IOC_SETFLAGS, 0); err != nil {
			t.Fatal(err)
		}
	}
}

// The error of a limit on the size of files says so, and the realm stays as it was.
func TestCompareAndSwap_limitOnFileSizes(t *testing.T) {
	const variable = "REALMCONF_TEST_LIMITED"
	if os.Getenv(variable) == "" { // the limit is one of the whole process
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCompareAndSwap_limitOnFileSizes$")
		cmd.Env = append(os.Environ(), variable+"=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	r := newRealm(t)
	s := r.open()
	commit(t, s, "a = 1\n")
	state := load(t, s)
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 4096, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "a = '"+strings.Repeat("x", 8000)+"'\n"))
	kinds := r.kinds(r.options())
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	if err == nil || !strings.Contains(err.Error(), "ulimit -f") {
		t.Errorf("got %v", err)
	}
	if !slices.Contains(kinds, SmallFilesOnly) || before.Cur == math.MaxUint64 && slices.Contains(r.kinds(r.options()), SmallFilesOnly) {
		t.Errorf("the inspection found %v", kinds)
	}
	wantState(t, s, "a = 1\n", 1)
	r.tidy()
}

// The error of a loop of links says so.
func TestLoad_loopOfLinks(t *testing.T) {
	r := newRealm(t)
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("around", r.path("around")); err != nil {
		t.Fatal(err)
	}
	o := r.options()
	o.Document, o.Dir = r.path("around/config.toml"), r.path("around")
	if _, err := Open(o).Load(t.Context()); err == nil || !strings.Contains(err.Error(), "lead back to themselves") {
		t.Errorf("got %v", err)
	}
}
