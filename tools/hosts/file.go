package hosts

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"realmconf/runtime/fault"
)

// maxFile is the largest file of settings that is read. Those with a host's state in
// them have some hundred kilobytes.
const maxFile = 8 << 20

// File is a file with a host's settings, as it was read.
type File struct {
	Path   string
	Text   []byte // nil if it does not exist
	dir    string // below which it is
	name   string // in dir
	isMine bool   // it is the user's own, and not a project's
}

// Read reads the file of a place on a machine. A project may come from a stranger: of
// its file no symbolic link is followed that leads out of it. In the user's own
// directories links are followed.
func (p Place) Read(m Machine) (*File, error) {
	f := &File{Path: p.In(m), dir: m.dir(p.base), name: filepath.FromSlash(p.path), isMine: !p.IsProject()}
	if f.isMine {
		path := f.Path
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real
		}
		f.dir, f.name = filepath.Split(path)
	}
	var err error
	f.Text, err = f.read()
	return f, err
}

// read returns the text of the file; nil if it does not exist.
func (f *File) read() ([]byte, error) {
	root, err := os.OpenRoot(f.dir)
	if errors.Is(err, fs.ErrNotExist) && f.isMine {
		return nil, nil
	}
	if err != nil {
		return nil, fault.FromOS("read the host's settings", err)
	}
	defer root.Close()
	info, err := root.Lstat(f.name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fault.FromOS("read the host's settings", err)
	case !info.Mode().IsRegular():
		return nil, fault.New(fault.InvalidConfig, "%s is a link, a directory or a device, and no file: look at it, and put the entry there yourself", f.Path)
	}
	file, err := root.Open(f.name)
	if err != nil {
		return nil, fault.FromOS("read the host's settings", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, fault.FromOS("read the host's settings", err)
	}
	if len(text) > maxFile {
		return nil, fault.New(fault.TooLarge, "%s has more than %d bytes: put the entry there yourself", f.Path, maxFile)
	}
	return append([]byte{}, text...), nil
}

// Replace writes a new text, if the file is still as it was read. A reader sees the old
// text or the new one; the mode stays.
func (f *File) Replace(text []byte) error {
	now, err := f.read()
	if err != nil {
		return err
	}
	if !bytes.Equal(now, f.Text) || (now == nil) != (f.Text == nil) {
		return fault.New(fault.GenerationConflict, "%s was changed meanwhile, so nothing was written: repeat the command", f.Path)
	}
	if err := f.write(text); err != nil {
		return fault.FromOS("write the host's settings", err)
	}
	return nil
}

func (f *File) write(text []byte) (err error) {
	mode, dirMode := fs.FileMode(0o644), fs.FileMode(0o755)
	if f.isMine {
		mode, dirMode = 0o600, 0o700
		if err := os.MkdirAll(f.dir, dirMode); err != nil {
			return err
		}
	}
	root, err := os.OpenRoot(f.dir)
	if err != nil {
		return err
	}
	defer root.Close()
	if info, err := root.Lstat(f.name); err == nil {
		mode = info.Mode().Perm()
	}
	if err := root.MkdirAll(filepath.Dir(f.name), dirMode); err != nil {
		return err
	}
	temporary := filepath.Join(filepath.Dir(f.name), fmt.Sprintf(".%s.%s", filepath.Base(f.name), rand.Text()))
	file, err := root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = root.Remove(temporary)
		}
	}()
	_, err = file.Write(text)
	err = errors.Join(err, file.Chmod(mode), file.Sync(), file.Close())
	if err != nil {
		return err
	}
	return root.Rename(temporary, f.name)
}
