//go:build unix

package disk

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"realmconf/runtime/fault"
)

func TestRead(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	if c, err := Read(OS{}, name, 10); err != nil || c.Exists() {
		t.Errorf("a missing file: got %v, %v; want the zero Content", c, err)
	}
	if err := os.WriteFile(name, []byte("0123456789"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Read(OS{}, name, 10)
	if err != nil || string(c.Bytes) != "0123456789" || !c.Exists() || !c.Stable {
		t.Errorf("got %q, exists %v, stable %v, %v", c.Bytes, c.Exists(), c.Stable, err)
	}
	if _, err := Read(OS{}, name, 9); !errors.Is(err, fault.ErrIrregular) {
		t.Errorf("above the limit: got %v, want ErrIrregular", err)
	}
}

// A file that holds the known bytes gives them back, and no copy. Any other file is read
// as ever.
func TestReadLike(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	long := bytes.Repeat([]byte("0123456789"), 20_000) // several reads
	other := slices.Clone(long)
	other[150_000] = 'x'
	for _, tt := range []struct {
		what        string
		file, known []byte
		isKnown     bool
	}{
		{"the same", long, slices.Clone(long), true},
		{"another byte", long, other, false},
		{"a longer file", long, long[:150_000], false},
		{"a shorter file", long[:150_000], long, false},
		{"nothing known", long, nil, false},
		{"an empty file", nil, long, false},
	} {
		if err := os.WriteFile(name, tt.file, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := ReadLike(OS{}, name, tt.known, len(long))
		if err != nil || !bytes.Equal(c.Bytes, tt.file) || !c.Stable {
			t.Errorf("%s: got %d bytes, stable %v, %v; want the file's %d", tt.what, len(c.Bytes), c.Stable, err, len(tt.file))
		}
		if len(c.Bytes) > 0 && len(tt.known) > 0 && (&c.Bytes[0] == &tt.known[0]) != tt.isKnown {
			t.Errorf("%s: got the known bytes: %v, want %v", tt.what, !tt.isKnown, tt.isKnown)
		}
	}
}

// A file may change between its info and its reading.
func TestReadLike_changedFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	for _, before := range []string{"0123456789", "01234", "01234x", "01234567890123456789"} {
		if err := os.WriteFile(name, []byte(before), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := ReadLike(growing{}, name, []byte(before), 20)
		if err != nil || string(c.Bytes) != "0123456789" {
			t.Errorf("after %q: got %q, %v; want all bytes", before, c.Bytes, err)
		}
	}
}

func TestRead_irregular(t *testing.T) {
	for what, make := range map[string]func(name string) error{
		"a directory": func(name string) error { return os.Mkdir(name, 0o700) },
		"a pipe":      func(name string) error { return syscall.Mkfifo(name, 0o600) },
		"a link to a pipe": func(name string) error {
			return errors.Join(syscall.Mkfifo(name+".pipe", 0o600), os.Symlink(name+".pipe", name))
		},
	} {
		name := filepath.Join(t.TempDir(), "file")
		if err := make(name); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(OS{}, name, 10); !errors.Is(err, fault.ErrIrregular) {
			t.Errorf("%s: got %v, want ErrIrregular", what, err)
		}
	}
}

// growing is a file that grows while it is read: its info says that it is empty.
type growing struct{ OS }

func (growing) Open(name string, flag int, perm os.FileMode) (File, error) {
	f, err := OS{}.Open(name, flag, perm)
	if err == nil {
		err = os.WriteFile(name, []byte("0123456789"), 0o600)
	}
	return f, err
}

func TestRead_growingFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	for limit, want := range map[int]error{10: nil, 9: fault.ErrIrregular} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := Read(growing{}, name, limit)
		if !errors.Is(err, want) {
			t.Errorf("limit %d: got %v, want %v", limit, err, want)
		}
		if err == nil && (string(c.Bytes) != "0123456789" || c.Stable) {
			t.Errorf("got %q, stable %v; want all bytes, not stable", c.Bytes, c.Stable)
		}
	}
}

func TestOpen_linkIsRefused(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	if err := errors.Join(os.WriteFile(filepath.Join(dir, "file"), nil, 0o600), os.Symlink("file", link)); err != nil {
		t.Fatal(err)
	}
	if f, err := (OS{}).Open(link, os.O_RDWR, 0); err == nil {
		f.Close()
		t.Error("a link was followed")
	} else if !errors.As(err, new(*fault.RefusedLink)) {
		t.Errorf("got %v, want a refused link", err)
	}
}

// recorded notes the directories that are created and made durable.
type recorded struct {
	OS
	steps *[]string
}

func (r recorded) Mkdir(name string, perm os.FileMode) error {
	*r.steps = append(*r.steps, "mkdir "+filepath.Base(name))
	return r.OS.Mkdir(name, perm)
}

func (r recorded) SyncDir(name string) error {
	*r.steps = append(*r.steps, "sync "+filepath.Base(name))
	return r.OS.SyncDir(name)
}

func TestMakeDir(t *testing.T) {
	root := filepath.Join(t.TempDir(), "root")
	if err := os.Mkdir(root, 0o755); err != nil {
		t.Fatal(err)
	}
	var steps []string
	sys := recorded{steps: &steps}
	dir := filepath.Join(root, "a", "b")
	for range 2 { // the second time it is there
		if err := MakeDir(sys, dir); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"mkdir a", "sync root", "mkdir b", "sync a"}
	if !slices.Equal(steps, want) {
		t.Errorf("got %q, want %q", steps, want)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode() != os.ModeDir|0o700 {
		t.Errorf("got %v, %v; want a directory for its owner alone", info.Mode(), err)
	}
}

func TestIsAt(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	f, err := OS{}.Open(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, tt := range []struct {
		what string
		do   func() error
		want bool
	}{
		{"created", func() error { return nil }, true},
		{"removed", func() error { return os.Remove(name) }, false},
		{"created again", func() error { return os.WriteFile(name, nil, 0o600) }, false},
	} {
		if err := tt.do(); err != nil {
			t.Fatal(err)
		}
		if got, err := IsAt(OS{}, f, name); err != nil || got != tt.want {
			t.Errorf("%s: got %v, %v; want %v", tt.what, got, err, tt.want)
		}
	}
}
