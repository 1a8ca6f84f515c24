package file

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"realmconf/runtime/fault"
)

// fsys is every access to the disk that the store makes. It is a seam: tests
// put a file system there that fails at a chosen step.
type fsys interface {
	Open(name string, flag int, perm fs.FileMode) (handle, error)
	Stat(name string) (fs.FileInfo, error)
	Lstat(name string) (fs.FileInfo, error)
	Resolve(name string) (string, error)   // name without its symbolic links
	ReadDir(name string) ([]string, error) // the names in a directory, in no order
	Mkdir(name string, perm fs.FileMode) error
	Exchange(a, b string) error   // two names swap their files in one step; errors.ErrUnsupported
	Place(from, to string) error  // renames and replaces nothing; errors.ErrUnsupported
	Rename(from, to string) error // replaces
	Link(from, to string) error   // replaces nothing
	Remove(name string) error
	StartSync(h handle)                                // begins to write what is in a file, and does not wait: a hint
	SyncDir(name string) error                         // nil where the system has no such thing
	Lock(h handle, wait bool) error                    // exclusive; errBusy without wait
	ID(h handle) (string, error)                       // "device:inode"
	Adorn(h handle, from string, as fs.FileInfo) error // gives a file another's owner, rights and attributes
	Same(a, b fs.FileInfo) bool                        // the same file
	ChangeTime(i fs.FileInfo) (int64, error)           // nanoseconds of the last change, content or inode
	Local(name string) bool                            // on a file system whose stamps are this machine's
}

// handle is an open file.
type handle interface {
	io.ReadWriteCloser
	io.ReaderAt
	io.WriterAt
	Stat() (fs.FileInfo, error)
	Sync() error
	Chmod(mode fs.FileMode) error
	Fd() uintptr
}

// errBusy says that somebody else holds a lock.
var errBusy = errors.New("locked by another process")

// disk is the real file system. What differs between systems is in the files
// disk_*.go.
type disk struct{}

var _ fsys = disk{}

func (disk) Stat(name string) (fs.FileInfo, error)  { return os.Stat(name) }
func (disk) Lstat(name string) (fs.FileInfo, error) { return os.Lstat(name) }
func (disk) Resolve(name string) (string, error)    { return filepath.EvalSymlinks(name) }

func (disk) ReadDir(name string) ([]string, error) {
	d, err := openDir(name)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.Readdirnames(-1)
}

func (disk) Mkdir(name string, perm fs.FileMode) error { return os.Mkdir(name, perm) }
func (disk) Remove(name string) error                  { return os.Remove(name) }
func (disk) Same(a, b fs.FileInfo) bool                { return os.SameFile(a, b) }

// content is what a file held at one moment. A file that does not exist has no
// info and no bytes.
type content struct {
	bytes  []byte
	info   fs.FileInfo
	steady bool // nobody changed it while it was read
}

func (c content) exists() bool { return c.info != nil }

// maxRead is the longest file that is read, in bytes: far more than any of a
// realm's may be, and little enough to hold.
const maxRead = 64 << 20

// read returns a file's content. Absence is a content, not an error. Anything
// but a file is refused before it is opened: opening alone moves some devices.
func read(sys fsys, name string) (content, error) {
	before, err := sys.Stat(name)
	if err == nil && !before.Mode().IsRegular() {
		return content{}, fault.ErrIrregular
	}
	if err != nil {
		before = nil
	}
	h, err := sys.Open(name, os.O_RDONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return content{}, nil
	}
	if err != nil {
		return content{}, err
	}
	defer h.Close()
	return readOpen(sys, h, before)
}

// readOpen returns the content of a file that was just opened. before is how
// its name looked right before that; nil where nobody looked.
func readOpen(sys fsys, h handle, before fs.FileInfo) (content, error) {
	if before == nil {
		info, err := h.Stat()
		if err != nil {
			return content{}, err
		}
		before = info
	}
	if !before.Mode().IsRegular() || before.Size() > maxRead {
		return content{}, fault.ErrIrregular
	}
	b := make([]byte, 0, before.Size()+1) // one more, to see the end at once
	for {
		n, err := h.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err == io.EOF {
			break
		}
		if err != nil {
			return content{}, err
		}
		if len(b) > maxRead { // it grew, or is another than the name was
			return content{}, fault.ErrIrregular
		}
		if len(b) == cap(b) {
			b = slices.Grow(b, cap(b))
		}
	}
	after, err := h.Stat()
	if err != nil {
		return content{}, err
	}
	was, errWas := sys.ChangeTime(before)
	is, errIs := sys.ChangeTime(after)
	steady := sys.Same(before, after) && errWas == nil && errIs == nil && was == is && before.ModTime().Equal(after.ModTime()) &&
		before.Size() == after.Size() && after.Size() == int64(len(b))
	return content{b, after, steady}, nil
}

// makeDir makes a directory and those above it that are missing, durably.
func makeDir(sys fsys, dir string) error {
	_, err := sys.Stat(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	above := filepath.Dir(dir)
	if above == dir {
		return err
	}
	if err := makeDir(sys, above); err != nil {
		return err
	}
	if err := sys.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return sys.SyncDir(above)
}
