//go:build linux || darwin

package realm

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"realmconf/runtime/fault"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree/treetest"
)

// The test binary is also a process of another user: with these variables it
// reads the realm team under a state root, or writes a text to it.
const (
	userRoot    = "REALMCONF_TEST_USER_ROOT"
	userWrite   = "REALMCONF_TEST_USER_WRITE"
	userContext = "REALMCONF_TEST_USER_CONTEXT" // instead of the state root, the project that has it
)

// runAsUser is the process of another user. It prints the text that it reads, or
// the reason of the fault.
func runAsUser(root string) error {
	selection := Selection{Realm: "team", StateRoot: root}
	if project := os.Getenv(userContext); project != "" {
		selection = Selection{Realm: "team", ContextRoot: project}
	}
	s, err := Open(selection, 0)(context.Background())
	if err != nil {
		return err
	}
	state, err := s.Load(context.Background())
	if text, ok := os.LookupEnv(userWrite); ok && err == nil {
		err = s.CompareAndSwap(context.Background(), state.Version, storetest.Commit(state, text))
		state.Text = nil
	}
	if err != nil {
		fmt.Print(fault.Of(err).Data["reason"])
		return nil
	}
	fmt.Printf("%s", state.Text)
	return nil
}

// user is whoever runs a step of a test. Only the administrator can be others.
type user struct {
	uid    uint32
	groups []uint32 // the first is the user's own
}

var (
	ann   = user{61001, []uint32{61001, 61009}}
	bob   = user{61002, []uint32{61002, 61009}}
	shown = uint32(61009) // the group of both
)

// shop is a place where several users have a realm.
type shop struct {
	t    *testing.T
	exe  string // the test binary, where everybody can run it
	root string // the state root
}

// newShop makes a state root, with the realm's directory in it.
func newShop(t *testing.T, owner user, gid uint32, mode fs.FileMode) shop {
	t.Helper()
	top, err := os.MkdirTemp("", "realmconf-users-")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(top) })
	must(t, os.Chmod(top, 0o755))
	s := shop{t, copyProgram(t, top), filepath.Join(top, "realms")}
	for _, dir := range []string{s.root, s.path("")} {
		must(t, os.Mkdir(dir, 0o700))
		must(t, os.Chown(dir, int(owner.uid), int(gid)))
		must(t, os.Chmod(dir, mode))
	}
	return s
}

// copyProgram puts the test binary into a directory, for users who may not enter the
// directory of the test binary.
func copyProgram(t *testing.T, dir string) (exe string) {
	t.Helper()
	exe = filepath.Join(dir, "program")
	built, err := os.Executable()
	must(t, err)
	if os.Link(built, exe) != nil { // on another file system
		program, err := os.ReadFile(built)
		must(t, err)
		must(t, os.WriteFile(exe, program, 0o755))
	}
	must(t, os.Chmod(exe, 0o755))
	return exe
}

func (s shop) path(name string) string { return filepath.Join(s.root, "team", name) }

// put makes a file of a user.
func (s shop) put(name, text string, owner user, gid uint32, mode fs.FileMode) {
	s.t.Helper()
	must(s.t, os.WriteFile(s.path(name), []byte(text), 0o600))
	must(s.t, os.Chown(s.path(name), int(owner.uid), int(gid)))
	must(s.t, os.Chmod(s.path(name), mode))
}

// as runs a process of a user and returns what it prints.
func (s shop) as(u user, env ...string) string {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), s.exe)
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), append(env, userRoot+"="+s.root, "GORACE=atexit_sleep_ms=0")...) // no wait at the end
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: u.uid, Gid: u.groups[0], Groups: u.groups}}
	var problems strings.Builder
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatalf("user %d: %v %s", u.uid, err, problems.String())
	}
	return string(out)
}

func (s shop) read(u user) string { s.t.Helper(); return s.as(u) }

func (s shop) write(u user, text string) string { s.t.Helper(); return s.as(u, userWrite+"="+text) }

// wantFiles checks everything in the realm's directory: who owns it, and the modes
// of files and directories. It leaves out files that the test made.
func (s shop) wantFiles(owner user, gid uint32, file, dir fs.FileMode, except ...string) {
	s.t.Helper()
	n := 0
	must(s.t, filepath.WalkDir(s.path(""), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == filepath.Clean(s.path("")) || strings.Contains(strings.Join(except, " "), entry.Name()) {
			return err
		}
		n++
		info, err := entry.Info()
		if err != nil {
			return err
		}
		st, want := info.Sys().(*syscall.Stat_t), file
		if entry.IsDir() {
			want = dir | fs.ModeDir
		}
		if st.Uid != owner.uid || st.Gid != gid || info.Mode() != want {
			s.t.Errorf("%s: owner %d, group %d, mode %v; want %d, %d, %v", entry.Name(), st.Uid, st.Gid, info.Mode(), owner.uid, gid, want)
		}
		return nil
	}))
	if n < 4 {
		s.t.Errorf("the realm has %d entries, want its files", n)
	}
}

// What the administrator writes for a user stays that user's.
func TestOpen_administratorWritesForAUser(t *testing.T) {
	t.Parallel() // it waits
	root := user{0, []uint32{0}}
	if os.Geteuid() != 0 {
		return // only the administrator can be two users
	}
	s := newShop(t, ann, ann.uid, 0o755)
	s.put("config.toml", "a = 1\n", ann, ann.uid, 0o640)
	s.write(root, "a = 2\n")
	s.wantFiles(ann, ann.uid, 0o600, 0o700, "config.toml", ".displaced")
	if got := s.read(ann); got != "a = 2\n" {
		t.Errorf("the owner reads %q", got)
	}
	if got := s.write(ann, "a = 3\n"); got != "" {
		t.Errorf("the owner writes: %s", got)
	}
	s.write(root, "a = 4\n")
	s.wantFiles(ann, ann.uid, 0o600, 0o700, "config.toml", ".displaced")

	s = newShop(t, ann, ann.uid, 0o755) // a new realm, below a directory of the user
	must(t, os.Remove(s.path("")))
	s.write(root, "a = 1\n")
	s.wantFiles(ann, ann.uid, 0o600, 0o700)
	if got := s.write(ann, "a = 2\n") + s.read(ann); got != "a = 2\n" {
		t.Errorf("the owner of a new realm: %q", got)
	}
}

// The members of a group share a realm in a directory with the set-group-id bit.
func TestOpen_groupSharesARealm(t *testing.T) {
	t.Parallel() // it waits
	if os.Geteuid() != 0 {
		return // only the administrator can be two users
	}
	for _, existing := range []bool{false, true}[:2/treetest.Stride(2)] {
		s := newShop(t, ann, shown, 0o770|fs.ModeSetgid)
		if !existing {
			must(t, os.Remove(s.path("")))
		}
		for i, u := range []user{ann, bob, ann, bob} {
			text := fmt.Sprintf("a = %d\n", i)
			if got := s.write(u, text); got != "" {
				t.Fatalf("user %d cannot write: %s", u.uid, got)
			}
			for _, reader := range []user{ann, bob} {
				if got := s.read(reader); got != text {
					t.Errorf("after a write of user %d, user %d reads %q", u.uid, reader.uid, got)
				}
			}
		}
		if got := s.read(user{61003, []uint32{61003}}); got != string(fault.Denied) {
			t.Errorf("a stranger reads %q", got)
		}
	}
	s := newShop(t, ann, shown, 0o750|fs.ModeSetgid) // the group may read
	s.write(ann, "a = 1\n")
	s.wantFiles(ann, shown, 0o640, 0o750|fs.ModeSetgid)
	if got := s.read(bob) + s.write(bob, "a = 2\n"); got != "a = 1\n"+string(fault.Denied) {
		t.Errorf("another member: %q", got)
	}
}

// The same for one user: a shared directory of an own group, and one that is not
// shared.
func TestOpen_newFilesOfOneUser(t *testing.T) {
	for mode, want := range map[fs.FileMode]fs.FileMode{
		0o755: 0o600, 0o775: 0o600, 0o777: 0o600, 0o700: 0o600,
		0o770 | fs.ModeSetgid: 0o660, 0o755 | fs.ModeSetgid: 0o640, 0o700 | fs.ModeSetgid: 0o600, 0o777 | fs.ModeSetgid: 0o660,
	} {
		root := treetest.Dir(t)
		dir := filepath.Join(root, "team")
		must(t, os.Mkdir(dir, 0o700))
		must(t, os.Chmod(dir, mode))
		s, err := Open(Selection{Realm: "team", StateRoot: root}, 0)(t.Context())
		must(t, err)
		for range 2 {
			state, err := s.Load(t.Context())
			must(t, err)
			must(t, s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, fmt.Sprintf("a = %d\n", state.Next))))
		}
		must(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || path == dir {
				return err
			}
			info, err := entry.Info()
			if err != nil {
				return err
			}
			want := want
			if entry.IsDir() {
				want |= want&0o440>>2 | fs.ModeDir | mode&fs.ModeSetgid
			}
			if info.Mode() != want {
				t.Errorf("directory with mode %v: %s has %v, want %v", mode, entry.Name(), info.Mode(), want)
			}
			return nil
		}))
	}
}

// A stranger has put files with wide rights into a directory that everybody may
// write. What a user writes over them is for that user alone.
func TestOpen_plantedFilesGrantNothing(t *testing.T) {
	t.Parallel() // it waits
	if os.Geteuid() != 0 {
		return // only the administrator can be two users
	}
	mallory := user{61004, []uint32{61004, shown}}
	n, each := 0, treetest.Cases(1, 2)*treetest.Stride(2)
	for _, writer := range []user{ann, {0, []uint32{0}}} {
		for _, mode := range []fs.FileMode{0o777, 0o777 | fs.ModeSticky} {
			for _, planted := range []fs.FileMode{0o666, 0o660, 0o777 | fs.ModeSetuid | fs.ModeSetgid} {
				if n++; n%each != 0 {
					continue
				}
				s := newShop(t, ann, ann.uid, 0o755)
				must(t, os.Chmod(s.path(""), mode))
				s.put("config.toml", "a = 1\n", mallory, shown, planted)
				s.put("config_state.json", `{"generation":3}`, mallory, shown, planted)
				if got := s.write(writer, "secret = 1\n"); got != "" {
					t.Fatalf("mode %v: %s", mode, got)
				}
				for _, name := range []string{"config.toml", "config_state.json"} {
					s.wantOwned(name, ann, 0o600)
				}
			}
		}
	}

	// The directory is a stranger's as well. Whoever may write there can exchange the
	// config, but no one reads what others have written.
	for _, writer := range []user{ann, {0, []uint32{0}}} {
		for _, mode := range []fs.FileMode{0o666, 0o646, 0o664} {
			if n++; n%each != 0 {
				continue
			}
			s := newShop(t, mallory, shown, 0o777)
			s.put("config.toml", "a = 1\n", mallory, shown, mode)
			s.put("config_state.json", `{"generation":3}`, mallory, shown, mode|0o044)
			if got := s.write(writer, "secret = 1\n"); got != "" {
				t.Fatalf("mode %v: %s", mode, got)
			}
			owner := writer
			if writer.uid == 0 {
				owner = mallory // as every file that is made in that directory
			}
			s.wantOwned("config.toml", owner, 0o600)
			s.wantOwned("config_state.json", owner, 0o600)
		}
	}

	// A directory for the history with the set-group-id bit gives its group nothing.
	for _, writer := range []user{ann, {0, []uint32{0}}} {
		s := newShop(t, ann, ann.uid, 0o755)
		must(t, os.Chmod(s.path(""), 0o777))
		must(t, os.Mkdir(s.path("config_history"), 0o777))
		must(t, os.Chown(s.path("config_history"), int(mallory.uid), int(shown)))
		must(t, os.Chmod(s.path("config_history"), 0o777|fs.ModeSetgid))
		if got := s.write(writer, "secret = 1\n"); got != "" {
			continue // the directory may also be refused
		}
		s.wantOwned(filepath.Join("config_history", "1.json"), writer, 0o600)
	}
}

// wantOwned checks the owner and the mode of one file.
func (s shop) wantOwned(name string, owner user, mode fs.FileMode) {
	s.t.Helper()
	info, err := os.Lstat(s.path(name))
	must(s.t, err)
	if st := info.Sys().(*syscall.Stat_t); st.Uid != owner.uid || info.Mode() != mode {
		s.t.Errorf("%s: owner %d, mode %v; want %d, %v", name, st.Uid, info.Mode(), owner.uid, mode)
	}
}

// Rights that the owner of the config granted shrink when the file gets another
// owner.
func TestOpen_configOfAnotherOwner(t *testing.T) {
	t.Parallel() // it waits
	if os.Geteuid() != 0 {
		return // only the administrator can be two users
	}
	for _, tt := range []struct {
		gid       uint32
		mode      fs.FileMode
		directory fs.FileMode
		want      fs.FileMode
	}{
		{shown, 0o666, 0o775, 0o660},
		{shown, 0o644 | fs.ModeSetuid | fs.ModeSetgid, 0o775, 0o640},
		{bob.uid, 0o604, 0o775, 0o600},
		{bob.uid, 0o666, 0o775, 0o600}, // ann is not in bob's group
		{shown, 0o666, 0o777, 0o600},   // anybody may have put it there
	} {
		s := newShop(t, ann, shown, tt.directory)
		s.put("config.toml", "a = 1\n", bob, tt.gid, tt.mode)
		if got := s.write(ann, "a = 2\n"); got != "" {
			t.Fatal(got)
		}
		s.wantOwned("config.toml", ann, tt.want)
	}
	// Nor does an access control list stay: version 2, then the owner, one more
	// user, the group, the mask and everybody, as in linux/posix_acl_xattr.h.
	acl := "\x02\x00\x00\x00\x01\x00\x06\x00\xff\xff\xff\xff\x02\x00\x06\x00\x4c\xee\x00\x00" +
		"\x04\x00\x06\x00\xff\xff\xff\xff\x10\x00\x06\x00\xff\xff\xff\xff\x20\x00\x00\x00\xff\xff\xff\xff"
	s := newShop(t, ann, shown, 0o775)
	s.put("config.toml", "a = 1\n", bob, shown, 0o660)
	if unix.Setxattr(s.path("config.toml"), "system.posix_acl_access", []byte(acl), 0) == nil { // not every file system has them
		s.write(ann, "a = 2\n")
		if n, err := unix.Getxattr(s.path("config.toml"), "system.posix_acl_access", nil); err == nil {
			t.Errorf("the access control list of another owner was kept: %d bytes", n)
		}
		s.wantOwned("config.toml", ann, 0o660)
	}

	s = newShop(t, ann, shown, 0o775) // its own owner keeps what it is
	s.put("config.toml", "a = 1\n", ann, shown, 0o664)
	s.write(ann, "a = 2\n")
	s.wantOwned("config.toml", ann, 0o664)
	s.write(user{0, []uint32{0}}, "a = 3\n")
	s.wantOwned("config.toml", ann, 0o664)
}

// A manifest that may not be read keeps nobody from reading, but from writing.
func TestOpen_unreadableManifest(t *testing.T) {
	t.Parallel() // it waits
	const manifest = `{"realm_id":"team","backend":"sqlite","origin":"explicit","created_at":"7"}`
	if os.Geteuid() == 0 {
		s := newShop(t, ann, ann.uid, 0o755)
		s.put("config.toml", "a = 1\n", ann, ann.uid, 0o600)
		s.put("realm_manifest.json", manifest, user{0, nil}, 0, 0o600)
		if got := s.read(ann); got != "a = 1\n" {
			t.Errorf("read: got %q", got)
		}
		if got := s.write(ann, "a = 2\n"); got != string(fault.Denied) {
			t.Errorf("write: got %q", got)
		}
		project := filepath.Join(filepath.Dir(s.root), "project") // the manifest decides where the realm is
		must(t, os.Mkdir(project, 0o755))
		must(t, os.Mkdir(filepath.Join(project, ".rkat"), 0o755))
		must(t, os.Rename(s.root, filepath.Join(project, ".rkat", "realms")))
		if got := s.as(ann, userContext+"="+project, "HOME="+project, "XDG_DATA_HOME="); got != "a = 1\n" {
			t.Errorf("read without a state root: got %q", got)
		}
		return
	}
	root := treetest.Dir(t)
	write(t, filepath.Join(root, "team", "config.toml"), "a = 1\n")
	write(t, filepath.Join(root, "team", "realm_manifest.json"), manifest)
	must(t, os.Chmod(filepath.Join(root, "team", "realm_manifest.json"), 0))
	s, err := Open(Selection{Realm: "team", StateRoot: root}, 0)(t.Context())
	must(t, err)
	state, err := s.Load(t.Context())
	if err != nil || string(state.Text) != "a = 1\n" {
		t.Errorf("read: got %q, %v", state.Text, err)
	}
	var f *fault.Fault
	err = s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "a = 2\n"))
	if !errors.As(err, &f) || f.Data["reason"] != fault.Denied {
		t.Errorf("write: got %v", err)
	}
}
