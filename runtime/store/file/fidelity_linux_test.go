package file

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// attributes are the metadata of a file.
type attributes struct {
	Mode     os.FileMode
	UID, GID uint32
	Extended map[string]string
}

func attributesOf(t *testing.T, path string) attributes {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	var st unix.Stat_t
	if err := unix.Lstat(path, &st); err != nil {
		t.Fatal(err)
	}
	a := attributes{info.Mode(), st.Uid, st.Gid, make(map[string]string)}
	for _, name := range []string{"user.comment", "system.posix_acl_access"} {
		b := make([]byte, 256)
		if n, err := unix.Lgetxattr(path, name, b); err == nil {
			a.Extended[name] = string(b[:n])
		}
	}
	return a
}

// acl lets one more user read: version 2, then tag, rights and id of the owner, a
// named user, the group, the mask and everybody, as in linux/posix_acl_xattr.h.
const acl = "\x02\x00\x00\x00" +
	"\x01\x00\x06\x00\xff\xff\xff\xff" +
	"\x02\x00\x04\x00\xe8\x03\x00\x00" +
	"\x04\x00\x04\x00\xff\xff\xff\xff" +
	"\x10\x00\x04\x00\xff\xff\xff\xff" +
	"\x20\x00\x00\x00\xff\xff\xff\xff"

func TestCompareAndSwap_keepsOwnerModeAndAttributes(t *testing.T) {
	r := newRealm(t)
	s := r.open()
	commit(t, s, "one")
	path := r.path("config.toml")
	if os.Geteuid() == 0 { // only root may give files away
		if err := os.Chown(path, 1234, 5678); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	set := 0
	for name, value := range map[string]string{"user.comment": "mine", "system.posix_acl_access": acl} {
		if err := unix.Lsetxattr(path, name, []byte(value), 0); err == nil { // not every file system has them
			set++
		}
	}
	want := attributesOf(t, path)
	if len(want.Extended) != set {
		t.Fatalf("got %d attributes, want %d", len(want.Extended), set)
	}
	commit(t, s, "two")
	if diff := cmp.Diff(want, attributesOf(t, path)); diff != "" {
		t.Errorf("after a commit (-want +got):\n%s", diff)
	}
	commit(t, s, "three")
	if diff := cmp.Diff(want, attributesOf(t, path)); diff != "" {
		t.Errorf("after two commits (-want +got):\n%s", diff)
	}
	t.Logf("%d extended attributes were kept", set)
}
