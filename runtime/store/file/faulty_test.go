package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"realmconf/runtime/internal/disk"
)

// faulty is the real file system with a function that is called before every
// access. It decides whether the access takes effect and which error it returns.
type faulty struct {
	disk.OS
	say func(op, name string) (apply bool, err error)
}

// serial returns say under a mutex, because commits fsync files concurrently.
func serial(say func(op, name string) (bool, error)) func(op, name string) (bool, error) {
	var mu sync.Mutex
	return func(op, name string) (bool, error) {
		mu.Lock()
		defer mu.Unlock()
		return say(op, name)
	}
}

// changing reports whether an access changes a file.
func changing(op string) bool {
	return slices.Contains([]string{"create", "write", "sync", "syncdir", "mkdir", "exchange", "rename-new", "rename", "link", "remove", "metadata"}, op)
}

func (f faulty) do(op, name string, act func() error) error {
	apply, err := f.say(op, filepath.Base(name))
	if !apply {
		return err
	}
	return errors.Join(err, act())
}

func (f faulty) Open(name string, flag int, perm fs.FileMode) (h disk.File, err error) {
	op := "open"
	if flag&os.O_CREATE != 0 {
		op = "create"
	}
	err = f.do(op, name, func() error {
		h, err = f.OS.Open(name, flag, perm)
		return err
	})
	if err != nil {
		if h != nil {
			h.Close()
		}
		return nil, err
	}
	return faultyHandle{h, f, name}, nil
}

func (f faulty) Stat(name string) (info fs.FileInfo, err error) {
	err = f.do("stat", name, func() error { info, err = f.OS.Stat(name); return err })
	return info, err
}

func (f faulty) Lstat(name string) (info fs.FileInfo, err error) {
	err = f.do("lstat", name, func() error { info, err = f.OS.Lstat(name); return err })
	return info, err
}

func (f faulty) Resolve(name string) (target string, err error) {
	err = f.do("resolve", name, func() error { target, err = f.OS.Resolve(name); return err })
	return target, err
}

func (f faulty) ReadDir(name string) (names []string, err error) {
	err = f.do("list", name, func() error { names, err = f.OS.ReadDir(name); return err })
	return names, err
}

func (f faulty) Exchange(from, to string) error {
	return f.do("exchange", to, func() error { return f.OS.Exchange(from, to) })
}

func (f faulty) RenameNoReplace(from, to string) error {
	return f.do("rename-new", to, func() error { return f.OS.RenameNoReplace(from, to) })
}

func (f faulty) Rename(from, to string) error {
	return f.do("rename", to, func() error { return f.OS.Rename(from, to) })
}

func (f faulty) Link(from, to string) error {
	return f.do("link", to, func() error { return f.OS.Link(from, to) })
}

func (f faulty) Remove(name string) error {
	return f.do("remove", name, func() error { return f.OS.Remove(name) })
}

func (f faulty) Mkdir(name string, perm fs.FileMode) error {
	return f.do("mkdir", name, func() error { return f.OS.Mkdir(name, perm) })
}

func (f faulty) SyncDir(name string) error {
	return f.do("syncdir", name, func() error { return f.OS.SyncDir(name) })
}

func (f faulty) Lock(h disk.File, wait bool) error {
	return f.do("lock", guardName, func() error { return f.OS.Lock(h, wait) })
}

func (f faulty) CopyMetadata(h disk.File, from string, as fs.FileInfo) error {
	return f.do("metadata", from, func() error { return f.OS.CopyMetadata(h, from, as) })
}

type faultyHandle struct {
	disk.File
	fs   faulty
	name string
}

func (h faultyHandle) Read(b []byte) (n int, err error) {
	apply, failed := h.fs.say("read", filepath.Base(h.name))
	if !apply {
		return 0, failed
	}
	n, err = h.File.Read(b) // io.EOF must come out as it is
	if failed != nil {
		err = failed
	}
	return n, err
}

func (h faultyHandle) Write(b []byte) (n int, err error) {
	err = h.fs.do("write", h.name, func() error { n, err = h.File.Write(b); return err })
	return n, err
}

func (h faultyHandle) WriteAt(b []byte, at int64) (n int, err error) {
	err = h.fs.do("write", h.name, func() error { n, err = h.File.WriteAt(b, at); return err })
	return n, err
}

func (h faultyHandle) Stat() (info fs.FileInfo, err error) {
	err = h.fs.do("fstat", h.name, func() error { info, err = h.File.Stat(); return err })
	return info, err
}

func (h faultyHandle) Sync() error { return h.fs.do("sync", h.name, h.File.Sync) }
